"""The words of jobs, in SQLite's own full-text index. A virtual table is no part of the metadata:
the first migration makes it by this statement."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import metadata

NAME = "search"
STATEMENT = """CREATE VIRTUAL TABLE search USING fts5(
    scope, name, results, metadata, tokenize = "unicode61 remove_diacritics 2")"""
PARTS = ("search", "search_data", "search_idx", "search_content", "search_docsize", "search_config")

search_place = sa.Table(
    "search_place",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("event", sa.BigInteger, nullable=False),
)
