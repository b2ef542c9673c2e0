"""USD: a skeleton, its movement and a plain body as text (.usda), or packed as .usdz.

Metres, Y up, one time code a frame. Written as the UsdSkel schema asks; needs no library.
"""

import shutil
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np

from jobmill_engine import ModelMissing, add_libraries
from jobmill_engines.motion.motion import Motion
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.skeleton import Skeleton
from jobmill_engines.motion.tables import blocks
from jobmill_engines.motion.writers.mesh import bones

EXTRA = "usd"
_ALIGNED = 64
_AT_ONCE = 1 << 20
_ONE = "elementSize = 1"
_BINDING = '(\n        prepend apiSchemas = ["SkelBindingAPI"]\n    )'


def write_usda(path: Path, motion: Motion, name: str) -> None:
    """Write the movement as text; `name` is kept as the layer's comment."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        _head(file, motion, name)
        _skeleton(file, motion.skeleton)
        _animation(file, motion)
        file.write("    }\n")
        _body(file, motion.skeleton)
        file.write("}\n")


def write_usdz(path: Path, motion: Motion, name: str) -> None:
    """Write the movement as a package: a zip without compression, its file on a 64-byte border."""
    text = path.with_name(f"{path.name}.usda")
    write_usda(text, motion, name)
    with text.open("rb") as data, path.open("wb") as file:
        _pack(file, b"motion.usda", data)
    text.unlink()


def write_usdc(path: Path, motion: Motion, name: str) -> None:
    """Write the movement in binary. Raises `ModelMissing` without the library of USD."""
    add_libraries(EXTRA)
    try:
        from pxr import Sdf
    except ImportError as error:
        raise ModelMissing("usd", f"lacks its libraries ({error})") from error
    text = path.with_name(f"{path.name}.usda")
    write_usda(text, motion, name)
    try:
        Sdf.Layer.FindOrOpen(str(text)).Export(str(path))
    finally:
        text.unlink()


def _head(file: TextIO, motion: Motion, name: str) -> None:
    last = len(motion) - 1
    plain = "".join(letter for letter in name if letter.isprintable() and letter not in '"\\')
    file.write(
        f'#usda 1.0\n(\n    "{plain}"\n    defaultPrim = "Motion"\n    endTimeCode = {last}\n'
        f"    framesPerSecond = {motion.fps:.9g}\n    metersPerUnit = 1\n    startTimeCode = 0\n"
        f'    timeCodesPerSecond = {motion.fps:.9g}\n    upAxis = "Y"\n)\n\n'
        'def SkelRoot "Motion" (\n    prepend apiSchemas = ["SkelBindingAPI"]\n)\n{\n'
    )


def _paths(skeleton: Skeleton) -> list[str]:
    paths: list[str] = []
    for name, parent in zip(skeleton.names, skeleton.parents, strict=True):
        paths.append(name if parent < 0 else f"{paths[parent]}/{name}")
    return paths


def _skeleton(file: TextIO, skeleton: Skeleton) -> None:
    file.write(
        f'    def Skeleton "Skeleton" {_BINDING}\n    {{\n'
        f"        uniform token[] joints = {_tokens(skeleton)}\n"
        f"        uniform matrix4d[] bindTransforms = [{_matrices(skeleton.rest())}]\n"
        f"        uniform matrix4d[] restTransforms = [{_matrices(skeleton.offsets)}]\n"
        "        rel skel:animationSource = </Motion/Skeleton/Animation>\n\n"
    )


def _tokens(skeleton: Skeleton) -> str:
    return "[" + ", ".join(f'"{path}"' for path in _paths(skeleton)) + "]"


def _matrices(places: Array) -> str:
    return ", ".join(
        f"( (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), ({x:.7g}, {y:.7g}, {z:.7g}, 1) )"
        for x, y, z in places
    )


def _animation(file: TextIO, motion: Motion) -> None:
    skeleton = motion.skeleton
    file.write(
        '        def SkelAnimation "Animation"\n        {\n'
        f"            uniform token[] joints = {_tokens(skeleton)}\n"
        f"            half3[] scales = [{', '.join(['(1, 1, 1)'] * len(skeleton.names))}]\n"
    )
    file.write("            quatf[] rotations.timeSamples = {\n")
    for rows in blocks(len(motion)):
        for number, turned in enumerate(motion.rotations[rows][..., [3, 0, 1, 2]], rows.start):
            file.write(f"                {number}: [{_tuples(turned)}],\n")
    file.write("            }\n            float3[] translations.timeSamples = {\n")
    still = _tuples(skeleton.offsets[1:])
    for rows in blocks(len(motion)):
        for number, root in enumerate(motion.root[rows], rows.start):
            file.write(f"                {number}: [{_tuples([root])}, {still}],\n")
    file.write("            }\n        }\n")


def _body(file: TextIO, skeleton: Skeleton) -> None:
    mesh = bones(skeleton)
    count = len(mesh.points)
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    owners, weights = ", ".join(str(each) for each in mesh.joints), ", ".join(["1"] * count)
    file.write(
        f'\n    def Mesh "Body" {_BINDING}\n    {{\n'
        f"        float3[] extent = [{_tuples([low, high])}]\n"
        f"        int[] faceVertexCounts = [{', '.join(['3'] * (count // 3))}]\n"
        f"        int[] faceVertexIndices = [{', '.join(map(str, range(count)))}]\n"
        f"        point3f[] points = [{_tuples(mesh.points)}]\n"
        f"        normal3f[] normals = [{_tuples(mesh.normals)}] {_of_corners()}\n"
        "        color3f[] primvars:displayColor = [(0.8, 0.62, 0.25)]\n"
        f"        matrix4d primvars:skel:geomBindTransform = {_matrices(np.zeros((1, 3)))}\n"
        f"        int[] primvars:skel:jointIndices = [{owners}] {_of_corners(_ONE)}\n"
        f"        float[] primvars:skel:jointWeights = [{weights}] {_of_corners(_ONE)}\n"
        "        rel skel:skeleton = </Motion/Skeleton>\n"
        '        uniform token subdivisionScheme = "none"\n    }\n'
    )


def _of_corners(*more: str) -> str:
    """That each value belongs to one corner of the mesh."""
    lines = [*more, 'interpolation = "vertex"']
    return "(\n" + "".join(f"            {line}\n" for line in lines) + "        )"


def _tuples(rows: Iterable[Array]) -> str:
    def each() -> Iterator[str]:
        for row in rows:
            yield "(" + ", ".join(f"{value:.7g}" for value in np.asarray(row)) + ")"

    return ", ".join(each())


def _pack(file: BinaryIO, name: bytes, data: BinaryIO) -> None:
    """A zip of one stored file; padding in the extra field puts its data on the border."""
    crc, size = 0, 0
    while block := data.read(_AT_ONCE):
        crc, size = zlib.crc32(block, crc), size + len(block)
    space = -(30 + len(name) + 4) % _ALIGNED
    extra = struct.pack("<HH", 0x1986, space) + b"\0" * space
    known = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, crc, size, size, len(name), len(extra))
    file.write(b"PK\x03\x04" + known + name + extra)
    data.seek(0)
    shutil.copyfileobj(data, file, _AT_ONCE)
    start = file.tell()
    known = struct.pack(
        "<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 0x21, crc, size, size, len(name), 0, 0, 0, 0, 0, 0
    )
    file.write(b"PK\x01\x02" + known + name)
    file.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, file.tell() - start, start, 0))
