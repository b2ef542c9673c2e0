from jobmill.core.results import Alarm, Violation, violations

FORMATS = {
    "spans": [
        {"start_ms": 0.0, "end_ms": 2000.0, "label": "silence"},
        {"start_ms": 2000.0, "end_ms": 5000.0, "label": "stereo"},
        {"start_ms": 5000.0, "end_ms": 6000.0, "label": "left-only"},
        {"start_ms": 6000.0, "end_ms": 7500.0, "label": "right-only"},
        {"start_ms": 7500.0, "end_ms": 9000.0, "label": "stereo"},
        {"start_ms": 9000.0, "end_ms": 9500.0, "label": "left-only"},
    ]
}


def test_touching_spans_that_are_not_allowed_make_one_violation() -> None:
    found = violations(Alarm("AUDIO_FORMAT", ("stereo", "silence")), FORMATS)

    assert found == [
        Violation("AUDIO_FORMAT", 5000.0, 7500.0, ("left-only", "right-only")),
        Violation("AUDIO_FORMAT", 9000.0, 9500.0, ("left-only",)),
    ]


def test_a_violation_counts_from_its_shortest_length_on() -> None:
    exactly = Alarm("AUDIO_FORMAT", ("stereo", "silence"), min_duration=2.5)
    longer = Alarm("AUDIO_FORMAT", ("stereo", "silence"), min_duration=2.51)

    assert [each.start_ms for each in violations(exactly, FORMATS)] == [5000.0]
    assert violations(longer, FORMATS) == []


def test_without_allowed_labels_every_span_violates() -> None:
    assert [(v.start_ms, v.end_ms) for v in violations(Alarm("X"), FORMATS)] == [(0.0, 9500.0)]


def test_a_document_without_spans_has_no_violation() -> None:
    assert violations(Alarm("LOUDNESS"), {"tracks": []}) == []
