"""S9, S14, S15, S38: forged taps, groups, guessed keys, and desks whose people are gone (reliability §6 B, E)."""

import json
import random
import secrets
import string
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from handlers.cards.buttons import Verb, button, read
from handlers.chat.arriving import MOST_WRONG
from handlers.chat.following import MOST_WRONG as MOST_WRONG_CODES
from models.actions.enrolling import join
from models.queries.following import code_of
from models.rules.policy import Role
from models.rules.refusals import LinkUnknown, Refused
from models.store import Keys, Statement
from tests.conftest import Opens
from tests.conversations.answers import BAD_LINK, NOT_YOURS, WRONG_CODE
from tests.hostile.cases.door import Door, says, taps
from tests.house import House, Phone, buttons
from tests.stories.living import files, in_charge, somebody_has_it_and_a_date

STATE = ("case", "case_event", "request", "office", "home", "follower", "person")


async def standing(house: House) -> dict[str, int]:
    """How much there is of everything an intruder might want to change."""
    return {table: await house.number_of(table) for table in STATE}


async def alarms(house: House, kind: str) -> list[Any]:
    return await house.rows("SELECT ref, reason FROM alarm WHERE kind = :kind ORDER BY id", kind=kind)


def answers(house: House, *, after: int) -> list[tuple[str, bool]]:
    """Text and manner of every answer to a tap since that call."""
    calls = list(house.line.stage.calls)[after:]
    return [
        (str(call.params.get("text")), bool(call.params.get("show_alert")))
        for call in calls
        if call.method == "answerCallbackQuery" and call.bot_id == house.bot.id
    ]


async def test_s9_a_forged_tap_gets_one_answer_moves_nothing_and_is_on_record_without_a_name(door: Door) -> None:
    house = door.house
    desk, me, neighbour = await house.staff("WY-01"), await house.resident(), await house.resident(name="李叔")
    await files(neighbour, "3栋楼道灯不亮")
    await files(me, "3栋电梯又停了")
    mine = me.with_button("催一下").button("催一下").callback_data
    theirs = desk.with_button("签收").button("签收").callback_data
    assert mine
    assert theirs
    verb, case, version, mac = mine.split(".")
    old = button(Keys.fresh(), me.person.id, "", Verb(verb), of=int(case, 16), version=int(version, 16)).callback
    forged = [
        *(f"{verb}.{int(case, 16) + step:x}.{version}.{mac}" for step in (-1, 1, 10**6)),
        *(f"{other}.{case}.{version}.{mac}" for other in ("ok", "we", "si", "zz", "")),
        *(f"{verb}.{case}.{other}.{mac}" for other in ("0", "ff", "-1", "x")),
        *(old, theirs, mac, mine[:-1], mine + "A", mine.upper(), f" {mine}", f"{mine}\x00"),
        *("", ".", "....", "催一下", "\u202e" + mine, "' OR 1=1--", "9" * 5000, "\ud800.\udfff"),
        *("".join(chr(secrets.randbelow(256)) for _ in range(64)) for _ in range(8)),
    ]
    before, sent = await standing(house), len(house.line.stage.calls)
    others = [neighbour.texts, desk.texts]
    for data in forged:
        assert (await door.post(taps(me, data))).status == 200
    await house.settle()
    assert set(answers(house, after=sent)) == {(NOT_YOURS, True)}
    assert len(answers(house, after=sent)) == len(forged)
    assert await standing(house) == before
    assert [neighbour.texts, desk.texts] == others
    (alarm,) = await alarms(house, "button-forged")
    table, _, row = alarm.ref.partition(":")
    assert (table, alarm.reason) == ("update", ""), "no chat, no name, nothing of what was tapped"
    (update,) = await house.rows('SELECT chat_id FROM "update" WHERE id = :id', id=int(row))
    assert update.chat_id == me.person.id, "for seven days it leads to whoever did it"
    assert await house.rows('SELECT id FROM "update" WHERE parked_at IS NOT NULL') == []
    assert await me.taps("催一下") not in ("", NOT_YOURS), "the true one still works"


