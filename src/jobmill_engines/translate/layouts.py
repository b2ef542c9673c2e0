"""What lies where in a folder of a translation model, and which tokens it wants around a sentence.

Reads names and small JSON files only; knows no library.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobmill_engine import InputRejected, PlatformFailed
from jobmill_engines.texts.languages import plain_code, three_letters

_JOINT = ("sentencepiece.model", "sentencepiece.bpe.model", "spm.model")
_FLORES = {
    "ar": "arb", "az": "azj", "et": "est", "fa": "pes", "lv": "lvs", "mn": "khk", "ms": "zsm",
    "ne": "npi", "no": "nob", "ps": "pbt", "sq": "als", "sw": "swh", "uz": "uzn",
}  # fmt: skip
"""Where NLLB says it more exactly than ISO 639-3 does by itself."""
_SCRIPTS = ("Latn", "Cyrl", "Arab", "Hans", "Jpan", "Hang", "Deva")
_PUT_RIGHT = "put the whole folder there: model.bin, its vocabulary and the sentencepiece model"


@dataclass(frozen=True, slots=True)
class Layout:
    """`before` and `after` stand around the tokens of a sentence, `prefix` before those of its
    translation, and is no part of it."""

    model: Path
    source_pieces: Path
    target_pieces: Path
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()


def layout_of(folder: Path, languages: tuple[str, str]) -> Layout:
    """The layout for translating from one language into another.

    Raises PlatformFailed for a folder that is no such model, InputRejected for other languages than
    the model's.
    """
    model = folder / "model" if (folder / "model" / "model.bin").is_file() else folder
    if not (model / "model.bin").is_file():
        raise _incomplete(folder, "has no model.bin")
    told = _json(folder / "metadata.json")
    if "from_code" in told and "to_code" in told:
        return _argos(folder, model, told, languages)
    if (folder / "source.spm").is_file() and (folder / "target.spm").is_file():
        ending = () if _json(model / "config.json").get("add_source_eos") else ("</s>",)
        return Layout(model, folder / "source.spm", folder / "target.spm", after=ending)
    return _many(folder, model, languages)


def _argos(folder: Path, model: Path, told: dict[str, Any], languages: tuple[str, str]) -> Layout:
    own = plain_code(str(told["from_code"])), plain_code(str(told["to_code"]))
    if own != languages:
        raise _other_languages(folder, languages, f"from {own[0]} into {own[1]}")
    pieces = _joint(folder)
    prefix = str(told.get("target_prefix") or "")
    return Layout(model, pieces, pieces, prefix=(prefix,) if prefix else ())


def _many(folder: Path, model: Path, languages: tuple[str, str]) -> Layout:
    """NLLB (`eng_Latn`) and M2M (`__en__`), by the tokens in the vocabulary."""
    pieces, known = _joint(folder), _vocabulary(model)
    source, target = (_token(each, known) for each in languages)
    if source is None or target is None:
        raise _other_languages(folder, languages, "other languages, or is of an unknown kind")
    return Layout(model, pieces, pieces, (source,), ("</s>",), (target,))


def _token(language: str, known: frozenset[str]) -> str | None:
    if f"__{language}__" in known:
        return f"__{language}__"
    names = [_FLORES.get(language, three_letters(language)), three_letters(language)]
    usual = [f"{name}_{script}" for name in names for script in _SCRIPTS]
    rare = sorted(each for each in known if each[:4] in {f"{name}_" for name in names})
    return next((each for each in (*usual, *rare) if each in known), None)


def _joint(folder: Path) -> Path:
    files = [*(folder / name for name in _JOINT), *sorted(folder.glob("*spm*.model"))]
    for file in files:
        if file.is_file():
            return file
    if (folder / "bpe.model").is_file():
        raise _incomplete(folder, "splits words by bpe.model; only sentencepiece is supported")
    raise _incomplete(folder, f"has no {_JOINT[0]}")


def _vocabulary(model: Path) -> frozenset[str]:
    for name in ("shared_vocabulary.json", "target_vocabulary.json"):
        if (model / name).is_file():
            return frozenset(map(str, json.loads((model / name).read_text(encoding="utf-8"))))
    for name in ("shared_vocabulary.txt", "target_vocabulary.txt"):
        if (model / name).is_file():
            return frozenset((model / name).read_text(encoding="utf-8").splitlines())
    raise _incomplete(model, "has no shared_vocabulary.json")


def _json(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _incomplete(folder: Path, why: str) -> PlatformFailed:
    told = f"The model {folder.name!r} in {folder} {why}: {_PUT_RIGHT}."
    return PlatformFailed("model_unusable", told)


def _other_languages(folder: Path, languages: tuple[str, str], own: str) -> InputRejected:
    told = f"The model {folder.name!r} does not translate from {languages[0]} into {languages[1]}"
    return InputRejected("language_unknown", f"{told}; it knows {own}. Name another model.")
