"""What a job is asked to do: the vendor's options as parameters of the engine, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.dialects.move.mapping.outputs import OLDER, engine_outputs, wanted_from

DIALECT = "move"
BUNDLED = "motion"
CAPTURE, TRIANGULATION = "motion-capture", "motion-triangulation"
SINGLE, MULTI = "SINGLE_CAM", "MULTI_CAM"
SEVERAL = ("M1", "M2")
USUAL_SEVERAL = "M2"
RIG = "move_mo"
# The vendor's options, the engine's parameters, and what the bundled engine says when asked.
PARAMETERS: Mapping[str, str] = {
    "floorPlane": "floor_plane",
    "mocapModel": "mocap_model",
    "trackBall": "track_ball",
    "trackFingers": "track_fingers",
    "trackJerseyNumbers": "track_jersey_numbers",
}
NOT_DONE: Mapping[str, str] = {
    "trackBall": "no model here finds a ball",
    "trackFingers": "no model here follows fingers",
    "trackJerseyNumbers": "no model here reads jerseys",
}


@dataclass(frozen=True, slots=True)
class AskedJob:
    """A job that was read: the engine's parameters, and the vendor's words to be shown again."""

    params: Mapping[str, Any]
    kept: Mapping[str, Any]


def asked_single(given: Mapping[str, Any], *, bundled: bool) -> AskedJob:
    """A job on the film of one camera. Raises InvalidInput for what cannot be done, by its name."""
    options = _options(given)
    if bundled:
        _refuse(options)
        if options.get("mocapModel") in SEVERAL:
            raise InvalidInput(
                f"options.mocapModel: {options['mocapModel']} joins several cameras; one camera"
                " takes S1 or S2.",
                field="options.mocapModel",
            )
    wanted = wanted_from(given.get("outputs"))
    params = {**_params(options), **_window(given.get("clipWindow"))}
    params["outputs"] = engine_outputs(wanted, bundled=bundled)
    return AskedJob(params, _kept(SINGLE, wanted, options, given))


def asked_older() -> AskedJob:
    """A job of the older mutation: mp4 and fbx."""
    params = {"outputs": list(dict.fromkeys(OLDER.values()))}
    return AskedJob(params, {"kind": SINGLE, "older": True})


def asked_several(given: Mapping[str, Any]) -> AskedJob:
    """A job on the films of several cameras. What its engine cannot do, that one says."""
    options = _options(given)
    actors = given.get("numberOfActors")
    if actors is not None and actors < 1:
        raise InvalidInput("numberOfActors: give 1 or more.", field="numberOfActors")
    wanted = wanted_from(given.get("outputs"))
    params = {"mocap_model": USUAL_SEVERAL, **_params(options)}
    params |= _window(given.get("clipWindow"))
    params["outputs"] = engine_outputs(wanted, bundled=False)
    if actors is not None:
        params["number_of_actors"] = actors
    kept = _kept(MULTI, wanted, options, given)
    return AskedJob(params, {**kept, "numberOfActors": actors, "rig": given.get("rig") or None})


def window_from(given: Mapping[str, Any] | None, field: str = "clipWindow") -> dict[str, float]:
    """A span in seconds, checked; empty when none is given. Raises InvalidInput."""
    if given is None:
        return {}
    start, end = float(given["startTime"]), float(given["endTime"])
    if not 0 <= start < end < 10**7:
        raise InvalidInput(f"{field}: startTime must be 0 or more, and endTime later.", field=field)
    return {"startTime": start, "endTime": end}


def _window(given: Mapping[str, Any] | None) -> dict[str, float]:
    found = window_from(given)
    if not found:
        return {}
    return {"start_ms": found["startTime"] * 1000, "end_ms": found["endTime"] * 1000}


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in (given.get("options") or {}).items() if value is not None}


def _params(options: Mapping[str, Any]) -> dict[str, Any]:
    """What nobody asked for is not said: engines have defaults, and need not know every word."""
    return {
        PARAMETERS[key]: value
        for key, value in options.items()
        if not (key in NOT_DONE and value is False)
    }


def _refuse(options: Mapping[str, Any]) -> None:
    for name, why in NOT_DONE.items():
        if options.get(name):
            raise InvalidInput(
                f"options.{name} cannot be done: {why}. Leave it out.", field=f"options.{name}"
            )


def _kept(
    kind: str, wanted: Sequence[str], options: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    window = window_from(given.get("clipWindow"))
    return {
        "kind": kind,
        "outputs": list(wanted),
        "options": dict(options),
        **({"clipWindow": window} if window else {}),
    }


def inputs_of(kept: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """What a job was asked, in the vendor's words; of one made elsewhere as its engine has it."""
    options = kept.get("options")
    if options is None:
        options = {key: params[ours] for key, ours in PARAMETERS.items() if ours in params}
    window = kept.get("clipWindow")
    if window is None and "end_ms" in params:
        window = {"startTime": params.get("start_ms", 0) / 1000, "endTime": params["end_ms"] / 1000}
    actors = kept.get("numberOfActors") or params.get("number_of_actors") or 1
    return {"clipWindow": window, "numberOfActors": actors, "options": options}
