"""Which tables may only grow? The database itself refuses to change what has happened (I6, S46)."""

from alembic import op

_SQLITE = """\
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""

_FUNCTION = """\
CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"""

_POSTGRESQL = """\
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}()"""


def protect(table: str) -> None:
    """From now on UPDATE and DELETE (and TRUNCATE) of `table` fail."""
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(table=table, verb=verb))
    else:
        op.execute(_FUNCTION.format(table=table))
        op.execute(_POSTGRESQL.format(table=table))


def release(table: str) -> None:
    """Takes the protection away; only a downgrade does."""
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
    else:
        op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
        op.execute(f"DROP FUNCTION refuse_{table}()")
