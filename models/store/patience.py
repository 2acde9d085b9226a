"""How long is a server waited for that says nothing? Then its connection is given up, and whoever waited is told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds. A connection can fall silent without breaking (reliability S43): a route, a firewall, a machine gone.

    Longer than anything the house asks for takes; a statement that waits so long for another's lock is given up too.
    """

    begins_s: float = 5.0
    """For BEGIN and for a lock, which wait for nothing: after that the connection is dead, and another one is taken."""
    connects_s: float = 10.0
    writes_s: float = 30.0
    """For one statement or COMMIT of a job that may write."""
    reads_s: float = 120.0
    """For one statement of a job that only reads: it may count everything there is."""
