"""How does aiogram start in a third of the time? Each of Telegram's types is built when it is first met, not at import.

aiogram builds the validators of all its 440 types when it is imported (2 s of a 4 s start, aiogram#1876), of which a
bot meets a few dozen. pydantic builds a type on its first use anyway, once it is told which names the type's fields
speak of; so while aiogram is imported the building is put off, and those names are kept for later.
"""

import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def import_aiogram() -> None:
    """aiogram is imported; nothing happens where it already was."""
    if "aiogram" in sys.modules:
        return
    names: dict[str, Any] = {}
    build = BaseModel.__dict__["model_rebuild"].__func__

    def put_off(cls: type[Any], /, *, _types_namespace: Mapping[str, Any] | None = None, **how: Any) -> bool | None:
        if _types_namespace is None:
            built: bool | None = build(cls, **how)
            return built
        names.update(_types_namespace)
        return None

    def with_names(cls: type[Any], /, *, _types_namespace: Mapping[str, Any] | None = None, **how: Any) -> Any:
        return build(cls, _types_namespace=_types_namespace or names, **how)

    kept = BaseModel.__dict__["model_rebuild"]
    setattr(BaseModel, "model_rebuild", classmethod(put_off))  # noqa: B010 a method is not assigned to, says mypy
    try:
        from aiogram.methods.base import Response, TelegramMethod
        from aiogram.types.base import TelegramObject
    finally:
        setattr(BaseModel, "model_rebuild", kept)  # noqa: B010
    for kind in (TelegramObject, TelegramMethod, Response):
        setattr(kind, "model_rebuild", classmethod(with_names))  # noqa: B010
