"""A stand-in for `huiyin run`: echoes over the Bot API and answers on the control socket, without a database."""

import asyncio
import json
import os
import socket
from datetime import UTC, datetime, timedelta

import httpx

BASE = f"{os.environ['HUIYIN_BOT_API']}/bot{os.environ['HUIYIN_BOT_TOKEN']}"
AHEAD = timedelta()
DUES: list[datetime] = []


async def echo() -> None:
    offset = 0
    async with httpx.AsyncClient(timeout=70) as client:
        while True:
            answer = (await client.post(f"{BASE}/getUpdates", json={"offset": offset, "timeout": 20})).json()
            for update in answer.get("result", ()):
                offset = update["update_id"] + 1
                if message := update.get("message"):
                    await client.post(f"{BASE}/sendMessage", json=_answer(message))
                elif query := update.get("callback_query"):
                    await client.post(
                        f"{BASE}/answerCallbackQuery", json={"callback_query_id": query["id"], "text": "好"}
                    )
                    where = {"chat_id": query["message"]["chat"]["id"], "message_id": query["message"]["message_id"]}
                    await client.post(f"{BASE}/editMessageText", json={**where, "text": f"您点了 {query['data']}"})


def _answer(message: dict[str, object]) -> dict[str, object]:
    DUES.append(_now() + timedelta(minutes=30))
    buttons = [[{"text": "对,提交", "callback_data": "yes"}, {"text": "改一下", "callback_data": "no"}]]
    chat = message["chat"]
    assert isinstance(chat, dict)
    return {
        "chat_id": chat["id"],
        "text": f"您说的是 <b>{message.get('text', '…')}</b>",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": buttons},
    }


def _now() -> datetime:
    return datetime.now(UTC) + AHEAD


def _clock() -> dict[str, object]:
    ahead = sorted(due for due in DUES if due > _now())
    return {"now": _now().isoformat(), "next_due": ahead[0].isoformat() if ahead else None}


async def control() -> None:
    global AHEAD
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=int(os.environ["HUIYIN_CONTROL_FD"])))
    while line := await reader.readline():
        asked = json.loads(line)
        if asked["do"] == "turn":
            AHEAD += timedelta(seconds=asked["seconds"])
        elif asked["do"] == "turn_next" and (due := _clock()["next_due"]):
            AHEAD += datetime.fromisoformat(str(due)) - _now()
        answer = {"cases": [], "clocks": [], "notices": [], "counts": {}} if asked["do"] == "behind" else _clock()
        writer.write(json.dumps({"id": asked["id"], "ok": True, **answer}).encode() + b"\n")
        await writer.drain()


async def main() -> None:
    echoing = asyncio.create_task(echo())
    await control()
    echoing.cancel()


asyncio.run(main())
