"""What can the page ask for, and what can a thumb do on it? The demo's own addresses, beside the Bot API's."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.demo.child import ChildGone
from bot.demo.guard import guarded
from bot.demo.scene import Scene

PAGE = Path(__file__).parent / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SHOWN_INLINE = ("image/jpeg", "image/png", "image/webp", "audio/", "video/")
UPLOAD_LIMIT = 5 * 1024 * 1024
LONGEST_TURN = 40 * 86_400  # seconds; a holiday month
NOT_FOUND = JSONResponse({"error": "there is nothing here"}, 404)


def routes(scene: Scene) -> list[BaseRoute]:
    """All of them, guarded: the page is nobody's but this machine's."""
    deeds = _Deeds(scene)
    gets = {
        "/": deeds.page,
        "/demo/static/{name}": deeds.static,
        "/demo/state": deeds.state,
        "/demo/events": deeds.events,
        "/demo/behind": deeds.behind,
        "/demo/file/{path:path}": deeds.file,
    }
    posts = {
        "say": deeds.say,
        "photo": deeds.photo,
        "voice": deeds.voice,
        "location": deeds.location,
        "tap": deeds.tap,
        "clock": deeds.clock,
        "faults": deeds.faults,
        "kill": deeds.kill,
    }
    return [
        *(Route(path, guarded(endpoint), methods=["GET"]) for path, endpoint in gets.items()),
        *(Route(f"/demo/{verb}", guarded(_answered(endpoint)), methods=["POST"]) for verb, endpoint in posts.items()),
    ]


class _Deeds:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    # what is shown

    async def page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html", media_type="text/html")

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = PAGE / name
        kind = KINDS.get(path.suffix)
        if kind is None or "/" in name or not path.is_file():
            return NOT_FOUND
        return FileResponse(path, media_type=kind)

    async def state(self, _: Request) -> Response:
        return JSONResponse(self.scene.everything())

    async def events(self, _: Request) -> Response:
        return StreamingResponse(self.scene.stream.read(), media_type="text/event-stream")

    async def behind(self, _: Request) -> Response:
        try:
            return JSONResponse(await self.scene.behind())
        except ChildGone:
            return JSONResponse({"away": True})

    async def file(self, request: Request) -> Response:
        found = self.scene.messenger.files.by_path(request.path_params["path"])
        if found is None:
            return NOT_FOUND
        shown = found.mime_type.startswith(SHOWN_INLINE)
        kind = found.mime_type if shown else "application/octet-stream"
        return Response(found.content, media_type=kind, headers={} if shown else {"Content-Disposition": "attachment"})

    # what a thumb does

    async def say(self, request: Request) -> None:
        facts = await _facts(request)
        reply_to = facts.get("reply_to")
        self.scene.phones.say(
            str(facts["person"]), str(facts["text"])[:4096], int(reply_to) if reply_to is not None else None
        )

    async def photo(self, request: Request) -> None:
        content = await _body(request)
        self.scene.phones.show(request.query_params["person"], content, request.query_params.get("caption", "")[:1024])

    async def voice(self, request: Request) -> None:
        self.scene.phones.speak(request.query_params["person"], await _body(request), duration=4)

    async def location(self, request: Request) -> None:
        facts = await _facts(request)
        self.scene.phones.point(str(facts["person"]), float(facts["latitude"]), float(facts["longitude"]))

    async def tap(self, request: Request) -> None:
        facts = await _facts(request)
        self.scene.phones.tap(str(facts["person"]), int(facts["message_id"]), str(facts["callback"]))

    async def clock(self, request: Request) -> dict[str, Any]:
        facts = await _facts(request)
        office = self.scene.office
        if facts.get("to") == "next":
            number = facts.get("number")
            moved = await (office.turn_to_next() if number is None else office.turn_to_next_of(str(int(number))))
        else:
            seconds = float(facts["seconds"])
            if not 0 < seconds <= LONGEST_TURN:
                raise ValueError("an office clock goes forward, at most 40 days at a time")
            await office.turn(timedelta(seconds=seconds))
            moved = True
        return {"moved": moved}

    async def faults(self, request: Request) -> None:
        self.scene.break_something(str((await _facts(request))["kind"]))

    async def kill(self, _: Request) -> None:
        self.scene.child.kill()


def _answered(deed: Any) -> Any:
    """A deed's answer as JSON: what was wrong with it, in words, instead of a stack of code."""

    async def answer(request: Request) -> Response:
        try:
            said = await deed(request)
        except KeyError as missing:
            return JSONResponse({"error": f"there is no {missing}"}, 400)
        except (ValueError, TypeError) as wrong:
            return JSONResponse({"error": str(wrong)}, 400)
        except ChildGone:
            return JSONResponse({"away": True})
        return JSONResponse(said or {"ok": True})

    return answer


async def _facts(request: Request) -> dict[str, Any]:
    facts = json.loads(await _body(request))
    if not isinstance(facts, dict):
        raise TypeError("a JSON object was expected")
    return facts


async def _body(request: Request) -> bytes:
    content = bytearray()
    async with asyncio.timeout(20):
        async for part in request.stream():
            content += part
            if len(content) > UPLOAD_LIMIT:
                raise ValueError("at most 5 MB")
    return bytes(content)
