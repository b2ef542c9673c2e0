"""Parameters against the JSON Schema of a manifest, with errors that name the field."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from jobmill.core.errors import InvalidInput


def check_parameters(parameters: Mapping[str, Any], schema: Mapping[str, Any], field: str) -> None:
    """Raise InvalidInput for the first parameter that the schema (draft 2020-12) refuses."""
    if not schema or not (parameters or schema.get("required")):
        return
    from jsonschema import Draft202012Validator  # slow to import, and most jobs bring no parameters

    error = next(iter(Draft202012Validator(dict(schema)).iter_errors(dict(parameters))), None)
    if error is not None:
        where = ".".join([field, *(str(part) for part in error.absolute_path)])
        if error.validator == "additionalProperties" and "patternProperties" not in error.schema:
            known = error.schema.get("properties", {})
            raise _unknown(where, [each for each in error.instance if each not in known], known)
        raise InvalidInput(f"{where}: {error.message}.", field=where)


def _unknown(field: str, names: Sequence[str], known: Collection[str]) -> InvalidInput:
    where = f"{field}.{names[0]}"
    close = get_close_matches(names[0], known, 1)
    fix = f"Did you mean {close[0]!r}?" if close else "Remove it."
    listed = f" Known here: {', '.join(sorted(known))}." if known else ""
    return InvalidInput(f"{where}: is not known.", field=where, fix=f"{fix}{listed}")
