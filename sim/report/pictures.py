"""Pictures for pages: PNG files with few colours, a third of the size and no worse to look at."""

from pathlib import Path
from typing import Final

from sim.report.export.drafts import draft_file

COLOURS: Final = 128
"""Edges stay smooth with so many, and a file is a third of what it would be."""


def shrink(source: Path, target: Path) -> None:
    """Write a picture with few colours and no dots: what was one colour stays one.

    The file appears whole or not at all. Raises ResultsError if it cannot be written. Pillow comes
    with matplotlib.
    """
    from PIL import Image

    with Image.open(source) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    with draft_file(target) as draft:
        few.save(draft, format="PNG", optimize=True)
