"""What texts mean, as vectors: MiniLM by ONNX Runtime. The only module that imports it."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobmill_engine import ModelMissing, PlatformFailed, add_libraries, find_model, model_folder
from jobmill_engines.text_labels.wordpiece import WordPiece

Vectors = NDArray[np.float32]
EXTRA, MODEL = "embeddings", "minilm"
WEIGHTS, WORDS = "model.onnx", "tokenizer.json"
LONGEST = 254
"""Pieces that the model was taught to read at once, without its two marks."""
BATCH = 16


def can_embed() -> bool:
    """Whether the model is there at all."""
    return find_model(MODEL) is not None


class Embedder:
    """The loaded model. Raises `ModelMissing` without its weights or libraries."""

    def __init__(self, threads: int) -> None:
        folder = model_folder(MODEL)
        for name in (WEIGHTS, WORDS):
            if not (folder / name).is_file():
                raise ModelMissing(MODEL, f"lacks {name}")
        runtime = _library()
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        try:
            self._net = runtime.InferenceSession(
                str(folder / WEIGHTS), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise PlatformFailed(
                "model_unusable",
                f"{WEIGHTS} of the model {MODEL!r} cannot be loaded ({error}). Install it anew:"
                f" jobmill models remove {MODEL}, and install.",
            ) from error
        self._wanted = {each.name for each in self._net.get_inputs()}
        self._words = WordPiece.read(folder / WORDS)

    def meanings(self, texts: Sequence[str]) -> Vectors:
        """A vector of length 1 for each text (n, 384): long ones are read in windows."""
        windows: list[list[int]] = []
        whose: list[int] = []
        for number, text in enumerate(texts):
            pieces = self._words.numbers(text)
            cut = [pieces[at : at + LONGEST] for at in range(0, len(pieces), LONGEST)] or [[]]
            windows += [self._words.framed(each) for each in cut]
            whose += [number] * len(cut)
        vectors = np.concatenate(list(self._run(windows)))
        lengths = np.array([len(each) for each in windows], np.float32)
        total = np.zeros((len(texts), vectors.shape[1]), np.float32)
        np.add.at(total, whose, vectors * lengths[:, None])
        return _of_length_one(total)

    def _run(self, windows: list[list[int]]) -> Iterable[Vectors]:
        for at in range(0, len(windows), BATCH):
            some = windows[at : at + BATCH]
            ids = np.zeros((len(some), max(map(len, some))), np.int64)
            mask = np.zeros_like(ids)
            for row, pieces in enumerate(some):
                ids[row, : len(pieces)], mask[row, : len(pieces)] = pieces, 1
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0}
            found = self._net.run(None, {k: v for k, v in given.items() if k in self._wanted})[0]
            yield _of_length_one(_pooled(np.asarray(found, np.float32), mask))


def _pooled(found: Vectors, mask: NDArray[np.int64]) -> Vectors:
    """The mean over a text's pieces, unless the model has made it already."""
    if found.ndim == 2:
        return found
    weight = mask[:, :, None].astype(np.float32)
    mean: Vectors = (found * weight).sum(axis=1) / weight.sum(axis=1)
    return mean


def _of_length_one(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(length, 1e-9)
    return scaled


def _library() -> Any:
    add_libraries(EXTRA)
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelMissing(MODEL, f"lacks its libraries ({error})") from error
    return onnxruntime
