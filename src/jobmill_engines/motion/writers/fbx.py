"""FBX 7.4, binary: a skeleton of limb nodes in a T pose, and curves that move it.

Centimetres, Y up, Z ahead, as the format's own default. Rotations are curves of angles, X first.
"""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from jobmill_engines.motion.motion import Motion
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.skeleton import Skeleton
from jobmill_engines.motion.tables import Desk, Table, blocks
from jobmill_engines.motion.writers.fbx_file import Int32, Long, Node, array, write_nodes

_TICKS = 46_186_158_000
"""Of the format's clock, a second."""
_CM = 100.0
_AT_ONCE = 8192
_Values = Callable[[slice], Array]
_RATES = {
    120.0: 1, 100.0: 2, 60.0: 3, 50.0: 4, 48.0: 5, 30.0: 6, 30 / 1.001: 9, 25.0: 10, 24.0: 11,
    24 / 1.001: 13, 96.0: 15, 72.0: 16, 60 / 1.001: 17, 120 / 1.001: 18,
}  # fmt: skip
_CUSTOM_RATE = 14
_LINEAR = 0x0004
_FILE_ID = b"\x28\xb3\x2a\xeb\xb6\x24\xcc\xc2\xbf\xc8\xb0\x2a\xa9\x2b\xfc\xf1"
_MADE = "1970-01-01 10:00:00:000"
"""The time that belongs to the file id above; the same movement gives the same bytes."""


def write_fbx(path: Path, motion: Motion, name: str) -> None:
    """Write the movement; `name` is what the take is called."""
    with Desk(path.parent) as desk:
        angles = desk.table(len(motion), len(motion.skeleton.names), 3)
        for rows, found in motion.angles("XYZ"):
            angles[rows] = found
        _write(path, _Scene(motion, angles, name), motion.fps, name)


def _write(path: Path, scene: "_Scene", fps: float, name: str) -> None:
    kinds = scene.kinds()
    write_nodes(
        path,
        [
            _header(),
            Node("FileId", [_FILE_ID]),
            Node("CreationTime", [_MADE]),
            Node("Creator", ["Jobmill"]),
            _settings(fps, scene.end),
            _documents(),
            Node("References"),
            _definitions(kinds),
            Node("Objects", [], scene.objects),
            Node("Connections", [], scene.connections),
            _takes(name, scene.end),
        ],
    )


def _turns(angles: Table, joint: int) -> _Values:
    return lambda rows: angles[rows][:, joint]


class _Scene:
    """The objects of a movement and what is connected to what."""

    def __init__(self, motion: Motion, angles: Table, name: str) -> None:
        self.objects: list[Node] = []
        self.connections: list[Node] = []
        self._ids = count(1_000_000)
        self._count, self._fps = len(motion), motion.fps
        self.end = int(self._ticks(self._count - 1, self._count)[0])
        models = self._skeleton(motion.skeleton)
        layer = self._stack(name)
        for joint, model in enumerate(models):
            self._curves(layer, model, "R", "Lcl Rotation", _turns(angles, joint))
        self._curves(layer, models[0], "T", "Lcl Translation", lambda rows: motion.root[rows] * _CM)

    def kinds(self) -> dict[str, int]:
        """How many objects of each kind there are."""
        found: dict[str, int] = {}
        for node in self.objects:
            found[node.name] = found.get(node.name, 0) + 1
        return found

    def _skeleton(self, skeleton: Skeleton) -> list[int]:
        models: list[int] = []
        for joint, name in enumerate(skeleton.names):
            model, attribute = next(self._ids), next(self._ids)
            models.append(model)
            size = _row("Size", "double", "Number", "", 5.0)
            kids = [_properties(size), Node("TypeFlags", ["Skeleton"])]
            values = [attribute, _named(name, "NodeAttribute"), "LimbNode"]
            self.objects.append(Node("NodeAttribute", values, kids))
            self.objects.append(_limb(model, name, skeleton.offsets[joint] * _CM))
            parent = skeleton.parents[joint]
            self._connect("OO", attribute, model)
            self._connect("OO", model, models[parent] if parent >= 0 else 0)
        self._bind_pose(skeleton, models)
        return models

    def _bind_pose(self, skeleton: Skeleton, models: list[int]) -> None:
        nodes = []
        for model, place in zip(models, skeleton.rest() * _CM, strict=True):
            matrix = np.eye(4)
            matrix[3, :3] = place
            nodes.append(
                Node(
                    "PoseNode", [], [Node("Node", [model]), Node("Matrix", [array(matrix, "<f8")])]
                )
            )
        pose = next(self._ids)
        head = [Node("Type", ["BindPose"]), Node("Version", [Int32(100)])]
        head.append(Node("NbPoseNodes", [Int32(len(nodes))]))
        values = [pose, _named("BindPose", "Pose"), "BindPose"]
        self.objects.append(Node("Pose", values, [*head, *nodes]))

    def _stack(self, name: str) -> int:
        stack, layer = next(self._ids), next(self._ids)
        stop = [_row(key, "KTime", "Time", "", self.end) for key in ("LocalStop", "ReferenceStop")]
        values = [stack, _named(name, "AnimStack"), ""]
        self.objects.append(Node("AnimationStack", values, [_properties(*stop)]))
        # Some readers drop a layer that holds nothing.
        weight = _properties(_row("Weight", "Number", "", "A", 100.0))
        values = [layer, _named("BaseLayer", "AnimLayer"), ""]
        self.objects.append(Node("AnimationLayer", values, [weight]))
        self._connect("OO", layer, stack)
        return layer

    def _ticks(self, begin: int, end: int) -> Array:
        ticks: Array = np.round(np.arange(begin, end) / self._fps * _TICKS)
        return ticks

    def _curves(self, layer: int, model: int, kind: str, what: str, values: _Values) -> None:
        """Three curves (T, 3) that drive a property of a model."""
        group = next(self._ids)
        now = values(slice(0, 1))[0]
        first = [
            _row(f"d|{axis}", "Number", "", "A", float(now[k])) for k, axis in enumerate("XYZ")
        ]
        head = [group, _named(kind, "AnimCurveNode"), ""]
        self.objects.append(Node("AnimationCurveNode", head, [_properties(*first)]))
        self._connect("OO", group, layer)
        self._connect("OP", group, model, what)
        for number, axis in enumerate("XYZ"):
            curve = next(self._ids)
            self.objects.append(self._curve(curve, values, number, float(now[number])))
            self._connect("OP", curve, group, f"d|{axis}")

    def _curve(self, curve: int, values: _Values, axis: int, first: float) -> Node:
        def times() -> Iterator[Array]:
            return (self._ticks(rows.start, rows.stop) for rows in self._rows())

        def numbers() -> Iterator[Array]:
            return (values(rows)[:, axis] for rows in self._rows())

        children = [
            Node("Default", [first]),
            Node("KeyVer", [Int32(4008)]),
            Node("KeyTime", [Long(self._count, "<i8", times)]),
            Node("KeyValueFloat", [Long(self._count, "<f4", numbers)]),
            Node("KeyAttrFlags", [array([_LINEAR], "<i4")]),
            Node("KeyAttrDataFloat", [array([0, 0, 0, 0], "<f4")]),
            Node("KeyAttrRefCount", [array([self._count], "<i4")]),
        ]
        return Node("AnimationCurve", [curve, _named("", "AnimCurve"), ""], children)

    def _rows(self) -> Iterator[slice]:
        return blocks(self._count, size=_AT_ONCE)

    def _connect(self, kind: str, child: int, parent: int, *what: str) -> None:
        self.connections.append(Node("C", [kind, child, parent, *what]))