async def test_s9_bytes_that_are_no_text_are_no_update(door: Door) -> None:
    me = await door.house.resident()
    body = json.dumps(taps(me, "MARK")).encode().replace(b"MARK", b"\xff\xfe\x80")
    assert (await door.post(body)).status == 400


def test_s9_no_letter_of_a_button_can_be_changed() -> None:
    keys, dice = Keys.fresh(), random.Random(9)
    drawn = button(keys, 5, "签收", Verb.SIGN, of=412, version=3).callback
    assert read(keys, 5, drawn) is not None
    letters = string.ascii_letters + string.digits + ".-_="
    for at in range(len(drawn)):
        for letter in letters:
            changed = drawn[:at] + letter + drawn[at + 1 :]
            assert changed == drawn or read(keys, 5, changed) is None
    for _ in range(5_000):
        noise = "".join(chr(dice.randrange(1, 0x500)) for _ in range(dice.randrange(64)))
        assert read(keys, 5, noise) is None
    assert read(keys, 6, drawn) is None, "nor does it work in another chat"


CASE_WORDS = ("0001", "电梯", "3栋", "WY-01", "物业", "签收", "王阿姨")


async def test_s14_nothing_of_a_case_is_ever_said_in_a_group(door: Door) -> None:
    house = door.house
    await house.staff("WY-01")
    me = await house.resident()
    await files(me, "3栋电梯又停了")
    group = house.line.messenger.add_group("3栋邻居群", [me.person], house.bot)
    await house.settle()
    assert group.status_of(house.bot.id) == "member", "somebody known asked it in"
    room = {"id": group.id, "type": "group", "title": "3栋邻居群"}
    bot = {"id": house.bot.id, "is_bot": True, "first_name": "回音", "username": house.bot.username}
    card = {"message_id": 1, "date": 1, "chat": room, "from": bot, "text": "0001号 3栋电梯又停了"}
    mine = me.with_button("催一下").button("催一下").callback_data
    family = await house.ask(lambda work: code_of(work.keys, 1))
    before, sent = await standing(house), len(house.line.stage.calls)
    talks = await house.number_of("talk")
    name = house.bot.username
    for words in ("/mycases", "/start", f"/help@{name}", "0001", f"0001 {family}", "我的诉求", "怎么样了"):
        await door.post(says(me, words, chat=room))
        await door.post(says(me, words, chat=room, reply_to_message=card))
        await door.post(says(me, f"@{name} {words}", chat=room))
        edited = says(me, words, chat=room)
        edited["edited_message"] = edited.pop("message")
        await door.post(edited)
    await door.post(says(me, "", chat=room, contact={"phone_number": "+8613800000000", "first_name": "我"}))
    await door.post(says(me, "", chat=room, location={"latitude": 24.9, "longitude": 118.6}))
    await door.post(taps(me, mine or "", chat=room))
    inline = {"id": "7", "from": says(me, "")["message"]["from"], "query": "0001", "offset": ""}
    await door.post({"update_id": secrets.randbelow(2**40), "inline_query": {**inline, "chat_type": "group"}})
    await house.settle()

    calls = [call for call in list(house.line.stage.calls)[sent:] if call.bot_id == house.bot.id]
    assert {call.method for call in calls} <= {"sendMessage", "answerCallbackQuery", "getMe"}
    for call in calls:
        said = f"{call.params.get('text')} {call.params.get('reply_markup')}"
        assert not any(word in said for word in CASE_WORDS), said
        assert call.method != "sendMessage" or str(call.params["chat_id"]) == str(group.id)
    assert await standing(house) | {"talk": talks} == before | {"talk": talks}
    drafts = await house.rows("SELECT key FROM talk WHERE key LIKE :group", group=f"%:{group.id}:%")
    assert [row.key for row in drafts if not row.key.endswith(":forged")] == [], "and no draft"


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_s14_a_group_nobody_we_know_asked_it_into_is_left_at_once(door: Door, kind: str) -> None:
    house = door.house
    stranger = house.stranger("路人")
    room = {"id": -100_123_000_000 - len(kind), "type": kind, "title": "陌生群"}
    me = {"id": house.bot.id, "is_bot": True, "first_name": "回音", "username": house.bot.username}
    sent = len(house.line.stage.calls)
    added = {
        "chat": room,
        "from": says(stranger, "")["message"]["from"],
        "date": 1_795_500_000,
        "old_chat_member": {"user": me, "status": "left"},
        "new_chat_member": {"user": me, "status": "member"},
    }
    await door.post({"update_id": secrets.randbelow(2**40), "my_chat_member": added})
    await house.settle()
    (call,) = [one for one in list(house.line.stage.calls)[sent:] if one.bot_id == house.bot.id]
    assert (call.method, str(call.params["chat_id"])) == ("leaveChat", str(room["id"]))


