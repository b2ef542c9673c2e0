"""Plain readers of the formats, written from their definitions: where the joints are in a frame.

They share nothing with the writers. Metres, Y up.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from jobmill_engines.motion.rotations import Array

Places = Mapping[str, Array]
_AXES = {"X": 0, "Y": 1, "Z": 2}


def turn(axis: str, degrees: float) -> Array:
    """A 4 x 4 matrix that turns about an axis."""
    i, j = [(1, 2), (2, 0), (0, 1)][_AXES[axis]]
    angle, matrix = np.radians(degrees), np.eye(4)
    matrix[i, i] = matrix[j, j] = np.cos(angle)
    matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
    return matrix


def move(place: Any) -> Array:
    """A 4 x 4 matrix that moves."""
    matrix = np.eye(4)
    matrix[:3, 3] = place
    return matrix


def read_bvh(path: Path, frame: int) -> Places:
    """The joints of one frame of a BVH file in centimetres."""
    head, _, tail = path.read_text("ascii").partition("MOTION\n")
    lines = tail.splitlines()
    assert len(lines) == 2 + int(lines[0].removeprefix("Frames:"))
    values = iter([float(each) for each in lines[2 + frame].split()])
    stack: list[Array] = [np.eye(4)]
    found: dict[str, Array] = {}
    name = ""
    for line in head.splitlines()[1:]:
        words = line.split()
        if words[0] in ("ROOT", "JOINT", "End"):
            name = words[1] if words[0] != "End" else ""
        elif words[0] == "OFFSET":
            stack.append(stack[-1] @ move([float(each) / 100 for each in words[1:]]))
        elif words[0] == "CHANNELS":
            for channel in words[2:]:
                value = next(values)
                step = np.zeros(3)
                step[_AXES[channel[0]]] = value / 100
                stack[-1] = stack[-1] @ (
                    move(step) if "pos" in channel else turn(channel[0], value)
                )
            found[name] = stack[-1][:3, 3]
        elif words[0] == "}":
            stack.pop()
    return found


def read_glb(path: Path, frame: int) -> tuple[Places, float]:
    """The joints at one key of the first animation, and its length in seconds."""
    data = path.read_bytes()
    size = struct.unpack_from("<I", data, 12)[0]
    document, binary = json.loads(data[20 : 20 + size]), data[28 + size :]

    def values(number: int) -> Array:
        accessor = document["accessors"][number]
        view = document["bufferViews"][accessor["bufferView"]]
        width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}[accessor["type"]]
        count = accessor["count"] * width
        numbers = np.frombuffer(binary, "<f4", count, view["byteOffset"]).astype(float)
        return numbers.reshape(-1, width)

    nodes = [dict(node) for node in document["nodes"]]
    animation = document["animations"][0]
    for channel in animation["channels"]:
        sampler = animation["samplers"][channel["sampler"]]
        nodes[channel["target"]["node"]][channel["target"]["path"]] = values(sampler["output"])[
            frame
        ]
    found: dict[str, Array] = {}

    def visit(number: int, parent: Array) -> None:
        node = nodes[number]
        x, y, z, w = node.get("rotation", (0, 0, 0, 1))
        rotation = np.eye(4)
        rotation[:3, :3] = [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
        world = parent @ move(node.get("translation", (0, 0, 0))) @ rotation
        found[node["name"]] = world[:3, 3]
        for child in node.get("children", ()):
            visit(child, world)

    for root in document["scenes"][document["scene"]]["nodes"]:
        visit(root, np.eye(4))
    return found, float(values(animation["samplers"][0]["input"]).max())


@dataclass
class Record:
    """A record of a binary FBX file."""

    name: str
    values: list[Any]
    children: list["Record"] = field(default_factory=list)

    def all(self, name: str) -> list["Record"]:
        return [each for each in self.children if each.name == name]

    def one(self, name: str) -> "Record":
        (found,) = self.all(name)
        return found

    def properties(self) -> dict[str, list[Any]]:
        rows = self.one("Properties70").all("P")
        return {row.values[0]: row.values[4:] for row in rows}


def parse_fbx(path: Path) -> Record:
    """The records of a file, under one without a name."""
    data = path.read_bytes()
    assert data.startswith(b"Kaydara FBX Binary  \0\x1a\0")
    assert struct.unpack_from("<I", data, 23)[0] == 7400
    return Record("", [], list(_records(data, 27, len(data))))


def _records(data: bytes, place: int, end: int) -> Iterator[Record]:
    while place < end:
        stop, count, size = struct.unpack_from("<III", data, place)
        if stop == 0:
            return
        length = data[place + 12]
        name = data[place + 13 : place + 13 + length].decode()
        start = place + 13 + length
        children = list(_records(data, start + size, stop))
        yield Record(name, list(_values(data, start, count)), children)
        place = stop


_SCALARS = {"C": "<?", "I": "<i", "L": "<q", "D": "<d", "F": "<f", "Y": "<h"}
_LISTS = {"f": "<f4", "d": "<f8", "i": "<i4", "l": "<i8"}


def _values(data: bytes, place: int, count: int) -> Iterator[Any]:
    for _ in range(count):
        kind = chr(data[place])
        place += 1
        if kind in _SCALARS:
            yield struct.unpack_from(_SCALARS[kind], data, place)[0]
            place += struct.calcsize(_SCALARS[kind])
        elif kind in "SR":
            size = struct.unpack_from("<I", data, place)[0]
            raw = data[place + 4 : place + 4 + size]
            yield raw.decode() if kind == "S" else raw
            place += 4 + size
        else:
            number, packed, size = struct.unpack_from("<III", data, place)
            raw = data[place + 12 : place + 12 + size]
            yield np.frombuffer(zlib.decompress(raw) if packed else raw, _LISTS[kind], number)
            place += 12 + size


def read_fbx(path: Path, frame: int) -> Places:
    """The joints at one key of the curves of an FBX file in centimetres."""
    file = parse_fbx(path)
    objects = {each.values[0]: each for each in file.one("Objects").children}
    links = [each.values for each in file.one("Connections").children]
    local: dict[int, dict[str, list[float]]] = {}
    for number, record in objects.items():
        if record.name == "Model":
            rows = record.properties()
            local[number] = {
                what: list(rows[f"Lcl {what}"]) for what in ("Translation", "Rotation")
            }
    for kind, group, model, *what in links:
        if kind == "OP" and objects[group].name == "AnimationCurveNode":
            for link, curve, owner, *axis in links:
                if link == "OP" and owner == group:
                    keys = objects[curve].one("KeyValueFloat").values[0]
                    local[model][what[0][4:]][_AXES[axis[0][2]]] = float(keys[frame])
    parents = {a: b for kind, a, b, *_ in links if kind == "OO" and a in local}

    def world(number: int) -> Array:
        if number == 0:
            return np.eye(4)
        x, y, z = local[number]["Rotation"]
        place = move(np.array(local[number]["Translation"]) / 100)
        return world(parents[number]) @ place @ turn("Z", z) @ turn("Y", y) @ turn("X", x)

    names = {number: objects[number].values[1].split("\0")[0] for number in local}
    return {names[number]: world(number)[:3, 3] for number in local}
