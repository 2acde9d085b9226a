"""A resident pursues a case: 催一下, 申请上报, 撤回, 重办, a rating, thanks."""

from aiogram import Router

router = Router(name="pursuing")
