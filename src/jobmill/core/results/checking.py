"""Is a result what its engine says that it is? Pure, and free where nothing is said."""

from collections.abc import Mapping, Sequence
from typing import Any

FACTS_MEDIA_TYPE = "application/vnd.jobmill.facts+json"
AION_MEDIA_TYPE = "application/vnd.veritone.aion+json"


def problem_of(document: Mapping[str, Any], media_out: Sequence[str]) -> str | None:
    """What is wrong with the result of an engine that gives these media types; None: nothing.

    AION is checked where a document names its contracts, or the engine says that it gives AION;
    facts where the engine says so. Other documents have the shape that their engine likes.
    """
    if "validationContracts" in document or (AION_MEDIA_TYPE in media_out and document):
        return _not_aion(document)
    return _not_facts(document) if FACTS_MEDIA_TYPE in media_out else None


# The rules are loaded with the first document that needs them, not with the server.


def _not_aion(document: Mapping[str, Any]) -> str | None:
    from jobmill_engine.aion import AionInvalid, facts_from_aion

    try:
        facts_from_aion(document)
    except AionInvalid as error:
        return f"The result is not valid as AION: {error}"
    return None


def _not_facts(document: Mapping[str, Any]) -> str | None:
    from jobmill_engine.facts import FactsInvalid, read_facts

    try:
        read_facts(document)
    except FactsInvalid as error:
        return f"The result is not valid as a document of facts: {error}"
    return None
