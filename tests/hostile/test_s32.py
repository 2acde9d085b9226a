"""S32: killed while a case is assigned, escalated, proposed, confirmed and closed by default, at every place of it.

One street lives all five steps; in each of them one child after another dies, some while a tap is handled, some while
clocks ring. However often the house died, each step has happened once when the next begins.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.actions.housing import turn_office
from models.rules.chain import GENESIS
from models.rules.policy import Town
from models.store import Statement
from tests.hostile.children import KILLED, Nursery
from tests.hostile.people import CONSENT, DONE, RECEIPT, SEND, SIGN, SOLVED, SUBMIT, Phone
from tests.hostile.street import COMPLAINTS, Street, settled, street
from tests.hostile.verdict import COPY

pytestmark = pytest.mark.kill

WITHIN_S = 40
A_MOMENT_S = 0.25
LAMP, BINS = "resident:1", "resident:2"
_OWN = Statement("""
    SELECT c.id, c.state, c.desk, c.caller, c.version FROM "case" c JOIN reach r ON r.person_id = c.raiser_id
    WHERE r.chat_id = :chat
""")
_EVENTS = Statement("SELECT case_id, seq, event, role, facts, prev_hash, hash FROM case_event ORDER BY case_id, seq")
_CLOCKS = Statement("SELECT case_id, rung, due_at, rang_at FROM clock")
_DUE = Statement("SELECT count(*) AS many FROM clock WHERE due_at <= :now")
_ALARMS = Statement("""
    SELECT kind, ref, reason FROM alarm
    WHERE kind IN ('update_parked', 'notice_dead', 'notice-half-done', 'clock-failed', 'clock-jumped')
""")
_LEFT = Statement("SELECT key, state FROM notice WHERE state NOT IN ('sent', 'skipped', 'waiting')")

TAPPED = (
    (
        "worker.before_handle:1",
        "worker.after_commit:1",
        "store.before_commit:6",
        "delivery.after_claim:1",
        "delivery.after_settle:1",
    ),
    (
        "store.after_commit:6",
        "store.before_commit:8",
        "worker.before_reply:1",
        "delivery.before_claim:3",
        "delivery.after_send:1",
    ),
)
"""Where the children of one tap die, in turn: fewer than the beginnings after which an update is rightly parked."""
RUNG = (
    ("store.before_commit:3", "store.after_commit:4", "delivery.after_claim:1", "delivery.after_settle:1"),
    ("store.before_commit:5", "store.after_commit:3", "delivery.before_claim:2", "delivery.after_send:1"),
)
"""The same while clocks ring: those of the store early, for a house rings what is due as soon as it starts."""


class Time:
    """The office hour of a street whose people wait for days."""

    def __init__(self, one: Street) -> None:
        self._one = one
        self._ahead = one.until - timedelta(hours=2) - datetime.now(UTC)  # as `street` turned it: MORNING

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def turn(self, span: timedelta) -> None:
        """So much later; whoever starts next finds everything due that became due."""
        self._ahead += span
        seconds = self._ahead.total_seconds()
        await self._one.store.run(lambda session: turn_office(self._one.work(session, self.now), ahead_seconds=seconds))

    async def due(self) -> int:
        row = await self._one.store.read(_DUE.one, now=self.now)
        return 0 if row is None else int(row.many)


class Dying:
    """A street, its hour, and where its children have died."""

    def __init__(self, one: Street) -> None:
        self.one, self.time, self.died = one, Time(one), Counter[str]()

    async def step(self, places: tuple[str, ...], holds: Callable[[], object] = lambda: True) -> None:
        """One child after another dies there; the last lives until everything is settled and `holds`."""
        for place in places:
            life = await self.one.start(f"{place}:kill")
            quiet = asyncio.create_task(self._quiet())
            await asyncio.wait((life.end, quiet), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((life.end,), timeout=A_MOMENT_S)  # what is settled may still be on its way to the place
            if life.over:
                assert life.end.result() == KILLED, self.one.words()
                self.died[place.partition(":")[0]] += 1
                self.one.kills += 1
            quiet.cancel()
            await asyncio.gather(quiet, return_exceptions=True)
            await life.kill()
        await self.lives(holds)

    async def lives(self, holds: Callable[[], object] = lambda: True) -> None:
        """A child lives until everything is settled and `holds`."""
        life = await self.one.start()
        try:
            async with asyncio.timeout(WITHIN_S):
                while not holds():
                    assert not life.over, self.one.words()
                    await asyncio.sleep(0.02)
                await self._quiet()
        except TimeoutError:
            raise AssertionError(f"it never came\n{self.one.words()}") from None
        finally:
            await life.stop()

    async def _quiet(self) -> None:
        while True:
            self.one.until = self.time.now
            await settled(self.one)
            if not await self.time.due():
                return
            await asyncio.sleep(0.02)

    async def case_of(self, who: str) -> tuple[str, list[str]]:
        """The state of this resident's case, and its story."""
        (case,) = await self.one.store.read(_OWN.all, chat=self.one.phones[who].person.id)
        events = [row.event for row in await self.one.store.read(_EVENTS.all) if row.case_id == case.id]
        return case.state, events

    def desk(self, label: str, *, but: Sequence[Phone] = ()) -> Phone | None:
        """Whoever has this button; `but`: who is through, though a card sent twice may still show it there."""
        desks = (phone for name, phone in self.one.phones.items() if name.startswith("desk") and phone not in but)
        return next((phone for phone in desks if phone.shown(label)), None)

    def tap(self, phone: Phone, label: str) -> None:
        message = phone.shown(label)
        assert message is not None, (label, self.one.words())
        phone.tap(message, label)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", id="torture-postgresql")])
