"""One desk asks another: 转办 and 延期, and the answer."""

from aiogram import Router

router = Router(name="requesting")
