"""Which features can be asked for here, and under which words: documented ones and our own."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any

from jobmill.core.errors import InvalidInput, UnknownFeature
from jobmill.dialects.gentoo.mapping.reading import LIKE
from jobmill.dialects.gentoo.schema import FEATURES, VendorFeature


def feature_named(name: str) -> VendorFeature:
    """A documented feature, or one of ours under words made in the vendor's manner."""
    first, *rest = name.lower().split("_")
    camel = first + "".join(word.capitalize() for word in rest)
    return FEATURES.get(name) or VendorFeature(name, f"{camel}Config", f"{camel}Annotations")


def feature_of_config(config: str, offered: Collection[str]) -> VendorFeature | None:
    """The feature that a config object is for; None when it is no feature's."""
    known = (feature_named(name) for name in (*FEATURES, *sorted(offered)))
    return next((feature for feature in known if feature.config == config), None)


def read_features(value: Any, offered: Collection[str]) -> tuple[str, ...]:
    """The features of a job, each once, in their order. Raises InvalidInput, UnknownFeature."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise InvalidInput(
            'features: give a list with at least one feature, such as ["AUDIO_FORMAT"].',
            field="features",
        )
    for i, name in enumerate(value):
        require_served(name, offered, f"features.{i}")
    return tuple(dict.fromkeys(value))


def require_served(name: Any, offered: Collection[str], field: str) -> None:
    """Raise unless an installed engine offers the feature, saying which are offered."""
    if isinstance(name, str) and name in offered:
        return
    served = f"Served are: {', '.join(sorted(offered))}."
    if isinstance(name, str) and name in FEATURES:
        raise UnknownFeature(
            f"{field}: {name} is not served by any installed engine. {served}", field=field
        )
    close = get_close_matches(str(name).upper(), [*offered, *FEATURES], 1, LIKE)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    raise UnknownFeature(f"{field}: there is no feature {name!r}{hint} {served}", field=field)
