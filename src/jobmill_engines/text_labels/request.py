"""What is asked: the labels, and how to find the one that fits. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill_engine import InputRejected


@dataclass(frozen=True, slots=True)
class Label:
    """A label, and texts that say what it means: none, or a description and examples."""

    name: str
    texts: tuple[str, ...] = ()

    @property
    def meant(self) -> tuple[str, ...]:
        """All that its meaning can be taken from."""
        return self.texts or (self.name.replace("_", " ").replace("-", " "),)


def read_labels(given: Sequence[Any]) -> tuple[Label, ...]:
    """The labels of a request. Raises InputRejected for two of one name."""
    labels = tuple(_label(each) for each in given)
    names = [label.name for label in labels]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise InputRejected("bad_parameter", f"labels: {double!r} is there twice; leave one out.")
    return labels


def _label(given: Any) -> Label:
    if not isinstance(given, Mapping):
        return Label(str(given))
    texts = (given.get("description"), *given.get("examples", ()))
    return Label(str(given["name"]), tuple(str(text) for text in texts if text))
