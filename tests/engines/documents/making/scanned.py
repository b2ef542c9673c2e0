"""Scans: pages as pictures, turned a little, with noise, uneven light and the losses of JPEG."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.engines.documents.making.made import Made

SCALE = 2.0
"""Pixels a point: 144 dpi."""


def scan(
    made: Made, *, seed: int = 0, degrees: float = 1.2, noise: float = 14.0, quality: int = 60
) -> Made:
    """The document as a PDF of pictures."""
    pages = [
        worn(page, seed + n, degrees, noise, quality) for n, page in enumerate(pictures(made.data))
    ]
    return _bound(made, pages)


def turned_scan(made: Made, degrees: int, *, seed: int = 0) -> Made:
    """The same with pages that were laid on the scanner turned clockwise by right angles."""
    pages = [
        worn(page, seed + n, 1.2, 14.0, 60).rotate(-degrees, expand=True)
        for n, page in enumerate(pictures(made.data))
    ]
    return _bound(made, pages)


def _bound(made: Made, pages: Sequence[Any]) -> Made:
    data = io.BytesIO()
    pages[0].save(data, "PDF", save_all=True, append_images=pages[1:], resolution=72 * SCALE)
    return Made(
        f"{made.name} scanned", made.kind, data.getvalue(), "application/pdf", made.expected
    )


def pictures(data: bytes, scale: float = SCALE) -> list[Any]:
    """The pages of a PDF as Pillow pictures."""
    import pypdfium2

    file = pypdfium2.PdfDocument(data)
    try:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in file]
    finally:
        file.close()


def worn(page: Any, seed: int, degrees: float, noise: float, quality: int) -> Any:
    """As a cheap scanner gives it."""
    from PIL import Image, ImageFilter

    dice = np.random.default_rng(seed)
    angle = float(dice.uniform(-degrees, degrees))
    page = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor="white")
    page = page.filter(ImageFilter.GaussianBlur(0.6))
    pixels = np.asarray(page).astype(np.float32)
    light = np.linspace(1.0, float(dice.uniform(0.82, 0.95)), pixels.shape[1])[None, :, None]
    grain = dice.normal(0, noise, pixels.shape[:2])[:, :, None]
    pixels = np.clip(pixels * light + grain, 0, 255).astype(np.uint8)
    specks = dice.integers(0, [[pixels.shape[0]], [pixels.shape[1]]], (2, 150))
    pixels[specks[0], specks[1]] = 60
    data = io.BytesIO()
    Image.fromarray(pixels).convert("L").save(data, "JPEG", quality=quality)
    return Image.open(io.BytesIO(data.getvalue())).convert("RGB")
