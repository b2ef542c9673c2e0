"""Export requests: the vendor's formats and options, to those of our exports."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.exports.formats import format_of
from jobmill.core.exports.model import ExportOutput, ExportSource, ExportSpec
from jobmill.core.ids import ItemNumber
from jobmill.dialects.aiware.mapping.catalogue import category_of, engine_named
from jobmill_engine.manifest import Manifest

OPTIONS: Mapping[str, str] = {
    "maxCharacterPerLine": "max_characters_per_line",
    "newLineOnPunctuation": "newline_on_punctuation",
    "timeGapToSeparateParagraphMs": "time_gap_to_separate_paragraph_ms",
    "linesPerScreen": "lines_per_screen",
    "timeGapToSeparateScreenMs": "time_gap_to_separate_screen_ms",
    "withSpeakerData": "with_speaker_data",
    "fileExtension": "file_extension",
    "framesPerSecond": "frames_per_second",
}
USUAL = ({"formats": [{"extension": "vlf"}]},)
Installed = Mapping[str, Manifest]


def spec_from(
    given: Mapping[str, Any], items: Sequence[ItemNumber], installed: Installed
) -> ExportSpec:
    """The export that an input asks for; `items` are the recordings of its `tdoData`."""
    sources = tuple(
        ExportSource(item=item, start_ms=each.get("startOffsetMs"), end_ms=each.get("stopOffsetMs"))
        for item, each in zip(items, given["tdoData"], strict=True)
    )
    configured = given.get("outputConfigurations") or USUAL
    outputs = tuple(
        output
        for i, each in enumerate(configured)
        for output in _outputs(each, f"input.outputConfigurations[{i}]", installed)
    )
    if not outputs:
        raise InvalidInput(
            "input.outputConfigurations: name at least one format.",
            field="input.outputConfigurations",
        )
    return ExportSpec(sources, outputs, bool(given.get("includeMedia")))


def _outputs(given: Mapping[str, Any], where: str, installed: Installed) -> list[ExportOutput]:
    found = []
    for j, each in enumerate(given["formats"]):
        place = f"{where}.formats[{j}]"
        format = format_of(each["extension"], f"{place}.extension")  # noqa: A001
        options = _options(each.get("options"), f"{place}.options")
        for chosen in _chosen(given, where, installed):
            found.append(ExportOutput(format, options, **chosen))
    return found


def _chosen(
    given: Mapping[str, Any], where: str, installed: Installed
) -> list[dict[str, str | None]]:
    """Whose results: an engine's, else those of a category, in as many words as it has of ours."""
    if given.get("engineId") is not None:
        engine = engine_named(str(given["engineId"]), installed)
        if engine is None:
            raise InvalidInput(
                f"{where}.engineId: there is no engine {given['engineId']!r}.",
                field=f"{where}.engineId",
            )
        return [{"engine": engine}]
    if given.get("categoryId") is None:
        return [{}]
    words = {
        each.category for each in installed.values() if category_of(each).id == given["categoryId"]
    }
    if not words:
        raise InvalidInput(
            f"{where}.categoryId: no engine of the category {given['categoryId']!r} is installed.",
            field=f"{where}.categoryId",
        )
    return [{"category": word} for word in sorted(words)]


def _options(given: Any, where: str) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{where}: give an object.", field=where)
    unknown = [name for name in given if name not in OPTIONS]
    if unknown:
        raise InvalidInput(
            f"{where}.{unknown[0]}: is not known; known are {', '.join(OPTIONS)}.",
            field=f"{where}.{unknown[0]}",
        )
    return {OPTIONS[name]: value for name, value in given.items() if value is not None}
