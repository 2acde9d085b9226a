"""What class and which dates has a case once a person has named its category? (domain C0 rules, C3 K99)

An urgent matter becomes a slower one only after the resident was answered, by a person, and with a reason. Whatever
else is named, nothing that was promised gets later unless the class itself is slower.
"""

from dataclasses import dataclass

from models.rules.ladder import Promised
from models.rules.policy import UNCLASSIFIED, Category, Sla

_URGENCY = (Sla.P0, Sla.P1, Sla.P2, Sla.P3, Sla.P4)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The class from now on. `slower`: its dates may be later than promised, and the resident is told why."""

    sla: Sla
    slower: bool


def sorted_class(old: Sla, named: Category, *, was: str, answered: bool) -> Sorted:
    """The class of what was `old`, of category `was`, once it is `named`. `answered`: somebody has spoken to her."""
    if old is Sla.P0 and not answered:
        return Sorted(old, slower=False)  # what sounded like danger stays one until somebody has looked
    if old is Sla.P1 and was != UNCLASSIFIED and not answered:
        return Sorted(min((old, named.sla), key=_rank), slower=False)
    return Sorted(named.sla, slower=_rank(named.sla) > _rank(old))


def dates_after_sorting(before: Promised, anew: Promised, *, slower: bool) -> Promised:
    """The dates that hold now: of two, the earlier; a slower class has its own day of repair."""
    contact = [by for by in (before.contact_by, anew.contact_by) if by is not None]
    resolve = [by for by in (before.resolve_by, anew.resolve_by) if by is not None]
    return Promised(
        anew.acknowledge_by,  # whoever leads now has yet to sign
        min(contact, default=None),
        anew.resolve_by if slower else min(resolve, default=None),
    )


def _rank(sla: Sla) -> int:
    """How urgent; questions and suggestions are as ordinary as P2 and P3."""
    return _URGENCY.index({Sla.Q: Sla.P2, Sla.S: Sla.P3}.get(sla, sla))
