"""Whatever the facts are, the documents made of them are valid (by our own validator, which the
published examples hold to the published ones)."""

from hypothesis import given
from hypothesis import strategies as st

from jobmill_engine.aion import aion_documents, facts_from_aion, validate_aion
from jobmill_engine.facts import Alternative, Facts, Found, Sentiment, Word, read_facts, write_facts

SHARES = st.floats(0, 1, allow_nan=False)
TIMES = st.tuples(st.floats(0, 1e7), st.floats(0, 1e5)).map(lambda pair: (pair[0], sum(pair)))
NAMES = st.text(min_size=1, max_size=8)
WORDS = st.builds(
    lambda times, text, sure, others: Word(*times, text, sure, None, tuple(others)),
    TIMES,
    NAMES,
    st.none() | SHARES,
    st.lists(st.builds(Alternative, NAMES, st.none() | SHARES), max_size=3),
)
FOUND = st.builds(
    lambda kind, times, label, text, sure, page: Found(
        kind, label, text, sure, *(times or (None, None)), page=page
    ),
    st.sampled_from(
        ["text", "object", "face", "keyword", "namedEntity", "concept", "anomaly", "?"]
    ),
    st.none() | TIMES,
    st.none() | NAMES,
    st.none() | NAMES,
    st.none() | SHARES,
    st.none() | st.integers(1, 9),
)
FACTS = st.builds(
    Facts,
    language=st.sampled_from([None, "en"]),
    words=st.lists(WORDS, max_size=4).map(tuple),
    text=st.none() | NAMES,
    objects=st.lists(FOUND, max_size=6).map(tuple),
    sentiment=st.none() | st.builds(Sentiment, SHARES, SHARES),
)


@given(FACTS)
def test_any_facts_become_valid_documents_that_can_be_read(facts: Facts) -> None:
    for document in aion_documents(facts):
        valid, errors, _ = validate_aion(document)
        assert valid, errors
        facts_from_aion(document)


@given(FACTS)
def test_any_facts_are_read_as_they_were_written(facts: Facts) -> None:
    written = write_facts(facts)
    assert write_facts(read_facts(written)) == written
