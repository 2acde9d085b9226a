"""How does a judge say that a law is broken?"""


class Violation(AssertionError):
    """A law of the reliability plan is broken: `law` is its number there (I1 … I11, L1 … L5)."""

    def __init__(self, law: str, what: str) -> None:
        super().__init__(f"{law}: {what}")
        self.law = law


def hold(law: str, holds: object, what: str) -> None:
    """The law holds, or `Violation` says what does not."""
    if not holds:
        raise Violation(law, what)
