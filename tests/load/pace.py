"""Does the pace hold in real minutes, as in virtual ones? And how long does a day's silence of 5,000 clocks take?"""

import asyncio
import time
from pathlib import Path

from models.ports import Priority
from models.town import load_town, sample_town_folder
from tests.edges.strict_post import strict_post
from tests.edges.test_overdue_crowd import WITHIN_S, a_day_down
from tests.edges.virtual import lived
from tests.load.figures import Line

CHATS = 350
A_MINUTE = 28 * 60


def real_minutes(folder: Path, minutes: float) -> list[Line]:
    """Notices for so many minutes at a messenger that counts as Telegram does; an emergency in the middle."""
    many = int(A_MINUTE * minutes)

    async def life() -> tuple[float, int, float]:
        async with strict_post(folder, load_town(sample_town_folder())) as post:
            chats = [(await post.reader()).id for _ in range(CHATS)]
            urgent = (await post.reader()).id
            for number, chat_id in enumerate(chats):
                await post.promise(chat_id, len(range(number, many, CHATS)), priority=Priority.LIST)
            await post.open()
            await asyncio.sleep(minutes * 30)
            said = post.clock.seconds()
            await post.promise(urgent, priority=Priority.EMERGENCY)
            await post.drained()
            await post.end()
            calls = post.calls()
            taken = [call for call in calls if call.status == 200]
            heard = next(call.at for call in calls if call.params["chat_id"] in (urgent, str(urgent)))
            return len(taken) / (taken[-1].at - taken[0].at), len(calls) - len(taken), heard - said

    rate, refused, late = lived(life(), real=True)
    what = f"{many} notices to {CHATS} chats in {minutes:g} real minutes, strict"
    return [
        Line(f"{what}: letters a second", f"{rate:.1f}", "≥ 27, < 30", 27 <= rate < 30),
        Line(f"{what}: refused (429)", f"{refused}", "0", refused == 0),
        Line(f"{what}: an emergency in the middle", f"{late:.2f} s", "≤ 2 s", late <= 2),
    ]


def day_down(folder: Path, cases: int) -> list[Line]:
    """S34 at its full size, in virtual time."""
    began = time.process_time()
    found = lived(a_day_down(load_town(sample_town_folder()), folder, cases), sockets=False)
    spent = time.process_time() - began
    what = f"a day down, {found['clocks']:.0f} overdue clocks of {cases} cases"
    return [
        Line(
            f"{what}: all rung once and told in {found['letters']:.0f} letters, virtual time",
            f"{found['seconds']:.0f} s",
            f"≤ {WITHIN_S} s",
            found["seconds"] <= WITHIN_S,
        ),
        Line(f"{what}: CPU, with filing them", f"{spent:.0f} s"),
    ]
