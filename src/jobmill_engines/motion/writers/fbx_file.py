"""The binary container of FBX 7.4: nodes with properties and children, nothing about their meaning.

Layout after the Blender Foundation's published notes on the format: 13-byte records of null end a
list, offsets count from the file's start.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

VERSION = 7400
_MAGIC = b"Kaydara FBX Binary  \x00\x1a\x00"
_NULL = b"\0" * 13
_FOOT_ID = b"\xfa\xbc\xab\x09\xd0\xc8\xd4\x66\xb1\x76\xfb\x83\x1c\xf7\x26\x7e"
_FOOT_END = b"\xf8\x5a\x8c\x6a\xde\xf5\xd9\x7e\xec\xe9\x0c\xe3\x75\x8f\x29\x0b"
_ARRAYS = {"<f4": b"f", "<f8": b"d", "<i4": b"i", "<i8": b"l"}


class Int32(int):
    """A number that the format wants in 32 bits; any other int takes 64."""


@dataclass(frozen=True, slots=True)
class Node:
    """A record: its name, its values, the records inside it."""

    name: str
    values: Sequence[Any] = ()
    children: Sequence["Node"] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Long:
    """An array of `count` numbers of a kind (as `array`), which is made piece by piece."""

    count: int
    kind: str
    pieces: Callable[[], Iterator[NDArray[Any]]]


def write_nodes(path: Path, nodes: Iterable[Node]) -> None:
    """Write a file of these top records."""
    with path.open("wb") as file:
        file.write(_MAGIC + struct.pack("<I", VERSION))
        for node in nodes:
            _write(file, node)
        file.write(_NULL + _FOOT_ID + b"\0" * 4)
        file.write(b"\0" * ((16 - file.tell() % 16) or 16))
        file.write(struct.pack("<I", VERSION) + b"\0" * 120 + _FOOT_END)


def _write(file: BinaryIO, node: Node) -> None:
    name = node.name.encode()
    start = file.tell()
    file.write(b"\0" * 12 + struct.pack("<B", len(name)) + name)
    begin = file.tell()
    for value in node.values:
        if isinstance(value, Long):
            _write_long(file, value)
        else:
            file.write(_value(value))
    size = file.tell() - begin
    if node.children or not node.values:
        for child in node.children:
            _write(file, child)
        file.write(_NULL)
    end = file.tell()
    file.seek(start)
    file.write(struct.pack("<III", end, len(node.values), size))
    file.seek(end)


def _write_long(file: BinaryIO, values: Long) -> None:
    size = values.count * np.dtype(values.kind).itemsize
    file.write(_ARRAYS[values.kind] + struct.pack("<III", values.count, 0, size))
    for piece in values.pieces():
        file.write(array(piece, values.kind).tobytes())


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"C" + struct.pack("<?", value)
    if isinstance(value, bytes):
        return b"R" + struct.pack("<I", len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return b"S" + struct.pack("<I", len(text)) + text
    if isinstance(value, Int32):
        return b"I" + struct.pack("<i", value)
    if isinstance(value, int):
        return b"L" + struct.pack("<q", value)
    if isinstance(value, float):
        return b"D" + struct.pack("<d", value)
    return _array(value)


def _array(values: NDArray[Any]) -> bytes:
    data = values.tobytes()
    return _ARRAYS[values.dtype.str] + struct.pack("<III", values.size, 0, len(data)) + data


def array(values: Any, kind: str) -> NDArray[Any]:
    """Numbers as one of the four kinds of array: <f4, <f8, <i4, <i8."""
    return np.ascontiguousarray(values, dtype=kind).ravel()
