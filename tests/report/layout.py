"""Whether a drawn figure fits on its page; what does not is named by its panel's number.

Panel 0 is the header, whose lines are drawn beside its axes; it is left out.
"""

from functools import lru_cache
from itertools import pairwise


@lru_cache(maxsize=1)  # laying a figure out takes longest, and two ask for it
def boxes(figure):
    """What each panel covers, labels and legends included, in pixels from the lower left."""
    figure.draw_without_rendering()
    return [axes.get_tightbbox() for axes in figure.axes[1:]]


def beyond_the_page(figure):
    """Panels that are cut off at an edge."""
    return [
        number
        for number, box in enumerate(boxes(figure), 1)
        if min(box.x0, box.y0) < 0 or box.x1 > figure.bbox.width or box.y1 > figure.bbox.height
    ]


def overlapping(figure):
    """Panels that reach into the one below."""
    pairs = enumerate(pairwise(boxes(figure)), 1)
    return [number for number, (above, below) in pairs if above.y0 < below.y1]
