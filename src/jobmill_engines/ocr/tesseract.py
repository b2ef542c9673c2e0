"""Text in pictures by Tesseract's command, run as a process of its own."""

import csv
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jobmill_engine import EngineFailed, InputRejected, ModelMissing
from jobmill_engines.ocr.model import Line, inside
from jobmill_engines.ocr.pictures import is_picture, no_image
from jobmill_engines.texts.languages import plain_code, three_letters

TIMEOUT = 600.0
_OTHERS = {"zh": "chi_sim", "fr": "fra", "sr": "srp", "no": "nor", "nb": "nor", "fa": "fas"}
_PAGE, _WORD = 1, 5
_MARGIN = 16
_LEAST_SURE = 1.0
"""Tesseract's own measure; clear pages have 3 to 20."""
Row = Mapping[str, str]


class Tesseract:
    """The command with some languages. Raises ModelMissing when it or one of them is not there."""

    def __init__(self, languages: Sequence[str], threads: int) -> None:
        codes = [_code(each) for each in languages]
        _check(codes)
        self.name = f"tesseract {'+'.join(codes)}"
        self._languages = "+".join(codes)
        self._environment = {**os.environ, "OMP_THREAD_LIMIT": str(threads)}

    def pages(self, path: Path, called: str) -> Iterator[list[Line]]:
        """The lines of each page."""
        rows = self._rows(path, called)
        size: dict[str, tuple[float, float]] = {}
        lines: dict[str, dict[tuple[str, ...], list[Row]]] = {}
        for row in rows:
            page = row["page_num"]
            if int(row["level"]) == _PAGE:
                size[page] = (float(row["width"]), float(row["height"]))
                lines[page] = {}
            elif int(row["level"]) == _WORD and row["text"].strip():
                place = (row["block_num"], row["par_num"], row["line_num"])
                lines[page].setdefault(place, []).append(row)
        for page, found in lines.items():
            yield [_line(words, size[page]) for words in found.values()]

    def words(self, picture: Any) -> list[Line]:
        """The words of a Pillow picture, each as a line of its own, in the lines' order."""
        size = (float(picture.width), float(picture.height))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.png"
            picture.save(path, compress_level=1)
            rows = list(self._rows(path, "page"))
        found = (row for row in rows if int(row["level"]) == _WORD and row["text"].strip())
        return [_line([row], size) for row in found]

    def upside_down(self, pieces: Sequence[Any]) -> bool:
        """Whether most of these pictures of words stand on their head; False where too little is
        shown, or Tesseract lacks its model of orientations (osd)."""
        if not pieces:
            return False
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pieces.png"
            _stacked(pieces).save(path, compress_level=1)
            done = self._run(str(path), "stdout", "--psm", "0", "-l", "osd")
        told = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
        sure = float(told.get("Orientation confidence", 0.0))
        return told.get("Rotate") == "180" and sure > _LEAST_SURE

    def _rows(self, path: Path, called: str) -> Iterator[Row]:
        with path.open("rb") as file:
            if not is_picture(file.read(16)):  # it takes a text for a list of files to open
                raise InputRejected("not_an_image", no_image(called))
        done = self._run(str(path), "stdout", "-l", self._languages, "tsv")
        if done.returncode:
            told = done.stderr.strip()[-300:]
            if any(word in told.lower() for word in ("image", "pix", "read", "format")):
                raise InputRejected("not_an_image", f"{no_image(called)} Tesseract says: {told}")
            raise EngineFailed("reader_failed", f"Tesseract ended with an error: {told}")
        return csv.DictReader(done.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["tesseract", *arguments]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, env=self._environment, timeout=TIMEOUT
            )
        except subprocess.TimeoutExpired:
            told = f"Tesseract had no answer within {TIMEOUT:g} s. Make the picture smaller."
            raise EngineFailed("reader_failed", told) from None


def _stacked(pieces: Sequence[Any]) -> Any:
    """Pictures as the lines of one, on white."""
    from PIL import Image

    width = max(piece.width for piece in pieces) + 2 * _MARGIN
    height = sum(piece.height + _MARGIN for piece in pieces) + _MARGIN
    page, y = Image.new("RGB", (width, height), "white"), _MARGIN
    for piece in pieces:
        page.paste(piece, (_MARGIN, y))
        y += piece.height + _MARGIN
    return page


def _line(words: Sequence[Row], size: tuple[float, float]) -> Line:
    lefts, tops = ([float(word[name]) for word in words] for name in ("left", "top"))
    rights = [float(word["left"]) + float(word["width"]) for word in words]
    bottoms = [float(word["top"]) + float(word["height"]) for word in words]
    left, top = inside(min(lefts), min(tops), *size)
    right, bottom = inside(max(rights), max(bottoms), *size)
    sure = sum(float(word["conf"]) for word in words) / len(words) / 100
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    text = " ".join(word["text"].strip() for word in words)
    return Line(text, min(1.0, max(0.0, sure)), corners)


def _code(language: str) -> str:
    return _OTHERS.get(plain_code(language), three_letters(language))


def _check(codes: Sequence[str]) -> None:
    packages = [f"tesseract-ocr-{code.replace('_', '-')}" for code in codes]
    if shutil.which("tesseract") is None:
        install = f"apt-get install tesseract-ocr {' '.join(packages)}"
        raise ModelMissing("tesseract", install=install)
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=TIMEOUT
    )
    known = set(listed.stdout.split())
    for code, package in zip(codes, packages, strict=True):
        if code not in known:
            told = f"lacks the language {code}"
            raise ModelMissing("tesseract", told, install=f"apt-get install {package}")
