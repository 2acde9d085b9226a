"""Is a refusal a value that carries its facts out of an action?"""

from dataclasses import fields, is_dataclass

import pytest

from models.rules import refusals
from models.rules.refusals import Refusal, Refused, Stale

KINDS = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Refusal)]


def test_a_refusal_is_carried_out_with_its_facts_and_named_by_its_kind() -> None:
    refused = Refused(Stale(number="0412", state="signed"))
    assert refused.refusal == Stale(number="0412", state="signed")
    assert str(refused) == "Stale", "a log line holds no facts"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_refusal_says_why_it_is_given(kind: type[Refusal]) -> None:
    assert is_dataclass(kind)
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}("), "the words, not the signature dataclass writes"
    assert all(field.type for field in fields(kind))
