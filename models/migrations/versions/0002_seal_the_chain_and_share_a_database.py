"""Seal the chain, and share a database among processes."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from models.migrations.append_only import lend_lock, protect, release, take_lock_back

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FEW = (("notice_dead", "notice", "state = 'dead'"), ("update_parked", "update", "parked_at IS NOT NULL"))
"""What a person must look at stays quick to count, whatever the size of the table."""


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sealed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("first_id"),
        sa.UniqueConstraint("last_id"),
    )
    protect("seal")
    lend_lock("case_event")
    op.create_table(
        "life",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parts", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("host", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("takes_in", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("began_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "spent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("limit_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("free_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bot_id", "chat_id", "limit_name"),
    )
    op.create_table(
        "drain",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("began_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("capped_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, table, among in _FEW:
        op.create_index(name, table, ["id"], sqlite_where=sa.text(among), postgresql_where=sa.text(among))
    open_updates = sa.text("done_at IS NULL")
    op.create_index("update_order", "update", ["id"], sqlite_where=open_updates, postgresql_where=open_updates)


def downgrade() -> None:
    op.drop_index("update_order", table_name="update")
    for name, table, _ in _FEW:
        op.drop_index(name, table_name=table)
    op.drop_table("drain")
    op.drop_table("spent")
    op.drop_table("life")
    take_lock_back("case_event")
    release("seal")
    op.drop_table("seal")
