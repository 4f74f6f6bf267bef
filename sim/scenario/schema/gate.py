"""How much worse than its baseline a run may be, metric by metric."""

from pydantic import Field

from sim.scenario.schema.per_metric import per_metric
from sim.scenario.schema.quantities import Block, Number, PositiveDuration, Share

_ABOUT = "the smallest worsening that matters, more than nothing"


class DurationTolerance(Block):
    """Tolerance of a metric that is a time."""

    worse_by: PositiveDuration = Field(description=_ABOUT)


class ShareTolerance(Block):
    """Tolerance of a metric that is a share: 2% is two points."""

    worse_by: Share = Field(gt=0, description=_ABOUT)


class NumberTolerance(Block):
    """Tolerance of any other metric, in its unit."""

    worse_by: Number = Field(gt=0, description=_ABOUT)


Gate = per_metric(
    "Gate",
    "What must not get worse, and by how much.",
    {"s": DurationTolerance, "share": ShareTolerance},
    NumberTolerance,
)
