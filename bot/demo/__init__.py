"""One page with everyone's phone on it: the messenger is the parent process, `huiyin run` its child."""

from bot.demo.parent import demo

__all__ = ["demo"]
