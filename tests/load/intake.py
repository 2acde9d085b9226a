"""How many complaints a second does one house take, and how long does a resident wait to be heard?

A complaint is what a resident sends until it is filed: one text, and one tap on 对，提交 below what was understood.
Each comes from somebody else. They come at their hour whether the house keeps up or not; the wait is from being said to
the answer 200, which follows the commit.
"""

import asyncio
import contextlib
import time
from collections import Counter
from dataclasses import dataclass

from bot.bench.residents import FIRST_CHAT, Settled
from models.store import Statement
from tests.load.exchange import RECEIPT, Postman, YesMan, tap, words
from tests.load.figures import Line, percentile
from tests.load.house import SECRET, LoadedHouse, checked, under_load

SAID = (
    "楼道灯不亮，晚上看不见",
    "电梯又停了，老人上不去",
    "垃圾三天没人收了",
    "单元门关不上",
    "地下车库漏水",
    "电动车堵在楼梯口",
)
CATCHES_UP_S = 600.0

VERDICT = Statement("""
    SELECT (SELECT count(*) FROM "case") AS cases,
        (SELECT count(DISTINCT update_id) FROM "case") AS taps,
        (SELECT count(*) FROM "update") AS kept,
        (SELECT count(*) FROM "update" WHERE done_at IS NULL) AS waiting,
        (SELECT count(*) FROM "update" WHERE parked_at IS NOT NULL) AS parked,
        (SELECT count(*) FROM notice WHERE telling = 'receipt' AND state = 'sent') AS receipts,
        (SELECT count(*) FROM notice WHERE state = 'dead') AS dead
""")


@dataclass
class Residents:
    """Who has complained, been understood and got a number."""

    postman: Postman
    said: int = 0
    understood: int = 0
    first_receipt: float = 0.0

    def __post_init__(self) -> None:
        self.receipts: Counter[int] = Counter()

    def speak(self) -> None:
        """The next resident complains."""
        chat_id = FIRST_CHAT + self.said
        self.postman.post(words(chat_id, 1, SAID[self.said % len(SAID)]))
        self.said += 1

    def heard(self, chat_id: int, text: str, submits: str | None) -> None:
        """What a `YesMan` was given for a chat."""
        if submits is not None:
            self.understood += 1
            self.postman.post(tap(chat_id, 2, submits))
        if RECEIPT in text:
            self.receipts[chat_id] += 1
            self.first_receipt = self.first_receipt or time.perf_counter()

    @property
    def waiting(self) -> int:
        """Those who have no number yet."""
        return self.said - len(self.receipts)


async def intake(settled: Settled, *, rate: int, seconds: float, engine: str, goal_s: float) -> list[Line]:
    """So many complaints a second for so long; what became of them."""
    postman = Postman(0, SECRET)
    residents = Residents(postman)
    name = f"{engine}-{rate}"
    async with YesMan(residents.heard).serve() as api, under_load(settled, api, engine=engine, name=name) as house:
        await house.listening()
        postman.port = house.port
        carrying = asyncio.create_task(postman.run())
        cpu = house.cpu_s
        ended = await all_speak(residents, rate, seconds)
        late = await all_have_a_number(residents, house)
        spent = (house.cpu_s - cpu) / max(1, len(residents.receipts))
        peak = house.peak_mb
        carrying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await carrying
    (row,) = await house.ask(VERDICT.all)
    sound = await checked(settled, house.url, name=name)
    whole = (row.cases, row.taps, row.kept, row.receipts) == (
        residents.said,
        residents.said,
        postman.posted,
        residents.said,
    )
    once = whole and set(residents.receipts.values()) == {1} and not (row.waiting or row.parked or row.dead)
    waits, what = postman.waits, f"{rate} complaints a second for {seconds:.0f} s, {engine}"
    p99, median, longest = percentile(waits, 0.99), percentile(waits, 0.5), max(waits)
    came = f"{residents.said / ended:.1f}/s; {late:.1f} s"
    return [
        Line(f"{what}: from being said to 200, p99", f"{p99 * 1e3:.0f} ms", f"≤ {goal_s:.0f} s", p99 <= goal_s),
        Line(f"{what}: the same, median; longest", f"{median * 1e3:.0f} ms; {longest:.2f} s"),
        Line(f"{what}: cases, each with one receipt", f"{row.cases} of {residents.said}", "all, once", once),
        Line(f"{what}: `huiyin check` afterwards", sound, "sound", sound == "sound"),
        Line(f"{what}: said; from the last word to the last number", came),
        Line(f"{what}: CPU of the house a complaint", f"{spent * 1e3:.1f} ms"),
        Line(f"{what}: its peak memory", f"{peak:.0f} MB", "≤ 400 MB", peak <= 400),
    ]


async def all_speak(residents: Residents, rate: int, seconds: float) -> float:
    """They complain on time; how long it really took."""
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        ahead = began + number / rate - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        elif number % 16 == 0:
            await asyncio.sleep(0)
        residents.speak()
    return time.perf_counter() - began


async def all_have_a_number(residents: Residents, house: LoadedHouse) -> float:
    """Seconds until everybody has their number and nothing is on its way; gives up where nothing comes any more."""
    began = time.perf_counter()
    last, since = -1, began
    while residents.waiting:
        if residents.waiting != last:
            last, since = residents.waiting, time.perf_counter()
        if time.perf_counter() - since > 60 or time.perf_counter() - began > CATCHES_UP_S:
            break
        await asyncio.sleep(0.1)
    late = time.perf_counter() - began
    await residents.postman.idle()
    while (row := (await house.ask(_QUIET.all))[0]).many:
        if time.perf_counter() - began > CATCHES_UP_S or row is None:
            break
        await asyncio.sleep(1)
    return late


_QUIET = Statement("""
    SELECT (SELECT count(*) FROM "update" WHERE done_at IS NULL)
        + (SELECT count(*) FROM notice WHERE lease IS NOT NULL AND waits_from IS NOT NULL) AS many
""")