@pytest.mark.timeout(240)
async def test_s32_killed_at_every_step_of_a_case_each_step_happens_once(
    engine: str, nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    async with street(engine, tmp_path / engine, nursery, town, seed=32) as one:
        here = Dying(one)
        lamp, bins = one.phones[LAMP], one.phones[BINS]
        for number, phone in ((1, lamp), (2, bins)):
            phone.say(COMPLAINTS[number][1])
        await here.lives(lambda: lamp.shown(CONSENT) and bins.shown(CONSENT))
        for phone in (lamp, bins):
            here.tap(phone, CONSENT)
        await here.lives(lambda: lamp.shown(SUBMIT) and bins.shown(SUBMIT))

        for phone, places in zip((lamp, bins), TAPPED, strict=True):  # assign
            here.tap(phone, SUBMIT)
            await here.step(places, lambda phone=phone: any(RECEIPT in one.text for one in phone.heard))  # type: ignore[misc]
        assert [await here.case_of(who) for who in (LAMP, BINS)] == [("accepted", ["submit", "accept"])] * 2

        await here.time.turn(timedelta(days=2))  # escalate: nobody has signed
        await here.step((*RUNG[0], *RUNG[1]))
        for who in (LAMP, BINS):
            _, story = await here.case_of(who)
            assert "climb" in story[2:], story

        while (desk := here.desk(SIGN)) is not None:
            here.tap(desk, SIGN)
            await here.lives()
        through: list[Phone] = []
        for places in TAPPED:  # propose: as far as the last button alive, then the button that proposes
            desk = here.desk(DONE, but=through)
            assert desk is not None, one.words()
            through.append(desk)
            here.tap(desk, DONE)
            await here.lives()
            desk.say("换好了，试运行正常")
            await here.lives(lambda desk=desk: desk.shown(SEND))  # type: ignore[misc]
            here.tap(desk, SEND)
            await here.step(places)
        for who in (LAMP, BINS):
            state, story = await here.case_of(who)
            assert (state, story.count("claim")) == ("claimed", 1), (story, one.words())

        here.tap(lamp, SOLVED)  # confirm
        await here.step(TAPPED[0])
        state, story = await here.case_of(LAMP)
        assert (state, story.count("confirm")) == ("closed_ok", 1)

        for rung in (RUNG[0], RUNG[1], ()):  # close by default, or have a desk telephone: in silence either way
            await here.time.turn(timedelta(hours=50))
            await here.step(rung)
        state, story = await here.case_of(BINS)
        (case,) = await one.store.read(_OWN.all, chat=bins.person.id)
        assert (state, story.count("lapse")) == ("closed_silent", 1) or case.caller, story
        await judge(here)


async def judge(here: Dying) -> None:
    """I3, I4, I6, I8: whole chains, every clock rang once or stands, nothing died, copies are marked, no alarm."""
    one = here.one
    events, clocks = await one.store.read(_EVENTS.all), await one.store.read(_CLOCKS.all)
    before: dict[int, tuple[int, str]] = {}
    for row in events:
        seq, link = before.get(row.case_id, (0, GENESIS))
        assert (row.seq, row.prev_hash) == (seq + 1, link)
        before[row.case_id] = row.seq, row.hash
    rang = Counter((row.case_id, row.rung) for row in clocks if row.rang_at)
    told = Counter(
        (row.case_id, str(row.facts).split('"rung":"')[1].split('"')[0])
        for row in events
        if row.role == "clock" and '"rung":"' in str(row.facts)
    )
    assert all(told[key] <= rang[key] for key in told), (told, rang)
    assert not [row for row in clocks if row.rang_at and row.due_at], "what rang is over"
    assert not await one.store.read(_LEFT.all)
    assert not await one.store.read(_ALARMS.all)
    texts = Counter(
        (str(call.params["chat_id"]), str(call.params["text"]))
        for call in one.stage.calls_of("sendMessage")
        if call.status == 200 and "link_preview_options" in call.params
    )
    unmarked = {letter: many for letter, many in texts.items() if many > 1 and COPY not in letter[1]}
    assert not unmarked, unmarked
    assert sum(here.died.values()) > 20, here.died
    assert "worker.after_commit" in here.died
