"""What may be said of a case at any time is heard at any time: before it is signed, at work, and come back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from models.actions.asking import ask
from models.actions.calling import answer_call, ask_person
from models.actions.confirming import deny
from models.actions.enrolling import consent
from models.actions.handling import answer, claim, contact, sign
from models.actions.hearing import agree, disagree, hear
from models.actions.pursuing import raise_up, urge, withdraw
from models.actions.relaying import Remark, add
from models.queries.people import Speaker, speaker
from models.rules.lifecycle import Event, State
from models.rules.policy import Role
from tests.house import House, Phone
from tests.stories.living import files, somebody_has_it_and_a_date

LEAK = "楼上漏水，天花板都湿了"


class Neighbourhood:
    """A leak and everybody who may say something of it."""

    def __init__(self, house: House, **who: Speaker) -> None:
        self.house, self.who, self.case = house, who, 0

    async def does(self, name: str, verb: Callable[..., object], **how: object) -> None:
        await self.house.do(verb, case_id=self.case, by=self.who[name], **how)

    async def version(self) -> int:
        (row,) = await self.house.rows('SELECT version FROM "case" WHERE id = :id', id=self.case)
        return int(row.version)

    async def state(self) -> State:
        (row,) = await self.house.rows('SELECT state FROM "case" WHERE id = :id', id=self.case)
        return State(row.state)


async def signed(all_: Neighbourhood) -> None:
    await all_.does("desk", sign)


async def working(all_: Neighbourhood) -> None:
    await signed(all_)
    await all_.does("desk", contact)


async def claimed(all_: Neighbourhood) -> None:
    await all_.does("desk", claim, sentence="换了水管")


async def reopened(all_: Neighbourhood) -> None:
    await claimed(all_)
    await all_.does("resident", deny, version=await all_.version())


async def as_it_came(all_: Neighbourhood) -> None:
    """Nobody has signed yet."""


async def speaks(house: House, phone: Phone) -> Speaker:
    found = await house.ask(speaker, bot_id=house.bot.id, chat_id=phone.person.id)
    assert found is not None
    return found


async def neighbourhood(house: House) -> Neighbourhood:
    phones = {
        "desk": await house.staff("WY-01"),
        "community": await house.staff("SQ-PW"),
        "head": await house.head(),
        "resident": await house.resident(),
    }
    await house.staff("JD")
    all_ = Neighbourhood(house, **{name: await speaks(house, phone) for name, phone in phones.items()})
    await files(phones["resident"], LEAK)
    (row,) = await house.rows('SELECT max(id) AS id FROM "case"')
    all_.case = row.id
    return all_


HELD = [
    pytest.param(as_it_came, State.ACCEPTED, id="before anybody signs"),
    pytest.param(signed, State.SIGNED, id="signed for"),
    pytest.param(working, State.WORKING, id="at work"),
    pytest.param(reopened, State.REOPENED, id="come back"),
]
Came = Callable[[Neighbourhood], Awaitable[None]]


@pytest.mark.parametrize(("came", "state"), HELD)
async def test_head_resident_and_caller_are_heard_and_then_it_goes_higher(
    house: House, came: Came, state: State
) -> None:
    all_ = await neighbourhood(house)
    await came(all_)
    for said in (Event.LOOK, Event.BUSY, Event.DECLINE):
        await all_.does("head", answer, event=said)
    await all_.does("resident", urge)
    await all_.does("resident", add, bot_id=house.bot.id, remark=Remark("漏到客厅了"))
    await all_.does("resident", ask_person)
    await all_.does("community", answer_call, event=Event.NO_ANSWER, version=await all_.version())
    await all_.does("community", answer_call, event=Event.SPOKE, version=await all_.version())
    assert await all_.state() is state, "all that was said, and it stands where it stood"
    await all_.does("resident", raise_up, version=await all_.version())
    await house.settle()
    await somebody_has_it_and_a_date(house)


@pytest.mark.parametrize(
    ("came", "state"), [*HELD, pytest.param(claimed, State.CLAIMED, id="asked whether it is solved")]
)
async def test_it_can_be_taken_back_and_a_person_asked_for(house: House, came: Came, state: State) -> None:
    all_ = await neighbourhood(house)
    await came(all_)
    assert await all_.state() is state
    await all_.does("resident", ask_person)
    await all_.does("resident", withdraw, erase=False)
    assert await all_.state() is State.WITHDRAWN
    assert await house.rows("SELECT id FROM clock WHERE due_at IS NOT NULL") == []


async def raised(all_: Neighbourhood) -> None:
    await all_.does("resident", raise_up, version=await all_.version())


async def raised_and_signed(all_: Neighbourhood) -> None:
    await raised(all_)
    await all_.does("community", sign)


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "never answered"])
@pytest.mark.parametrize(
    ("then", "state"),
    [
        pytest.param(raised, State.ACCEPTED, id="another desk leads"),
        pytest.param(raised_and_signed, State.SIGNED, id="another desk has signed"),
        pytest.param(reopened, State.REOPENED, id="come back"),
    ],
)
async def test_a_question_outlives_whoever_asked_it(house: House, then: Came, state: State, answered: bool) -> None:
    all_ = await neighbourhood(house)
    await working(all_)
    await all_.does("desk", ask, sentence="漏水是白天还是晚上？")
    await then(all_)
    assert await all_.state() is state
    if answered:
        await all_.does("resident", add, bot_id=house.bot.id, remark=Remark("是晚上"))
        (last,) = await house.rows("SELECT event FROM case_event ORDER BY id DESC LIMIT 1")
        assert last.event == Event.REPLY
    else:
        await house.turn(timedelta(hours=9))
    await house.settle()
    assert await house.rows('SELECT id FROM "case" WHERE paused_until IS NOT NULL') == [], "the clocks go on"
    await somebody_has_it_and_a_date(house)


async def test_a_voice_may_be_heard_again_after_it_was_signed_for(house: House) -> None:
    all_ = await neighbourhood(house)
    phone = house.stranger("陈阿婆")
    await phone.starts(await house.link(Role.RESIDENT, "LC01-3"))
    await house.do(consent, bot_id=house.bot.id, chat_id=phone.person.id, lang="zh")
    phone.person.send_voice(house.bot, b"OggS" + bytes(64))
    await house.settle()
    await phone.taps("不急")
    (row,) = await house.rows('SELECT max(id) AS id FROM "case"')
    all_.case, all_.who["voice"] = row.id, await speaks(house, phone)
    await all_.does("community", sign)
    await all_.does("community", hear, sentence="3栋楼道灯不亮")
    await all_.does("voice", disagree, version=await all_.version())
    assert await all_.state() is State.SIGNED
    await all_.does("community", hear, sentence="3栋电梯停了")
    await all_.does("voice", agree, version=await all_.version())
    assert await all_.state() is State.ACCEPTED, "the desk that mends lifts has yet to sign"
    await somebody_has_it_and_a_date(house)


async def test_silence_after_the_signature_of_the_street_is_seen_by_the_district(house: House) -> None:
    all_ = await neighbourhood(house)
    street = await house.staff("JD", name="街道值班")
    all_.who["street"] = await speaks(house, street)
    resident = await house.resident("LC01-2", name="李叔")
    await resident.says("2栋电梯困人了，快来")
    (row,) = await house.rows('SELECT max(id) AS id FROM "case"')
    all_.case = row.id
    await house.turn(timedelta(minutes=31))
    await all_.does("street", sign)
    await house.turn(timedelta(hours=2))
    assert await all_.state() is State.SIGNED, "told, and nothing taken from the street"
    rows = await house.rows("SELECT facts FROM case_event WHERE case_id = :id AND event = 'climb'", id=all_.case)
    assert any('"P0-2h"' in row.facts for row in rows)


async def test_where_it_is_may_be_said_when_somebody_is_on_the_way_already(house: House) -> None:
    street, firm = await house.staff("JD"), await house.staff("WY-01")
    for came in (signed, working, reopened):
        stranger = house.stranger()
        await stranger.says("煤气泄漏了快来人")
        all_ = Neighbourhood(house, desk=await speaks(house, street), resident=await speaks(house, stranger))
        (row,) = await house.rows('SELECT max(id) AS id FROM "case"')
        all_.case = row.id
        await came(all_)
        await house.settle()
        await stranger.says("丰穗花园3栋")
        (now,) = await house.rows('SELECT building, desk, state FROM "case" WHERE id = :id', id=all_.case)
        assert (now.building, now.desk) == ("LC01-3", "WY-01")
        assert now.state in (State.ACCEPTED, State.REOPENED), "the firm has yet to sign"
        assert "丰穗花园3栋" in firm.last.text
    await house.turn(timedelta(minutes=1))
    await somebody_has_it_and_a_date(house)