async def test_s14_a_real_group_of_strangers_is_rid_of_it(door: Door) -> None:
    house = door.house
    group = house.line.messenger.add_group("陌生群", [house.stranger("路人").person], house.bot)
    await house.settle()
    assert group.status_of(house.bot.id) == "left"


async def test_s15_no_guess_opens_a_door_not_even_one_that_is_all_but_true(door: Door) -> None:
    house = door.house
    true = [await house.link(Role.RESIDENT, "LC01-3"), await house.link(Role.HEAD, "LC01-3")]
    dice = random.Random(15)
    letters = string.ascii_letters + string.digits + "-_"

    def guess() -> str:
        one = dice.choice(true)
        match dice.randrange(6):
            case 0:
                at = dice.randrange(len(one))
                return one[:at] + dice.choice([letter for letter in letters if letter != one[at]]) + one[at + 1 :]
            case 1:
                return one[: dice.randrange(len(one))]
            case 2:
                return one + dice.choice(letters)
            case 3:
                return one.swapcase()
            case 4:
                return "".join(dice.sample(letters, 32))
            case _:
                return "".join(chr(dice.randrange(1, 0x2FF)) for _ in range(dice.randrange(64)))

    def try_all(work: Any) -> int:
        hits = 0
        for _ in range(3_000):
            try:
                join(work, token=guess(), bot_id=house.bot.id, chat_id=5, lang="zh")
            except Refused as refused:
                hits += refused.refusal != LinkUnknown()
            else:
                hits += 1
        return hits

    before = await standing(house)
    assert await house.do(try_all) == 0
    assert await standing(house) == before


async def test_s15_used_expired_and_unknown_links_are_answered_alike_and_the_eleventh_opens_nothing(
    door: Door,
) -> None:
    house = door.house
    used, expired = await house.link(Role.HEAD, "LC01-3"), await house.link(Role.HEAD, "LC01-4")
    await house.stranger("先到的").starts(used)
    await house.parts.house.store.run(_EXPIRE.run, now=house.now)
    good = await house.link(Role.COMMUNITY, "SQ-PW")
    guesser = house.stranger("试试看")
    await guesser.starts()
    _ = guesser.news
    wrong = [used, expired, "A" * 32, "a", good[:-1], "' OR 1=1--", "../..", "钥匙" * 16, good.lower(), good[1:]]
    assert len(wrong) == MOST_WRONG
    before = await standing(house)
    for token in wrong:
        await door.post(says(guesser, f"/start {token}"))
    await house.settle()
    assert guesser.news == [BAD_LINK] * len(wrong)
    assert await standing(house) == before
    (alarm,) = await alarms(house, "links-guessed")
    assert alarm.ref.startswith("update:")
    assert good not in alarm.ref + alarm.reason

    await guesser.starts(good)
    assert guesser.news == [BAD_LINK], "even a true one, for an hour"
    assert await standing(house) == before
    await files(await house.resident("LC05-1"), "楼道灯不亮")
    await guesser.says("3栋电梯停了")
    assert guesser.news != [BAD_LINK], "what somebody has to say is never held up by it"
    other = house.stranger("书记")
    await other.starts(good)
    assert other.last.text.startswith("已登记"), "nobody else is"
    assert len(await alarms(house, "links-guessed")) == 1


