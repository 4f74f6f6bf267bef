"""Pictures for pages: PNG files with few colours, a third of the size and no worse to look at."""

from pathlib import Path
from typing import Final

COLOURS: Final = 128
"""Edges stay smooth with so many, and a file is a third of what it would be."""


def shrink(source: Path, target: Path) -> None:
    """Write a picture with few colours and no dots: what was one colour stays one.

    The file appears whole or not at all. Pillow comes with matplotlib.
    """
    from PIL import Image

    with Image.open(source) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    half_done = target.with_suffix(".part")
    few.save(half_done, format="PNG", optimize=True)
    half_done.replace(target)
