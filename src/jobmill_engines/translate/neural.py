"""Translation by CTranslate2 with a model's folder. The only module that imports it.

Folders: a package of Argos Translate (metadata.json, sentencepiece.model, model/), an NLLB or M2M
model (a vocabulary with tokens for languages), or one of a single pair (source.spm, target.spm).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jobmill_engine import EngineFailed, ModelMissing, PlatformFailed, add_libraries
from jobmill_engines.translate.layouts import Layout, layout_of

EXTRA = "translate"
LONGEST = 512
"""Tokens of one translated sentence at most."""


class NeuralTranslator:
    """A loaded model for one pair of languages. Raises PlatformFailed."""

    def __init__(
        self, folder: Path, languages: tuple[str, str], threads: int, beam_size: int
    ) -> None:
        self.name = folder.name
        self._beam_size = beam_size
        ctranslate2, sentencepiece = _libraries()
        self._layout: Layout = layout_of(folder, languages)
        try:
            self._model = ctranslate2.Translator(
                str(self._layout.model), device="cpu", inter_threads=1, intra_threads=threads
            )
            self._source = _pieces(sentencepiece, self._layout.source_pieces)
            self._target = _pieces(sentencepiece, self._layout.target_pieces)
        except (RuntimeError, ValueError, OSError) as error:
            told = f"The model {folder.name!r} in {folder} cannot be loaded ({error})"
            raise PlatformFailed("model_unusable", f"{told}: put all of it there again.") from error

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence by itself, without sampling. Raises EngineFailed."""
        layout = self._layout
        tokens = [
            [*layout.before, *self._source.encode(each, out_type=str), *layout.after]
            for each in sentences
        ]
        prefix = [list(layout.prefix)] * len(tokens) if layout.prefix else None
        try:
            found = self._model.translate_batch(
                tokens,
                target_prefix=prefix,
                beam_size=self._beam_size,
                max_batch_size=16,
                max_decoding_length=LONGEST,
                replace_unknowns=True,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineFailed("translator_failed", f"{self.name}: {error}") from error
        return [self._text(each.hypotheses[0]) for each in found]

    def _text(self, tokens: Sequence[str]) -> str:
        drop = len(self._layout.prefix)
        same = list(tokens[:drop]) == list(self._layout.prefix)
        kept = [each for each in (tokens[drop:] if same else tokens) if each != "</s>"]
        return str(self._target.decode(kept)).strip()


def _pieces(sentencepiece: Any, file: Path) -> Any:
    return sentencepiece.SentencePieceProcessor(model_file=str(file))


def _libraries() -> tuple[Any, Any]:
    add_libraries(EXTRA)
    add_libraries("speech")  # has CTranslate2, too
    try:
        import ctranslate2
        import sentencepiece
    except ImportError as error:
        raise ModelMissing("ctranslate2", f"lacks its libraries ({error})") from error
    return ctranslate2, sentencepiece
