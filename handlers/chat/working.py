"""A desk works on a case: 派工, 定日子, 提问, 外部编号, 已围挡, 改类别."""

from aiogram import Router

router = Router(name="working")
