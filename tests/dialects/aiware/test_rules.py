"""Leaving rules out must never let a document through: the same errors as with all of them."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema, parse, specified_rules, validate

from jobmill.dialects.aiware.graphql.documents import load_schema
from jobmill.http.graphql.rules import rules_for

EXAMPLES = [
    file
    for file in sorted((Path(__file__).parent / "examples").glob("*.graphql"))
    if not file.stem.endswith("broken")
]
DOCUMENTS = [
    "{ me { id } }",
    "{ me { id nothing } }",
    "{ me }",
    "{ job { id } }",
    '{ job(id: "1", id: "2") { id } }',
    '{ jobs(status: [nonsense], limit: "x") { count } }',
    '{ a: job(id: "1") { id } a: job(id: "2") { id } }',
    "query A { me { id } } query A { me { id } }",
    "{ me { id } } query A { me { id } }",
    "subscription { me { id } }",
    "type T { id: ID }",
    '{ job(id: $id) { name } asset(id: "$id") { id } }',
    "query ($id: ID!, $id: ID!) { job(id: $id) { id } }",
    "query ($unused: ID) { me { id } }",
    "query ($id: Job) { job(id: $id) { id } }",
    "query ($id: Int) { job(id: $id) { id } }",
    "query ($ids: [ID]) { engines(ids: $ids) { count } }",
    "{ me { id @nonsense } }",
    "{ me { id @skip(if: true) @skip(if: false) } }",
    "{ me @include { id } }",
    "{ me { ... on Job { id } } }",
    "{ me { ... on String { id } } }",
    "{ me { ...F } }",
    "{ me { ...F } } fragment F on User { ...F }",
    "{ me { id } } fragment F on User { id }",
    "{ me { ...F } } fragment F on User { id } fragment F on User { name }",
    "{ me { ...F } } fragment F on Job { id }",
    "{ me { ...F } } fragment F on Nothing { id }",
    'mutation { userLogin(input: {userName: "a", userName: "b", password: 1}) { token } }',
]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return load_schema({})


@pytest.mark.parametrize("text", DOCUMENTS)
def test_fewer_rules_find_the_same_errors(schema: GraphQLSchema, text: str) -> None:
    node = parse(text)

    whole = [each.message for each in validate(schema, node)]

    assert [each.message for each in validate(schema, node, rules_for(text))] == whole


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_documents_of_the_documentation_are_valid(schema: GraphQLSchema, file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert validate(schema, parse(text), rules_for(text)) == []


def test_rules_are_left_out_where_nothing_can_break_them() -> None:
    assert len(rules_for("{ me { id } }")) < len(specified_rules) - 10
    assert len(rules_for("query ($a: ID) { ...F @skip(if: $b) }")) == len(specified_rules)
