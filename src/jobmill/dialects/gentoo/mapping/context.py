"""A videoContext: segments, priority and one config per feature, to the core's parameters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.dialects.gentoo.mapping.features import feature_named, feature_of_config
from jobmill.dialects.gentoo.mapping.reading import flag_of, object_of, read_fields, whole_of
from jobmill.dialects.gentoo.mapping.times import milliseconds_of
from jobmill.dialects.gentoo.schema import (
    ALARM_EXTRAS,
    ALARM_FIELDS,
    ALL_FORMATS,
    CONTEXT_ALIASES,
    CONTEXT_FIELDS,
    FEATURES,
    FORMAT_BITS,
    PRIORITIES,
    VendorFeature,
)

CONTEXT = "videoContext"


@dataclass(frozen=True, slots=True)
class Config:
    """One config object, read: `enabled` is None where it does not say; `alarm` is the core's."""

    feature: str
    enabled: bool | None
    options: Mapping[str, Any]
    alarm: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class VideoContext:
    """A videoContext, read. Configs are by feature, in the order in which they were given."""

    configs: Mapping[str, Config] = field(default_factory=dict)
    segments: Sequence[Mapping[str, float]] = ()
    priority: int | None = None

    @property
    def selected(self) -> tuple[str, ...]:
        """Features that the presence of their config selects, unless it says enabled: false."""
        return tuple(name for name, each in self.configs.items() if each.enabled is not False)

    def params(self, features: Collection[str]) -> dict[str, Any]:
        """The core's parameters of these features; configs of others are passed over."""
        chosen = [each for name, each in self.configs.items() if name in features]
        params: dict[str, Any] = {
            each.feature: dict(each.options) for each in chosen if each.options
        }
        if self.segments:
            params["segments"] = list(self.segments)
        if alarms := [each.alarm for each in chosen if each.alarm is not None]:
            params["alarms"] = alarms
        return params


def read_context(given: Any, offered: Collection[str]) -> VideoContext:
    """Read a videoContext. Raises InvalidInput naming the field."""
    context = object_of(given, CONTEXT)
    names = [feature_named(name).config for name in (*FEATURES, *offered)]
    known = (*CONTEXT_FIELDS, *names, "index")
    fields = read_fields(context, known, CONTEXT_ALIASES, f"{CONTEXT}.")
    configs = {}
    for key, value in fields.items():
        feature = feature_of_config(key, offered)
        if feature is not None:
            configs[feature.name] = _config(feature, value, f"{CONTEXT}.{key}")
    return VideoContext(configs, _segments(fields.get("segments")), read_priority(fields, CONTEXT))


def read_priority(fields: Mapping[str, Any], where: str) -> int | None:
    """The priority among fields: 0 to 139, lower runs first; None where none is given."""
    if "priority" not in fields:
        return None
    return whole_of(fields["priority"], PRIORITIES, f"{where}.priority")


def _config(feature: VendorFeature, value: Any, where: str) -> Config:
    given = object_of(value, where)
    if feature.name in FEATURES:
        known = ("enabled", "alarmSettings", *feature.options)
        given = read_fields(given, known, feature.misspelt or {}, f"{where}.")
    fields = dict(given)
    enabled = fields.pop("enabled", None)
    settings = fields.pop("alarmSettings", None)
    return Config(
        feature.name,
        None if enabled is None else flag_of(enabled, f"{where}.enabled"),
        fields,
        _alarm(feature, settings, f"{where}.alarmSettings"),
    )


def _alarm(feature: VendorFeature, value: Any, where: str) -> Mapping[str, Any] | None:
    """The core's alarm of an alarmSettings object; None unless it is enabled and can be raised."""
    known = (*ALARM_FIELDS, *ALARM_EXTRAS.get(feature.name, ()))
    aliases = {"maskAllowableLangauges": "maskAllowableLanguages"}
    fields = read_fields(object_of(value, where), known, aliases, f"{where}.")
    for name in ("sensitivity", "secsInAlarmDuration"):
        _check_number(fields.get(name, 0), f"{where}.{name}")
    mask = whole_of(
        fields.get("allowableAudioFormat", 0),
        range(ALL_FORMATS + 1),
        f"{where}.allowableAudioFormat",
    )
    whole_of(fields.get("allowCompressedAudio", 0), range(256), f"{where}.allowCompressedAudio")
    on = flag_of(fields.get("enabled", False), f"{where}.enabled")
    if not on or not feature.alarms or mask == ALL_FORMATS:
        return None
    return {
        "feature": feature.name,
        "allowed": formats_of(mask),
        "min_duration": fields.get("secsInAlarmDuration", 0),
    }


def formats_of(mask: int) -> list[str]:
    """The labels that a bit mask allows."""
    return [label for label, bits in FORMAT_BITS.items() if bits & mask == bits]


def mask_of(labels: Collection[str]) -> int:
    """The bit mask that allows these labels; labels without a bit are left out."""
    mask = 0
    for label in labels:
        mask |= FORMAT_BITS.get(label, 0)
    return mask


def _check_number(value: Any, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise InvalidInput(f"{where}: give a number from 0, not {value!r}.", field=where)


def _segments(value: Any) -> list[Mapping[str, float]]:
    if value is None:
        return []
    where = f"{CONTEXT}.segments"
    if not isinstance(value, list):
        raise InvalidInput(f"{where}: give a list of objects.", field=where)
    return [_segment(each, f"{where}.{i}") for i, each in enumerate(value)]


def _segment(value: Any, where: str) -> Mapping[str, float]:
    known = ("startTimeOffset", "endTimeOffset")
    fields = read_fields(object_of(value, where), known, {}, f"{where}.")
    segment = {
        ours: milliseconds_of(fields[theirs], f"{where}.{theirs}")
        for theirs, ours in zip(known, ("start_ms", "end_ms"), strict=True)
        if theirs in fields
    }
    if segment.get("end_ms", 1e15) <= segment.get("start_ms", 0):
        raise InvalidInput(
            f"{where}.endTimeOffset: it must lie after startTimeOffset.",
            field=f"{where}.endTimeOffset",
        )
    return segment
