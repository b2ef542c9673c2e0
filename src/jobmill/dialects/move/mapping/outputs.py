"""The vendor's types of output, the files that engines make, and what nothing here makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobmill.core.errors import InvalidInput

# The vendor's word: the output of the engine. With one person the main one is all.
ENGINE_OUTPUT: Mapping[str, str] = {
    "MAIN_FBX": "fbx",
    "ALL_FBX": "fbx",
    "MAIN_GLB": "glb",
    "ALL_GLB": "glb",
    "ALL_BVH": "bvh",
    "MAIN_USDZ": "usdz",
    "ALL_USDZ": "usdz",
    "MAIN_USDC": "usdc",
    "ALL_USDC": "usdc",
    "MAIN_BLEND": "blend",
    "ALL_BLEND": "blend",
    "ALL_C3D": "c3d",
    "SYNC_DATA": "sync_data",
    "MOTION_DATA": "motion_data",
    # The skeleton over the film is the only picture of the movement that is rendered.
    "RENDER_VIDEO": "overlay_video",
    "RENDER_OVERLAY_VIDEO": "overlay_video",
}
DEFAULTS = (
    "RENDER_VIDEO",
    "MAIN_FBX",
    "MAIN_GLB",
    "ALL_BVH",
    "MAIN_USDZ",
    "MOTION_DATA",
    "RENDER_OVERLAY_VIDEO",
)
# What jobs of the older mutation make, under the keys that its page has.
OLDER: Mapping[str, str] = {"mp4": "overlay_video", "fbx": "fbx"}
# The bundled engine's outputs that it refuses, with what to take instead.
NOT_MADE: Mapping[str, str] = {
    "blend": "only Blender itself writes .blend files; import MAIN_GLB or MAIN_FBX there.",
    "c3d": "C3D holds measured markers, of which a video has none; ask for MOTION_DATA.",
    "sync_data": "there is nothing to synchronise with one camera.",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A file that an engine makes: its role in the item, the key that the vendor's lists have for
    it when nobody asked by name, and what its file names end with."""

    role: str
    key: str
    suffix: str


MADE: Mapping[str, Made] = {
    "fbx": Made("motion-fbx", "main_fbx", ".fbx"),
    "glb": Made("motion-glb", "main_glb", ".glb"),
    "bvh": Made("motion-bvh", "all_bvh", ".bvh"),
    "usda": Made("motion-usda", "main_usda", ".usda"),
    "usdz": Made("motion-usdz", "main_usdz", ".usdz"),
    "usdc": Made("motion-usdc", "main_usdc", ".usdc"),
    "motion_data": Made("motion-data", "motion_data", ".zip"),
    "overlay_video": Made("motion-overlay", "render_overlay_video", ".mp4"),
    "source_video": Made("motion-source", "source_video", ".mp4"),
}
BY_ROLE: Mapping[str, str] = {made.role: output for output, made in MADE.items()}


def wanted_from(given: Sequence[str | None] | None, usual: Sequence[str] = DEFAULTS) -> list[str]:
    """The vendor's words for what a job shall make, each once."""
    return list(dict.fromkeys(each for each in given or usual if each is not None)) or list(usual)


def engine_outputs(wanted: Sequence[str], *, bundled: bool) -> list[str]:
    """What to ask of the engine. Raises InvalidInput for what the bundled one never makes."""
    found = list(dict.fromkeys(ENGINE_OUTPUT[each] for each in wanted))
    for word in wanted if bundled else ():
        why = NOT_MADE.get(ENGINE_OUTPUT[word])
        if why is not None:
            raise InvalidInput(f"outputs: {word} cannot be made here: {why}", field="outputs")
    return found


def keys_of(output: str, wanted: Sequence[str], *, older: bool) -> list[str]:
    """Under which keys a job's list names a file: as it was asked for, in lower case."""
    if older:
        return [key for key, made in OLDER.items() if made == output]
    asked = [word.lower() for word in wanted if ENGINE_OUTPUT.get(word) == output]
    return asked or [MADE[output].key]


def order_of(wanted: Sequence[str], *, older: bool) -> list[str]:
    """The keys of a job's list in its order: that in which they were asked for."""
    return list(OLDER) if older else [word.lower() for word in wanted]
