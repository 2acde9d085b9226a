"""A resident changes what was understood: what it is, where, how urgent, for whom."""

from aiogram import Router

router = Router(name="correcting")
