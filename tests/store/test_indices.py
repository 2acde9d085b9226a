"""Does every search that is made all day long find its rows by an index, and does every index serve one?"""

import sqlite3
from pathlib import Path

import pytest

from models import inbox, outbox
from models.actions import attaching, climbing, rerouting, telling
from models.queries import cards, cases, finding, following, people, pursued, pushes, requests, waiting
from models.store import Statement
from tests.databases import sqlite_url

SERVED = [
    pytest.param(inbox._CLAIM, "update_order", id="each look at the inbox, from its oldest on"),
    pytest.param(inbox._CLAIM, "update_waiting", id="is something older in this chat?"),
    pytest.param(inbox._FORGET, "update_done", id="housekeeping, among a week of done updates"),
    pytest.param(inbox._FORGET_PARKED, "update_done", id="housekeeping, of parked ones"),
    pytest.param(inbox._PARKED, "update_parked", id="each scrape: what waits for a person?"),
    pytest.param(outbox._DEAD, "notice_dead", id="each scrape: what will never be said?"),
    pytest.param(outbox._FIND, "notice_waiting", id="each look at the outbox, in order of urgency"),
    pytest.param(outbox._FIND, "notice_chat", id="is there something ahead in this chat?"),
    pytest.param(outbox._FIND, "notice_leased", id="is something on its way into this chat?"),
    pytest.param(cards._LATER, "notice_case", id="does a later notice say it again?"),
    pytest.param(pushes._RUNG, "notice_rung", id="each card: how much rang this person just now?"),
    pytest.param(cards._TO_REFRESH, "card_case", id="each move, for the cards that show the case"),
    pytest.param(attaching._WANTED, "attachment_wanted", id="each beat, among every picture ever sent"),
    pytest.param(cases._KEPT_BACK, "attachment_case", id="each card, for what was sent with it"),
    pytest.param(climbing._DUE, "clock_due", id="each beat, among every clock that ever ran"),
    pytest.param(people._HELD, "office_person", id="each word somebody says"),
    pytest.param(people._WAYS_OF_PLACE, "office_place", id="each notice to a desk"),
    pytest.param(people._WAYS_OF_PERSON, "reach_person", id="each notice to a resident"),
    pytest.param(people._SPEAKER, "shift_open", id="each word said at a desk: who sits there?"),
    pytest.param(people._SPEAKER, "leave_person", id="each word said: is this somebody on leave?"),
    pytest.param(people._SPEAKER, "home_person", id="each word a resident says"),
    pytest.param(requests._REQUEST, "request_open", id="each card: is another desk asked to decide?"),
    pytest.param(requests._DECIDED, "request_case", id="each card: what was decided last?"),
    pytest.param(requests._DECIDERS, "request_case", id="each request: whom was it asked of before?"),
    pytest.param(following._FOLLOWED, "follower_person", id="each look a relative takes at what they follow"),
    pytest.param(telling._ASKED_AT_BUILDING, "notice_head", id="each head who is busy: who was not asked yet?"),
    pytest.param(rerouting._LED, "case_waits", id="each leave and each lost chat, among every case there ever was"),
    pytest.param(finding._EXTERNAL, "case_external", id="each number typed at a desk"),
    pytest.param(waiting._LED, "case_waits", id="each list of what waits at a desk"),
    pytest.param(waiting._TO_CALL, "case_calls", id="each list of whom a desk telephones"),
    pytest.param(pursued._SAME_PLACE, "case_place", id="each draft: has the same come back within the year?"),
    pytest.param(cases._OWN, "case_raiser", id="each look a resident takes at their own"),
]


@pytest.mark.parametrize(("statement", "index"), SERVED)
def test_a_frequent_search_finds_its_rows_by_an_index(statement: Statement, index: str, tmp_path: Path) -> None:
    driver = sqlite3.connect(sqlite_url(tmp_path).removeprefix("sqlite:///"))
    form = statement._sqlite
    empty = ["[]" if name in ("bots", "found") else None for name in form.names]
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {form.sql}", empty)]
    driver.close()
    assert any(f"INDEX {index}" in step for step in plan), plan


def test_no_index_is_kept_that_serves_no_search(tmp_path: Path) -> None:
    driver = sqlite3.connect(sqlite_url(tmp_path).removeprefix("sqlite:///"))
    named = {name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql > ''")}
    driver.close()
    assert named == {param.values[1] for param in SERVED}
