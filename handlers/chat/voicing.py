"""A voice: danger or not at once; a listener writes one line; the resident says whether that was it."""

from aiogram import Router

router = Router(name="voicing")
