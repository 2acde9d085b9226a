"""What does a morning look like after a night down? Everything a messenger has kept, and every deadline that passed."""

import asyncio
import contextlib
import shutil
import time
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.bench.residents import BOT, Settled
from bot.clocks import MachineClock
from models.actions.filing import Draft, submit
from models.store import Statement, Store
from models.turn import Work
from tests.load.exchange import Postman, YesMan
from tests.load.figures import Line
from tests.load.house import SECRET, checked, under_load
from tests.load.intake import VERDICT, Residents, all_have_a_number, all_speak

DOWN = timedelta(hours=12)
NIGHT = 10_000_000
"""Update numbers of what was filed before the night."""
NAME = "night"

_CAME = Statement("""
    INSERT INTO "update" (bot_id, update_id, chat_id, body, received_at, tries, done_at)
    VALUES (:bot_id, :update_id, :chat_id, :nothing, :now, 1, :now)
""")
_SAID = Statement("""
    UPDATE notice SET state = 'sent', waits_from = NULL, message_id = id, sent_at = ring_at
    WHERE waits_from IS NOT NULL AND ring_at <= :now
""")
_DUE = Statement("SELECT count(*) AS many FROM clock WHERE due_at <= :now")
_RANG = Statement("""
    SELECT (SELECT count(*) FROM clock WHERE due_at <= :now) AS due,
        (SELECT count(*) FROM clock WHERE rang_at IS NOT NULL) AS rang,
        (SELECT count(*) FROM alarm WHERE kind = 'clock_failed') AS failed
""")


async def night(settled: Settled, *, updates: int, deadlines: int) -> list[Line]:
    """So many residents have written and so many clocks ran out while the house was down."""
    folder = settled.folder / NAME
    folder.mkdir()
    shutil.copy(settled.folder / "settled.db", folder / "huiyin.db")
    came_back = MachineClock().now()
    due = await _evening(f"sqlite:///{folder / 'huiyin.db'}", settled, deadlines // 2, came_back)
    postman = Postman(0, SECRET)
    residents = Residents(postman)
    async with YesMan(residents.heard).serve() as api, under_load(settled, api, name=NAME) as house:
        began = time.perf_counter()
        await house.listening()
        listened = time.perf_counter()
        postman.port = house.port
        carrying = asyncio.create_task(postman.run())
        await all_speak(residents, updates * 100, 0.01)
        taken = asyncio.create_task(_taken(postman, updates, listened))
        await all_have_a_number(residents, house)
        numbered = time.perf_counter() - listened
        kept_s = await taken
        while (rang := (await house.ask(lambda session: _RANG.all(session, now=came_back)))[0]).due:
            await asyncio.sleep(0.5)
        rung = time.perf_counter() - listened
        peak = house.peak_mb
        carrying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await carrying
    (row,) = await house.ask(VERDICT.all)
    cases = deadlines // 2 + residents.said
    once = (row.cases, row.taps, row.waiting, row.parked, row.dead) == (cases, cases, 0, 0, 0)
    once = once and set(residents.receipts.values()) == {1}
    sound = await checked(settled, house.url, name=NAME)
    first, opened = residents.first_receipt - listened, listened - began
    what = f"{updates} updates and {due} deadlines after {DOWN.seconds // 3600} h down"
    in_time, all_rang = f"{kept_s:.1f} s; {numbered:.0f} s", rang.rang >= due and not rang.failed
    return [
        Line(f"{what}: its door opens; then the first number", f"{opened:.1f} s; {first:.1f} s", "≤ 10 s", first <= 10),
        Line(f"{what}: every update taken; a number for everybody", in_time, "≤ 300 s", numbered <= 300),
        Line(f"{what}: every deadline has rung, once", f"{rang.rang} in {rung:.0f} s", f"{due}", all_rang),
        Line(f"{what}: cases, each with one receipt", f"{row.cases} of {cases}", "all, once", once),
        Line(f"{what}: `huiyin check` afterwards; peak memory", f"{sound}; {peak:.0f} MB", "sound", sound == "sound"),
    ]


async def _taken(postman: Postman, many: int, since: float) -> float:
    while len(postman.waits) < many:
        await asyncio.sleep(0.05)
    return time.perf_counter() - since


async def _evening(url: str, settled: Settled, cases: int, now: datetime) -> int:
    """So many urgent cases of the evening before, of which everybody was told; how many clocks have run out."""
    store = await Store.open(url)
    filed_at = now - DOWN

    def files(session: Session, number: int) -> None:
        work = Work(session, settled.town, settled.keys, filed_at)
        chat_id = settled.chats[-1 - number % (len(settled.chats) // 2)]
        _CAME.run(session, bot_id=BOT, update_id=NIGHT + number, chat_id=chat_id, nothing=b"", now=filed_at)
        submit(work, bot_id=BOT, update_id=NIGHT + number, chat_id=chat_id, draft=Draft("电梯又停了，老人上不去"))

    for first in range(0, cases, 64):
        await asyncio.gather(*(store.run(files, number) for number in range(first, min(first + 64, cases))))
    await store.run(_SAID.run, now=now - timedelta(minutes=1))
    due = (await store.read(lambda session: _DUE.all(session, now=now)))[0].many
    await store.close()
    return int(due)
