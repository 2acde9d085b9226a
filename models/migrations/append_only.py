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

# Whoever seals must know that no lower number can still be committed, and so waits for every writer; a role that may
# only INSERT is not allowed that lock, so it asks the owner. Half a second: less than the server takes to look for a
# deadlock, so a writer never is the one that is given up.
_HOLD = """\
CREATE FUNCTION hold_{table}() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' AS
$$ BEGIN
    LOCK TABLE {schema}.{table} IN SHARE MODE;
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$"""


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


def lend_lock(table: str) -> None:
    """PostgreSQL: `hold_{table}()` keeps every writer of `table` out until the transaction ends; false: not now."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
        op.execute(_HOLD.format(table=table, schema=schema))


def take_lock_back(table: str) -> None:
    """The function is gone; only a downgrade does."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION hold_{table}()")
