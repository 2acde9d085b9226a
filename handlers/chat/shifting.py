"""Who sits here now? Shifts, leave, deputies, and what the next shift must know."""

from aiogram import Router

router = Router(name="shifting")
