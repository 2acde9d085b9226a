"""Which row is not as it must be? One file a part of the database; `models.queries.invariants` asks them all."""
