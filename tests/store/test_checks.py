"""Which words does the database itself refuse, whoever writes them?"""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session

from models.store import Statement, Store

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)

_PERSON = Statement("INSERT INTO person (lang, met_at) VALUES ('zh', :now) RETURNING id")
_CASE = Statement("""
    INSERT INTO "case" (bot_id, update_id, raiser_id, building, category, sla, state, level, desk, plain, ask_head,
        accused, returned, reminded, lang, channel, tells_head, patrol, asked, transfers, extended, raised_to,
        caller, calls,
        filed_at, acknowledge_by, version)
    VALUES (1, 1, :raiser, 'B', 'C', :sla, :state, 2, 'D', :no, :no, '', 0, :no, 'zh', 'chat',
        :no, :no, :no, 0, :no, 0, '', 0, :now, :now, 1) RETURNING id
""")
_DESK = Statement("INSERT INTO case_desk (case_id, desk, part, since_at) VALUES (:case, 'D', :part, :now)")
_NOTICE = Statement("""
    INSERT INTO notice (key, person_id, bot_id, chat_id, telling, reader, facts, priority, promised_at, ring_at, state,
        tries, unsure)
    VALUES ('k', :person, 1, 1, 'receipt', 'raiser', '{}', 1, :now, :now, :state, 0, 0)
""")


def written(
    session: Session, *, state: str = "accepted", sla: str = "P2", part: str = "above", notice: str = "waiting"
) -> None:
    """One case, one desk beside it, one notice, with these words in them."""
    person = _PERSON.one(session, now=NOW)
    assert person is not None
    case = _CASE.one(session, raiser=person.id, sla=sla, state=state, no=False, now=NOW)
    assert case is not None
    _DESK.run(session, case=case.id, part=part, now=NOW)
    _NOTICE.run(session, person=person.id, state=notice, now=NOW)


async def test_the_words_we_use_are_taken(store: Store) -> None:
    await store.run(written)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"state": "done"}, id="no such state of a case"),
        pytest.param({"state": "ACCEPTED"}, id="the name of the state, not its word"),
        pytest.param({"sla": "P9"}, id="no such class"),
        pytest.param({"part": "desk"}, id="the accountable desk has no second part"),
        pytest.param({"notice": "lost"}, id="a notice ends sent, dead or skipped"),
    ],
)
async def test_any_other_word_is_refused_by_the_database(store: Store, wrong: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"(?i)check"):
        await store.run(written, **wrong)
