"""Is one update one transaction: settled, talked and acted, all or nothing, once?"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import inbox, turn
from models.inbox import AlreadyDone, Arrived
from models.records import Alarm
from models.rules.policy import Town
from models.rules.refusals import NothingSaid, Refused
from models.store import Keys, Statement, Store
from models.town import load_town, sample_town_folder
from models.turn import TooLateToTalk, Turn, Work

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
KEY = "1:7:9"


class Hands:
    """A clock somebody turns."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town(sample_town_folder())


@pytest.fixture
def office() -> Hands:
    return Hands()


class Chat:
    """Somebody who speaks: each word is an update, claimed and given a Turn."""

    def __init__(self, store: Store, keys: Keys, town: Town, office: Hands) -> None:
        self.store, self.keys, self.town, self.office, self.machine = store, keys, town, office, Hands()
        self.said = 0

    async def says(self, lease: str = "a") -> Turn:
        self.said += 1
        body = {"update_id": self.said, "message": {"chat": {"id": 7}, "from": {"id": 9}}}
        arrived = Arrived(self.said, 7, json.dumps(body).encode())
        await self.store.run(inbox.take_in, self.keys, 1, [arrived], self.machine.now())
        return await self.hears(lease)

    async def hears(self, lease: str = "a") -> Turn:
        (row,) = await self.store.run(inbox.claim, self.keys, lease=lease, limit=1, now=self.machine.now())
        assert isinstance(row, inbox.Waiting)
        return Turn(self.store, row, town=self.town, keys=self.keys, office=self.office, machine=self.machine)


@pytest.fixture
def chat(store: Store, keys: Keys, town: Town, office: Hands) -> Chat:
    return Chat(store, keys, town, office)


def ring(work: Work, *, ref: str) -> str:
    work.session.add(Alarm(kind="test", ref=ref, reason=work.town.code, raised_at=work.now))
    return ref


def refuse(work: Work) -> None:
    ring(work, ref="never")
    raise Refused(NothingSaid())


def refuse_whatever(work: Work, *, ref: str = "") -> None:
    refuse(work)


def rung(work: Work) -> int:
    row = Statement("SELECT count(*) AS many FROM alarm").one(work.session)
    assert row is not None
    return int(row.many)


async def test_one_commit_settles_talks_and_acts(chat: Chat) -> None:
    spoken = await chat.says()
    spoken.put(KEY, "filing:words", {"text": "电梯坏了", "n": [1, 2]})
    assert await spoken.do(ring, ref="case") == "case"
    assert spoken.done
    following = await chat.says()
    assert await following.get(KEY) == ("filing:words", {"text": "电梯坏了", "n": [1, 2]})
    assert await following.ask(rung) == 1
    assert (await chat.store.read(inbox.backlog)).waiting == 1


async def test_nothing_said_is_kept_before_the_commit(chat: Chat) -> None:
    spoken = await chat.says()
    spoken.put(KEY, "filing:words", {"text": "x"})
    assert await chat.store.read(inbox.recall, chat.keys, KEY) == inbox.TalkState(KEY)


async def test_what_was_put_is_what_is_read_in_the_same_turn(chat: Chat) -> None:
    spoken = await chat.says()
    assert await spoken.get(KEY) == (None, {})
    data = {"list": [1]}
    spoken.put(KEY, "s", data)
    data["list"].append(2)  # a draft changed afterwards is not what was put
    state, draft = await spoken.get(KEY)
    assert (state, draft) == ("s", {"list": [1]})
    draft["list"].append(3)
    assert await spoken.get(KEY) == ("s", {"list": [1]})


async def test_a_conversation_that_was_not_brought_along_is_looked_up(chat: Chat) -> None:
    spoken = await chat.says()
    spoken.put("1:8:9", "elsewhere", {})
    await spoken.do(None)
    following = await chat.says()
    assert await following.get("1:8:9") == ("elsewhere", {})


async def test_a_refusal_undoes_everything_and_the_conversation_stands_where_it_stood(chat: Chat) -> None:
    first = await chat.says()
    first.put(KEY, "filing:words", {"text": "kept from before"})
    await first.do(None)
    spoken = await chat.says()
    spoken.put(KEY, "filing:done", {})
    with pytest.raises(Refused) as refused:
        await spoken.do(refuse)
    assert refused.value.refusal == NothingSaid()
    assert not spoken.done
    assert await spoken.ask(rung) == 0
    spoken.forget_talk()
    await spoken.do(None)
    following = await chat.says()
    assert await following.get(KEY) == ("filing:words", {"text": "kept from before"})


