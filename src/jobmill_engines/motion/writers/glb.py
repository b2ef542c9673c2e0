"""GLB: glTF 2.0 in one binary file, metres, Y up: joints, their movement, a plain body on them."""

import json
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.motion import Motion
from jobmill_engines.motion.tables import blocks
from jobmill_engines.motion.writers.mesh import bones

_FLOAT, _BYTE = 5126, 5121
_SHAPES = {1: "SCALAR", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class _Buffer:
    """The binary part while it grows to its `size`; `views` and `accessors` say what lies in it,
    `pieces` what is to be written where, but for what was only reserved."""

    def __init__(self) -> None:
        self.size = 0
        self.pieces: list[tuple[int, bytes]] = []
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, values: NDArray[Any], *, bounds: bool = False, vertices: bool = False) -> int:
        """Append rows of numbers; returns the number of their accessor."""
        kind = _BYTE if values.dtype == np.uint8 else _FLOAT
        values = np.ascontiguousarray(values if kind == _BYTE else values.astype("<f4"))
        width = 1 if values.ndim == 1 else values.shape[1]
        self.pieces.append((self.size, values.tobytes()))
        number = self._append(kind, len(values), width, values.nbytes)
        if vertices:
            self.views[-1]["target"] = 34962
        if bounds:
            table = values.reshape(len(values), width).astype(float)
            limits = {"min": table.min(axis=0).tolist(), "max": table.max(axis=0).tolist()}
            self.accessors[-1] |= limits
        return number

    def reserve(self, count: int, width: int) -> tuple[int, int]:
        """Room for `count` rows of floats; the number of their accessor, and where they begin."""
        place = self.size
        return self._append(_FLOAT, count, width, 4 * count * width), place

    def _append(self, kind: int, count: int, width: int, size: int) -> int:
        self.views.append({"buffer": 0, "byteOffset": self.size, "byteLength": size})
        self.accessors.append(
            {
                "bufferView": len(self.views) - 1,
                "componentType": kind,
                "count": count,
                "type": _SHAPES[width],
            }
        )
        self.size += size + -size % 4
        return len(self.accessors) - 1


def write_glb(path: Path, motion: Motion, name: str) -> None:
    """Write the movement; `name` is what the animation is called."""
    buffer = _Buffer()
    animation, tracks = _animation(buffer, motion, name)
    nodes, body = _nodes(motion), len(motion.skeleton.names)
    mesh, skin = _mesh(buffer, motion), _skin(buffer, motion)
    document = {
        "asset": {"version": "2.0", "generator": "Jobmill"},
        "scene": 0,
        "scenes": [{"nodes": [0, body]}],
        "nodes": [*nodes, {"name": "Body", "mesh": 0, "skin": 0}],
        "meshes": [mesh],
        "materials": [
            {
                "name": "Body",
                "pbrMetallicRoughness": {
                    "baseColorFactor": [0.8, 0.62, 0.25, 1.0],
                    "metallicFactor": 0.0,
                    "roughnessFactor": 0.7,
                },
            }
        ],
        "skins": [skin],
        "animations": [animation],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": buffer.size}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    size = 12 + 8 + len(text) + 8 + buffer.size
    with path.open("wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, size))
        file.write(struct.pack("<I4s", len(text), b"JSON") + text)
        file.write(struct.pack("<I4s", buffer.size, b"BIN\0"))
        begin = file.tell()
        file.truncate(begin + buffer.size)
        for place, piece in buffer.pieces:
            file.seek(begin + place)
            file.write(piece)
        _write_tracks(file, motion, [begin + place for place in tracks])


def _nodes(motion: Motion) -> list[dict[str, Any]]:
    skeleton, nodes = motion.skeleton, []
    for joint, name in enumerate(skeleton.names):
        node: dict[str, Any] = {"name": name, "translation": skeleton.offsets[joint].tolist()}
        children = [child for child, parent in enumerate(skeleton.parents) if parent == joint]
        if children:
            node["children"] = children
        nodes.append(node)
    return nodes


def _animation(buffer: _Buffer, motion: Motion, name: str) -> tuple[dict[str, Any], list[int]]:
    """The animation, and where its times, its root and each joint's rotations are to be written."""
    count = len(motion)
    times, place = buffer.reserve(count, 1)
    last = float(np.float32((count - 1) / motion.fps))
    buffer.accessors[times] |= {"min": [0.0], "max": [last]}
    root, root_place = buffer.reserve(count, 3)
    tracks, places = [(0, "translation", root)], [place, root_place]
    for joint in range(len(motion.skeleton.names)):
        turned, place = buffer.reserve(count, 4)
        tracks.append((joint, "rotation", turned))
        places.append(place)
    document = {
        "name": name,
        "samplers": [{"input": times, "output": output} for _, _, output in tracks],
        "channels": [
            {"sampler": number, "target": {"node": node, "path": what}}
            for number, (node, what, _) in enumerate(tracks)
        ],
    }
    return document, places


def _write_tracks(file: BinaryIO, motion: Motion, places: list[int]) -> None:
    for rows in blocks(len(motion)):
        times = np.arange(rows.start, rows.stop) / motion.fps
        turned = np.moveaxis(motion.rotations[rows], 1, 0)
        for place, values in zip(places, (times, motion.root[rows], *turned), strict=True):
            width = 1 if values.ndim == 1 else values.shape[1]
            file.seek(place + 4 * width * rows.start)
            file.write(np.ascontiguousarray(values, "<f4").tobytes())


def _skin(buffer: _Buffer, motion: Motion) -> dict[str, Any]:
    rest = motion.skeleton.rest()
    inverse = np.tile(np.eye(4), (len(rest), 1, 1))
    inverse[:, 3, :3] = -rest  # column by column, as glTF stores matrices
    matrices = buffer.add(inverse.reshape(len(rest), 16))
    return {"joints": list(range(len(rest))), "inverseBindMatrices": matrices, "skeleton": 0}


def _mesh(buffer: _Buffer, motion: Motion) -> dict[str, Any]:
    body = bones(motion.skeleton)
    owners = np.zeros((len(body.points), 4), dtype=np.uint8)
    owners[:, 0] = body.joints
    weights = np.tile([1.0, 0.0, 0.0, 0.0], (len(body.points), 1))
    attributes = {
        "POSITION": buffer.add(body.points, bounds=True, vertices=True),
        "NORMAL": buffer.add(body.normals, vertices=True),
        "JOINTS_0": buffer.add(owners, vertices=True),
        "WEIGHTS_0": buffer.add(weights, vertices=True),
    }
    return {"name": "Body", "primitives": [{"attributes": attributes, "material": 0}]}
