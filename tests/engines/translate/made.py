"""A translation model in the layout of an Argos package: small, of chance weights, but real.

What it says has no meaning; that it is loaded, split and put together as a trained one is.
"""

import json
import random
from pathlib import Path

import numpy as np

from jobmill_engine import add_libraries

WORDS = "the house is red my brother has two books good morning we go home today".split()  # noqa: SIM905


def argos_package(folder: Path, source: str, target: str) -> Path:
    """Write it into a folder. Needs the libraries of `translate`."""
    add_libraries("translate")
    import sentencepiece

    folder.mkdir(parents=True)
    chance = random.Random(1)
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(" ".join(chance.choices(WORDS, k=8)) for _ in range(400)))
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / "sentencepiece"), vocab_size=60,
        hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    tokens = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    _model(folder / "model", tokens)
    told = {"from_code": source, "to_code": target, "package_version": "1.0"}
    (folder / "metadata.json").write_text(json.dumps(told))
    return folder


def _model(folder: Path, tokens: list[str]) -> None:
    from ctranslate2.specs import TransformerSpec

    size, heads, inner = 16, 2, 32
    spec = TransformerSpec.from_config((1, 1), heads)
    chance = np.random.default_rng(1)

    def weights(*shape: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
        return (chance.standard_normal(shape) * 0.3).astype(np.float32)

    def norm(each: object) -> None:
        each.gamma, each.beta = np.ones(size, np.float32), np.zeros(size, np.float32)  # type: ignore[attr-defined]

    def linear(each: object, rows: int, columns: int) -> None:
        each.weight, each.bias = weights(rows, columns), np.zeros(rows, np.float32)  # type: ignore[attr-defined]

    spec.encoder.embeddings[0].weight = weights(len(tokens), size)
    spec.decoder.embeddings.weight = weights(len(tokens), size)
    linear(spec.decoder.projection, len(tokens), size)
    norm(spec.encoder.layer_norm)
    norm(spec.decoder.layer_norm)
    for layer in (*spec.encoder.layer, *spec.decoder.layer):
        norm(layer.self_attention.layer_norm)
        linear(layer.self_attention.linear[0], 3 * size, size)
        linear(layer.self_attention.linear[1], size, size)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, inner, size)
        linear(layer.ffn.linear_1, size, inner)
    for layer in spec.decoder.layer:
        norm(layer.attention.layer_norm)
        linear(layer.attention.linear[0], size, size)
        linear(layer.attention.linear[1], 2 * size, size)
        linear(layer.attention.linear[2], size, size)
    for encodings in (spec.encoder.position_encodings, spec.decoder.position_encodings):
        encodings.encodings = weights(600, size)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.validate()
    folder.mkdir()
    spec.save(str(folder))
