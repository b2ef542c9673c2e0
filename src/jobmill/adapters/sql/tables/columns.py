"""What the tables are made of: the metadata that they join, and their usual columns.

Times are microseconds since the Unix epoch. `number` is the key inside the house, `id` (UUID 7)
the name outside it. JSON is text. Hot statements are hand-written SQL in the stores beside this.
"""

import sqlalchemy as sa

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def number_column() -> sa.Column[int]:
    return sa.Column("number", NUMBER, primary_key=True, autoincrement=True)


def id_column() -> sa.Column[str]:
    return sa.Column("id", sa.Text, nullable=False, unique=True)


def owner_column(name: str = "organization") -> sa.Column[int]:
    return sa.Column(name, sa.ForeignKey("organization.number"), nullable=False)


def time_column(name: str, *, null: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def text_column(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def json_column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="{}")


def json_list_column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="[]")


def int_column(name: str, default: int | None = None) -> sa.Column[int]:
    text = None if default is None else str(default)
    return sa.Column(name, sa.Integer, nullable=False, server_default=text)


def table(
    name: str, *parts: sa.Column[int] | sa.Column[str] | sa.Index | sa.Constraint
) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_autoincrement=True)
