"""A number and a code let the family follow a case."""

from aiogram import Router

router = Router(name="following")
