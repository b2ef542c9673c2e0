"""Parameters against the JSON Schema of a manifest, with errors that name the field."""

from collections.abc import Mapping
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
        raise InvalidInput(f"{where}: {error.message}.", field=where)
