"""Blocks with a key for each metric, so that an editor can complete and check them."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, create_model

from sim.scenario.catalogue import METRICS
from sim.scenario.schema.quantities import Block


def per_metric(
    name: str, about: str, of_unit: Mapping[str, type[Block]], otherwise: type[Block]
) -> type[Block]:
    """A block in which each metric has what its unit asks for; dots in names become ``_``."""
    fields: dict[str, Any] = {
        metric.name.replace(".", "_"): (
            of_unit.get(metric.unit, otherwise) | None,
            Field(default=None, alias=metric.name, description=f"{metric.about}, {metric.unit}"),
        )
        for metric in METRICS
    }
    return create_model(name, __base__=Block, __doc__=about, **fields)
