"""The face detector by LiteRT: a picture in, numbers out. The only module that imports it."""

from typing import Any

import numpy as np

from jobmill_engine import ModelMissing, PlatformFailed, add_libraries, model_folder
from jobmill_engines.faces.boxes import ANSWERS, NUMBERS, SIDE, Floats

EXTRA, MODEL = "motion", "blazeface"
WEIGHTS = "face_detection_short_range.tflite"


class Network:
    """The loaded detector. Raises `ModelMissing` without library or weights."""

    def __init__(self, threads: int) -> None:
        file = model_folder(MODEL) / WEIGHTS
        if not file.is_file():
            raise ModelMissing(MODEL, f"lacks {WEIGHTS}")
        library = _library()
        try:
            self._net = library.Interpreter(str(file), num_threads=threads)
            self._net.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise PlatformFailed(
                "model_unusable",
                f"{WEIGHTS} of the model {MODEL!r} cannot be loaded ({error}). Install it anew:"
                f" jobmill models remove {MODEL}, and install.",
            ) from error
        self._input = self._net.get_input_details()[0]["index"]
        outputs = self._net.get_output_details()
        self._outputs = {int(np.prod(each["shape"])): each["index"] for each in outputs}

    def detect(self, picture: Any) -> tuple[Floats, Floats]:
        """Boxes (896, 16) and scores before the sigmoid (896,) of a Pillow picture of 128 × 128."""
        pixels = np.asarray(picture, np.float32)[None] / 127.5 - 1.0
        self._net.set_tensor(self._input, pixels.reshape(1, SIDE, SIDE, 3))
        self._net.invoke()
        boxes = self._net.get_tensor(self._outputs[ANSWERS * NUMBERS])
        return boxes.reshape(ANSWERS, NUMBERS), self._net.get_tensor(self._outputs[ANSWERS]).ravel()


def _library() -> Any:
    add_libraries(EXTRA)
    try:
        from ai_edge_litert import interpreter
    except ImportError as error:
        raise ModelMissing(MODEL, f"lacks its libraries ({error})") from error
    return interpreter
