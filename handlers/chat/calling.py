"""A caller writes down with one tap what a resident said on the telephone."""

from aiogram import Router

router = Router(name="calling")