_EXPIRE = Statement("UPDATE invitation SET expires_at = :now WHERE place = 'LC01-4'")


async def test_s15_case_numbers_and_family_codes_tell_a_guesser_nothing(door: Door) -> None:
    house = door.house
    me, guesser = await house.resident(), await house.resident("LC05-1", name="好奇")
    await files(me, "3栋楼道灯不亮")
    (row,) = await house.rows('SELECT max(id) AS newest FROM "case"')
    there, nowhere = row.newest, row.newest + 5000
    heard = []
    for number in (there, nowhere):
        _ = guesser.news
        await door.post(says(guesser, f"{number:04d}"))
        await house.settle()
        heard.append([one.replace(f"{number:04d}", "N") for one in guesser.news])
    assert heard[0] == heard[1], "a number that exists answers as one that does not"

    code = await house.ask(lambda work: code_of(work.keys, there))
    _ = guesser.news
    for at in range(MOST_WRONG_CODES):
        await door.post(says(guesser, f"{there if at % 2 else nowhere:04d} AAAAA{at}"))
    await door.post(says(guesser, f"{there:04d} {code}"))
    await house.settle()
    assert guesser.news == [WRONG_CODE] * (MOST_WRONG_CODES + 1), "after five, even the right one opens nothing"
    assert await house.number_of("follower") == 0


async def ends_office(house: House, desk: Phone, resident: Phone) -> None:
    await house.parts.house.store.run(_LEFT.run, now=house.now)


async def blocks(house: House, desk: Phone, resident: Phone) -> None:
    desk.person.block(house.bot)
    await house.settle()


async def deletes_account(house: House, desk: Phone, resident: Phone) -> None:
    desk.person.deactivate()
    await resident.taps("催一下")  # the messenger says so only when somebody writes there


_LEFT = Statement("UPDATE office SET ended_at = :now WHERE place = 'WY-01'")


@pytest.mark.parametrize(
    ("goes", "signed", "engine"),
    [
        (ends_office, False, "sqlite"),
        (ends_office, True, "postgresql"),
        (blocks, False, "sqlite"),
        (blocks, True, "sqlite"),
        (deletes_account, False, "sqlite"),
        (deletes_account, True, "sqlite"),
    ],
)
async def test_s38_whoever_had_it_is_gone_and_the_next_level_has_it_within_one_tick(
    open_house: Opens, goes: Callable[[House, Phone, Phone], Awaitable[None]], signed: bool, engine: str
) -> None:
    house = await open_house(engine=engine)
    desk, community, resident = await house.staff("WY-01"), await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋楼道灯不亮")
    if signed:
        await desk.taps("签收")
    assert await in_charge(house) == "WY-01"
    await goes(house, desk, resident)
    await house.parts.strike()
    await house.settle()
    assert await in_charge(house) == "SQ-PW"
    (event,) = await house.rows("SELECT facts FROM case_event WHERE event = 'take_over'")
    assert '"why":"unreachable"' in event.facts
    assert any("浦望社区" in text for text in resident.texts), "the resident reads who has it now"
    told = await house.rows("SELECT state FROM notice WHERE reader = 'raiser' AND telling = 'changed'")
    assert [row.state for row in told] == ["sent"]
    await somebody_has_it_and_a_date(house)
    assert [one for one in community.messages if "签收" in buttons(one)] or await house.rows(
        "SELECT id FROM notice WHERE telling = 'list' AND state = 'waiting'"
    )
    dead = await house.rows("SELECT reader FROM notice WHERE state = 'dead'")
    assert {row.reader for row in dead} <= {"desk"}
