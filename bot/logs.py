"""What may a log line hold? Ids and names of errors; never a token, a name or a person's words (I12)."""

import logging

_CHATTY = ("httpx", "aiogram", "telegram", "apscheduler", "uvicorn")
"""Libraries that write addresses with tokens, or a line an update, at INFO."""


def begin(level: int = logging.INFO) -> None:
    """Our own lines from `level` up, the libraries' from WARNING up, to standard error."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
