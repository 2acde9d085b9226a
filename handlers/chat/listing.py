"""A list of what waits; a tap opens one case as a card."""

from aiogram import Router

router = Router(name="listing")