async def test_what_a_turn_opens_with_happens_with_its_act_or_not_at_all(chat: Chat) -> None:
    def opening(work: Work, act: dict[str, Any]) -> None:
        ring(work, ref="opened")
        act["ref"] = f"{act['ref']}, opened" if "ref" in act else ""

    spoken = await chat.says()
    spoken.open_with(opening)
    assert await spoken.do(ring, ref="case") == "case, opened"
    assert spoken.opens_with(opening)
    assert await spoken.ask(rung) == 2
    refused = await chat.says()
    refused.open_with(opening)
    with pytest.raises(Refused):
        await refused.do(refuse_whatever)
    assert not refused.opens_with(opening)
    await refused.do(None)
    assert await refused.ask(rung) == 2, "nor with the end of the turn"
    silent = await chat.says()
    silent.open_with(opening)
    silent.forget_talk()
    assert not silent.opens_with(opening)


async def test_a_refusal_may_also_leave_what_was_said(chat: Chat) -> None:
    spoken = await chat.says()
    spoken.put(KEY, "filing:where", {"text": "x"})
    with pytest.raises(Refused):
        await spoken.do(refuse)
    await spoken.do(None)
    assert await (await chat.says()).get(KEY) == ("filing:where", {"text": "x"})


async def test_a_turn_is_done_once(chat: Chat) -> None:
    spoken = await chat.says()
    await spoken.do(ring, ref="one")
    with pytest.raises(AlreadyDone):
        await spoken.do(ring, ref="two")
    with pytest.raises(TooLateToTalk):
        spoken.put(KEY, "s", {})
    with pytest.raises(TooLateToTalk):
        spoken.forget_talk()
    assert await spoken.ask(rung) == 1


async def test_two_workers_with_the_same_update_do_it_once(chat: Chat) -> None:
    slow = await chat.says("slow")
    chat.machine.moment += inbox.LEASE
    quick = await chat.hears("quick")
    slow.put(KEY, "slow", {})
    quick.put(KEY, "quick", {})
    answers = await asyncio.gather(slow.do(ring, ref="slow"), quick.do(ring, ref="quick"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [AlreadyDone, str]
    assert await quick.ask(rung) == 1
    assert await (await chat.says()).get(KEY) == ("quick", {})


async def test_a_draft_is_remembered_for_seven_days_of_office_time(chat: Chat) -> None:
    spoken = await chat.says()
    spoken.put(KEY, "filing:words", {"text": "x"})
    await spoken.do(None)
    chat.office.moment += turn.DRAFT
    following = await chat.says()
    assert await following.get(KEY) == ("filing:words", {"text": "x"})
    chat.office.moment += timedelta(seconds=1)
    assert await following.get(KEY) == (None, {})
    assert await chat.store.run(turn.forget, chat.office.now() - turn.DRAFT) == 1


async def test_an_ended_conversation_leaves_no_row(chat: Chat) -> None:
    spoken = await chat.says()
    spoken.put(KEY, "s", {"text": "x"})
    await spoken.do(None)
    following = await chat.says()
    following.put(KEY, None, {})
    await following.do(None)
    row = await chat.store.read(Statement("SELECT count(*) AS many FROM talk").one)
    assert row is not None
    assert row.many == 0


async def test_a_draft_lies_sealed_and_opens_only_in_its_own_conversation(chat: Chat) -> None:
    spoken = await chat.says()
    spoken.put(KEY, "s", {"text": "words of mine"})
    await spoken.do(None)
    row = await chat.store.read(Statement("SELECT body FROM talk").one)
    assert row is not None
    assert b"words" not in bytes(row.body)
    await chat.store.run(Statement("UPDATE talk SET key = '1:7:10'").run)
    assert await chat.store.read(inbox.recall, chat.keys, "1:7:10") == inbox.TalkState("1:7:10")


async def test_odd_text_comes_back_as_it_was_put(chat: Chat) -> None:
    odd: dict[str, Any] = {"text": "\ud800 \x00 \u202e 👩‍👩‍👧 " + "a\u0300" * 50}
    spoken = await chat.says()
    spoken.put(KEY, "s", odd)
    await spoken.do(None)
    assert await (await chat.says()).get(KEY) == ("s", odd)


async def test_a_question_cannot_change_anything(chat: Chat) -> None:
    spoken = await chat.says()
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await spoken.ask(lambda work: Statement("DELETE FROM talk").run(work.session))


async def test_only_json_is_put(chat: Chat) -> None:
    spoken = await chat.says()
    with pytest.raises(TypeError):
        spoken.put(KEY, "s", {"moment": NOW})
