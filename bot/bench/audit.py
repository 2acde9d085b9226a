"""How long does it take to compute the record of everything anew, for each event that ever happened?"""

from pathlib import Path

from sqlmodel import Session

from bot.bench.figures import Cost, Figure, Stopwatch, in_turns, micros
from bot.bench.residents import BOT, BUILDING, MORNING, Settled, settle
from models.actions.moving import append
from models.actions.sealing import seal
from models.queries.audit import verify
from models.records import Case
from models.rules.lifecycle import Event, State
from models.rules.policy import Role
from models.store import Store
from models.turn import Work

CASES = 2_000
EACH = 10
MILLION_WITHIN_S = 60.0
"""reliability §8: a hundred thousand cases with a million events."""


async def measure(folder: Path, rounds: int) -> list[Figure]:
    """Chains and seals of 20,000 events on SQLite; the cost grows with their number, and the memory does not."""
    settled = await settle(folder, 1)
    store = await Store.open(f"sqlite:///{folder / 'settled.db'}")
    try:
        await store.run(_fill, settled)
        while await store.run(seal, now=MORNING):
            pass

        async def once() -> Cost:
            with Stopwatch() as watch:
                audit = await store.read(verify)
            assert audit.whole
            return watch.per(audit.events)

        (cost,) = await in_turns(rounds, once)
    finally:
        await store.close()
    return [
        Figure(
            what=f"verify-audit, for each of {CASES * EACH:,} events; a million take {cost.cpu * 1e6:.0f} s of CPU",
            ours=micros(cost),
            bare="",
            ratio="",
            goal=f"≤ {MILLION_WITHIN_S:.0f} µs",
            met=cost.cpu * 1e6 <= MILLION_WITHIN_S,
        )
    ]


def _fill(session: Session, settled: Settled) -> None:
    work = Work(session, settled.town, settled.keys, MORNING)
    for number in range(1, CASES + 1):
        session.add(
            Case(
                id=number,
                bot_id=BOT,
                update_id=number,
                raiser_id=1,
                building=BUILDING,
                category="lift",
                sla="P2",
                state=State.ACCEPTED,
                level=1,
                desk="WY-01",
                filed_at=MORNING,
                acknowledge_by=MORNING,
                version=EACH,
            )
        )
    session.flush()
    links = dict.fromkeys(range(1, CASES + 1), "")
    for seq in range(1, EACH + 1):
        for number, after in links.items():
            links[number] = append(
                work,
                case_id=number,
                seq=seq,
                event=Event.ADD,
                frm=State.ACCEPTED,
                to=State.ACCEPTED,
                role=Role.RESIDENT,
                person=1,
                facts={"desk": "WY-01", "due_at": MORNING.isoformat()},
                after=after or None,
            )