def _named(name: str, kind: str) -> str:
    return f"{name}\x00\x01{kind}"


def _row(*values: Any) -> Node:
    return Node("P", values)


def _properties(*rows: Node) -> Node:
    return Node("Properties70", [], rows)


def _limb(model: int, name: str, offset: Array) -> Node:
    place = [float(value) for value in offset]
    rows = [
        _row("InheritType", "enum", "", "", Int32(1)),
        _row("DefaultAttributeIndex", "int", "Integer", "", Int32(0)),
        _row("Lcl Translation", "Lcl Translation", "", "A", *place),
        _row("Lcl Rotation", "Lcl Rotation", "", "A", 0.0, 0.0, 0.0),
    ]
    children = [
        Node("Version", [Int32(232)]),
        _properties(*rows),
        Node("Shading", [True]),
        Node("Culling", ["CullingOff"]),
    ]
    return Node("Model", [model, _named(name, "Model"), "LimbNode"], children)


def _header() -> Node:
    stamp = [("Version", 1000), ("Year", 1970), ("Month", 1), ("Day", 1), ("Hour", 10),
             ("Minute", 0), ("Second", 0), ("Millisecond", 0)]  # fmt: skip
    numbers = [("FBXHeaderVersion", 1003), ("FBXVersion", 7400), ("EncryptionType", 0)]
    children = [Node(key, [Int32(value)]) for key, value in numbers]
    made = Node("CreationTimeStamp", [], [Node(key, [Int32(value)]) for key, value in stamp])
    return Node("FBXHeaderExtension", [], [*children, made, Node("Creator", ["Jobmill"])])


def _settings(fps: float, end: int) -> Node:
    axes = [("UpAxis", 1), ("UpAxisSign", 1), ("FrontAxis", 2), ("FrontAxisSign", 1),
            ("CoordAxis", 0), ("CoordAxisSign", 1), ("OriginalUpAxis", -1),
            ("OriginalUpAxisSign", 1)]  # fmt: skip
    mode = next((code for rate, code in _RATES.items() if abs(rate - fps) < 1e-3), _CUSTOM_RATE)
    rows = [
        *(_row(key, "int", "Integer", "", Int32(value)) for key, value in axes),
        _row("UnitScaleFactor", "double", "Number", "", 1.0),
        _row("OriginalUnitScaleFactor", "double", "Number", "", 1.0),
        _row("TimeMode", "enum", "", "", Int32(mode)),
        _row("TimeSpanStart", "KTime", "Time", "", 0),
        _row("TimeSpanStop", "KTime", "Time", "", end),
        _row("CustomFrameRate", "double", "Number", "", float(fps)),
    ]
    return Node("GlobalSettings", [], [Node("Version", [Int32(1000)]), _properties(*rows)])


def _documents() -> Node:
    scene = Node("Document", [1, "", "Scene"], [Node("RootNode", [0])])
    return Node("Documents", [], [Node("Count", [Int32(1)]), scene])


def _definitions(kinds: dict[str, int]) -> Node:
    def types() -> Iterator[Node]:
        for name, number in {"GlobalSettings": 1, **kinds}.items():
            yield Node("ObjectType", [name], [Node("Count", [Int32(number)])])

    total = 1 + sum(kinds.values())
    head = [Node("Version", [Int32(100)]), Node("Count", [Int32(total)])]
    return Node("Definitions", [], [*head, *types()])


def _takes(name: str, end: int) -> Node:
    span = [Node(key, [0, end]) for key in ("LocalTime", "ReferenceTime")]
    take = Node("Take", [name], [Node("FileName", [f"{name}.tak"]), *span])
    return Node("Takes", [], [Node("Current", [name]), take])
