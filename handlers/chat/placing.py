"""Where is it? A place without a QR: by a typed name, old ones too, by location, or by buttons."""

from aiogram import Router

router = Router(name="placing")
