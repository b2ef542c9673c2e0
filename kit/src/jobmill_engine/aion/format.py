"""What AION 1.2 looks like: the shapes of its parts, and of each contract. Pure.

Our own rules, written from the published description of the format and checked in tests against
its published validators.
"""

from __future__ import annotations

import re
from typing import Any

from jobmill_engine.aion.shapes import (
    List,
    Number,
    Problem,
    Record,
    Shape,
    Text,
    anything,
    problem,
)

OBJECT_TYPES = (
    "object", "face", "facial-features", "face-verification", "speaker-verification",
    "licensePlate", "logo", "fingerprint", "speaker", "sound", "concept", "keyword", "text",
    "namedEntity", "barcode", "anomaly",
)  # fmt: skip
CONTRACTS = (
    "concept", "entity", "keyword", "language", "media-translated", "object", "sentiment",
    "summary", "text", "transcript", "anomaly",
)  # fmt: skip
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DATE_TIME = r"\d{4}-\d\d-\d\d[tT ]\d\d:\d\d:\d\d(\.\d+)?([zZ]|[+-]\d\d:?\d\d)"
_TEXT, _SHARE, _FROM_ONE = Text(), Number(0, 1), Number(1, whole=True)
_CERTAIN = {"confidence": _SHARE}


def _boolean(given: Any, place: str) -> list[Problem]:
    return [] if isinstance(given, bool) else [problem(place, "type", "should be boolean")]


def _contracts(given: Any, place: str) -> list[Problem]:
    found = List(anything, 1)(given, place)
    known = "|".join(map(re.escape, CONTRACTS))
    return found or Text(like=f"{known}|{_UUID}")(given[0], f"{place}[0]")


_POINT = Record({"x": _SHARE, "y": _SHARE}, required=("x", "y"), closed=True)


def _polygon(given: Any, place: str) -> list[Problem]:
    found = List(_POINT, 1)(given, place)
    if not found and len(given) == 2:
        found = [problem(place, "oneOf", "should have 1 point, or 3 and more")]
    return found


_TAGS = List(Record({"key": _TEXT, "value": _TEXT, "score": _SHARE}, required=("key",)))
SENTIMENT = Record(
    {
        "positiveValue": _SHARE,
        "positiveConfidence": _SHARE,
        "negativeValue": _SHARE,
        "negativeConfidence": _SHARE,
    },
    closed=True,
    any_of=("positiveValue", "negativeValue"),
    needs={"positiveConfidence": "positiveValue", "negativeConfidence": "negativeValue"},
)
EMOTIONS = List(
    Record(
        {"emotion": _TEXT, "emotionValue": _SHARE, "emotionConfidence": _SHARE},
        required=("emotion",),
    )
)
_GPS = List(
    Record(
        {
            "latitude": Number(-90, 90),
            "longitude": Number(-180, 360),
            "precision": Number(),
            "direction": Number(0, 360),
            "velocity": Number(),
            "altitude": Number(),
        },
        required=("longitude", "latitude"),
        closed=True,
    )
)
MEDIA = Record({"assetId": _TEXT, "contentType": _TEXT, "language": _TEXT}, required=("assetId",))


def _structured(given: Any, place: str) -> list[Problem]:
    found = Record()(given, place)
    return found or [
        problem(place, "additionalProperties", "should NOT have additional properties")
        for name in given
        if Text(like=_UUID)(name, place)
    ]


_OBJECT: dict[str, Shape] = {
    "type": Text(OBJECT_TYPES),
    "label": _TEXT,
    "uri": _TEXT,
    "confidence": _SHARE,
    "text": _TEXT,
    "language": _TEXT,
    "collateIndex": Number(whole=True),
    "page": _FROM_ONE,
    "paragraph": _FROM_ONE,
    "sentence": _FROM_ONE,
    "transcription": Record({"text": _TEXT, **_CERTAIN}, required=("confidence",)),
    "lipVoiceCorrelation": Record(_CERTAIN),
    "lipMovement": Record(_CERTAIN),
    "faceLandmarks": List(
        Record({"type": _TEXT, "locationPoly": _polygon}, required=("type", "locationPoly"))
    ),
    "sentiment": SENTIMENT,
    "emotions": EMOTIONS,
    "age": Record({"min": Number(), "max": Number(), **_CERTAIN}),
    "objectCategory": List(
        Record({"class": _TEXT, "@id": _TEXT, **_CERTAIN}, required=("class",), closed=True), 1
    ),
    "boundingPoly": _polygon,
    "gps": _GPS,
    "structuredData": _structured,
    "vendor": Record(),
    "libraryId": _TEXT,
    "entityId": _TEXT,
    "mode": Text(("enroll", "verify")),
    "region": Text(("left", "right", "top", "bottom")),
    "entityIdentifierId": _TEXT,
}
RESULT = Record(_OBJECT, required=("type",), closed=True)
_READING = Record(
    {"word": _TEXT, **_CERTAIN, "utteranceLength": _FROM_ONE, "bestPath": _boolean},
    required=("word",),
    closed=True,
)


def _words(given: Any, place: str) -> list[Problem]:
    found = List(_READING, 1)(given, place)
    if found or len(given) < 2:
        return found
    found = List(Record(required=("confidence", "utteranceLength")))(given, place)
    if any(each in given[:number] for number, each in enumerate(given)):
        found.append(problem(place, "uniqueItems", "should NOT have duplicate items"))
    return found


_SERIES: dict[str, Shape] = {
    "startTimeMs": Number(0, whole=True),
    "stopTimeMs": Number(0, whole=True),
    "tags": _TAGS,
    "summary": _TEXT,
    "speakerId": _TEXT,
    "words": _words,
    "language": _TEXT,
    "sentiment": SENTIMENT,
    "emotions": EMOTIONS,
    "object": RESULT,
    "gps": _GPS,
    "structuredData": _structured,
    "vendor": Record(),
    "media": MEDIA,
    "libraryId": _TEXT,
    "entityId": _TEXT,
}
ITEM = Record(_SERIES, required=("startTimeMs", "stopTimeMs"), closed=True)

PREAMBLE: dict[str, Shape] = {
    "schemaId": _TEXT,
    "sourceEngineId": _TEXT,
    "sourceEngineName": _TEXT,
    "taskPayload": Record(),
    "taskId": _TEXT,
    "generatedDateUTC": Text(like=_DATE_TIME),
    "externalSourceId": _TEXT,
    "language": _TEXT,
    "validationContracts": _contracts,
}
_FILE: dict[str, Shape] = {
    "tags": _TAGS,
    "collateIndex": Number(whole=True),
    "summary": _TEXT,
    "sentiment": SENTIMENT,
    "gps": _GPS,
    "emotions": EMOTIONS,
    "vendor": Record(),
}
AION = Record(
    {
        **PREAMBLE,
        **_FILE,
        "object": List(RESULT),
        "series": List(ITEM),
        "media": List(MEDIA),
    }
)
ROOT_KEYS = frozenset(_FILE)
OBJECT_KEYS = frozenset(_OBJECT)
SERIES_KEYS = frozenset(_SERIES)
SENTIMENT_KEYS = frozenset({"positiveConfidence", "negativeConfidence"})
