"""A small checker of JSON shapes, whose errors are worded like those of ajv. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Problem = dict[str, Any]
Shape = Callable[[Any, str], list[Problem]]


def problem(place: str, keyword: str, message: str, **params: Any) -> Problem:
    """One error, as ajv words it."""
    return {
        "keyword": keyword,
        "dataPath": place,
        "schemaPath": f"#/{keyword}",
        "params": params,
        "message": message,
    }


def anything(_given: Any, _place: str) -> list[Problem]:
    """No rule at all."""
    return []


@dataclass(frozen=True, slots=True)
class Text:
    """A text; one of `among`, or of the form `like`."""

    among: Sequence[str] = ()
    like: str = ""

    def __call__(self, given: Any, place: str) -> list[Problem]:
        if not isinstance(given, str):
            return [problem(place, "type", "should be string", type="string")]
        if self.among and given not in self.among:
            allowed = list(self.among)
            message = "should be equal to one of the allowed values"
            return [problem(place, "enum", message, allowedValues=allowed)]
        if self.like and not re.fullmatch(self.like, given):
            return [problem(place, "pattern", f'should match pattern "{self.like}"')]
        return []


@dataclass(frozen=True, slots=True)
class Number:
    """A number between limits."""

    low: float | None = None
    high: float | None = None
    whole: bool = False

    def __call__(self, given: Any, place: str) -> list[Problem]:
        kind = "integer" if self.whole else "number"
        number = isinstance(given, int | float) and not isinstance(given, bool)
        if not number or (self.whole and given != int(given)):
            return [problem(place, "type", f"should be {kind}", type=kind)]
        if self.low is not None and given < self.low:
            return [problem(place, "minimum", f"should be >= {self.low:g}", limit=self.low)]
        if self.high is not None and given > self.high:
            return [problem(place, "maximum", f"should be <= {self.high:g}", limit=self.high)]
        return []


@dataclass(frozen=True, slots=True)
class Record:
    """An object. `closed`: no other keys; `any_of`: one of these at least; `needs`: a key asks for
    another."""

    keys: Mapping[str, Shape] = field(default_factory=dict)
    required: Sequence[str] = ()
    closed: bool = False
    any_of: Sequence[str] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    absent: Sequence[str] = ()

    def __call__(self, given: Any, place: str) -> list[Problem]:
        if not isinstance(given, Mapping):
            return [problem(place, "type", "should be object", type="object")]
        missing = [name for name in self.required if name not in given]
        missing += [ask for name, ask in self.needs.items() if name in given and ask not in given]
        found = [
            problem(
                place, "required", f"should have required property '{name}'", missingProperty=name
            )
            for name in missing
        ]
        if self.any_of and not any(name in given for name in self.any_of):
            found.append(problem(place, "anyOf", f"should have one of {', '.join(self.any_of)}"))
        found += [
            problem(f"{place}.{name}", "false schema", "boolean schema is false")
            for name in self.absent
            if name in given
        ]
        if self.closed:
            message = "should NOT have additional properties"
            found += [
                problem(place, "additionalProperties", message, additionalProperty=name)
                for name in given
                if name not in self.keys
            ]
        for name, shape in self.keys.items():
            if name in given:
                found += shape(given[name], f"{place}.{name}")
        return found


@dataclass(frozen=True, slots=True)
class List:
    """A list of things of one shape."""

    item: Shape = anything
    at_least: int = 0

    def __call__(self, given: Any, place: str) -> list[Problem]:
        if not isinstance(given, list):
            return [problem(place, "type", "should be array", type="array")]
        if len(given) < self.at_least:
            message = f"should NOT have fewer than {self.at_least} items"
            return [problem(place, "minItems", message, limit=self.at_least)]
        places = ((each, f"{place}[{number}]") for number, each in enumerate(given))
        return [found for each, inner in places for found in self.item(each, inner)]
