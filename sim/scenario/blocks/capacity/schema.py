"""What may be written about what nodes can hold."""

from typing import Annotated

from pydantic import Field

from sim.scenario.schema.control import Size
from sim.scenario.schema.quantities import Block


class Capacity(Block):
    """Memory of nodes by role; how much of it state and queues take is measured."""

    memory: Annotated[dict[str, Size], Field(min_length=1)] | None = Field(
        default=None,
        description="memory of a node of a tier, by the tier's name; left out = unlimited",
        examples=[{"local": "64MB", "root": "1GB"}],
    )
