"""A desk writes down in seconds what is said at the counter or by telephone."""

from aiogram import Router

router = Router(name="entering")
