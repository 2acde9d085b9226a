"""I5, I13, I15: does whoever is accused lead, does a link say whom it makes what, and does authority come from one?"""

from collections.abc import Iterator

from models.queries.breaches.found import Look, Question, Violation, asked
from models.rules.lifecycle import DESKS
from models.rules.policy import DeskKind, Party, Role
from models.store import Statement

_OFFICES = ", ".join(f"'{role}'" for role in sorted({*DESKS, Role.HEAD}))
_SYSTEM = f"'{Role.BOT}', '{Role.CLOCK}'"
_KINDS = {Party.PROPERTY: DeskKind.PROPERTY, Party.COMMITTEE: DeskKind.COMMITTEE}

_QUESTIONS = (
    Question(
        "I13",
        "link",
        "it makes somebody {role} for ever, as often as it is used",
        Statement("""
            SELECT id, role FROM invitation WHERE role <> 'resident' AND (uses_left IS NULL OR expires_at IS NULL)
        """),
    ),
    Question(
        "I13",
        "link",
        "it was used more often than it may be",
        Statement("SELECT id FROM invitation WHERE uses_left < 0"),
    ),
    Question(
        "I13",
        "link",
        "what is kept of it is no hash",
        Statement("SELECT id FROM invitation WHERE length(token_hash) <> 64"),
    ),
    Question(
        "I15",
        "event",
        "{event} by {role}, who held no such office, for case {case_id}",
        Statement(f"""
            SELECT e.id, e.event, e.role, e.case_id FROM case_event e
            WHERE e.id > :after_event AND e.role IN ({_OFFICES}) AND NOT EXISTS (
                SELECT 1 FROM office o WHERE o.person_id = e.person_id AND o.role = e.role
                    AND o.since_at <= e.happened_at AND (o.ended_at IS NULL OR o.ended_at > e.happened_at))
        """),  # noqa: S608 the piece is a constant
    ),
    Question(
        "I15",
        "event",
        "{event} by {role}, and a person is on record for it, for case {case_id}",
        Statement(f"""
            SELECT id, event, role, case_id FROM case_event
            WHERE id > :after_event AND role IN ({_SYSTEM}) AND person_id IS NOT NULL
        """),  # noqa: S608 the piece is a constant
    ),
)

_ACCUSING = Statement("SELECT id, desk, caller, accused FROM \"case\" WHERE closed_at IS NULL AND accused <> ''")


def found(look: Look) -> Iterator[Violation]:
    yield from asked(_QUESTIONS, look)
    for case in look.rows(_ACCUSING):
        against = {kind for party, kind in _KINDS.items() if party in case.accused}
        for part, desk in (("leads", case.desk), ("is to telephone about", case.caller)):
            place = look.town.desks.get(desk)
            if place is not None and place.kind in against:
                yield Violation("I5", "case", case.id, f"{desk} {part} it, and is accused")
