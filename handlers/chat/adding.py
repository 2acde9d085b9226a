"""A resident says more of an open case: by replying to its card, by a button, or as the answer to a question."""

from aiogram import Router

router = Router(name="adding")
