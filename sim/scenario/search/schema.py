"""What may stand in the file of a search.

It names a scenario and says what may be added to it: who may lie, in how many places and how, what
may fail, and how much of all that at most. Nothing here says what is bad enough to be tried first.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, Strict

from sim.scenario.catalogue import ADVERSARIES
from sim.scenario.schema.quantities import (
    COUNT_MAX,
    Block,
    Count,
    Deviations,
    Duration,
    OptionalDuration,
    PositiveDuration,
    Seed,
    Text,
    Texts,
)
from sim.scenario.schema.scenario import Thresholds

SEARCHED_FAULTS: Final = (
    "partition",
    "crash",
    "degrade",
    "hold",
    "pause",
    "link_down",
    "site_down",
    "duplicate",
    "reorder",
    "corrupt",
)
"""Those whose options the search knows how to draw."""
ATTACKS: Final = tuple(ADVERSARIES)
SIZES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


class LiarSpace(Block):
    """Who may lie, and how."""

    where: Text = Field(description="a tier: agents, locals, regionals ...")
    liars: Count = Field(description="the most that lie, all attacks together")
    attacks: Annotated[Count, Field(le=10)] = Field(
        default=1, description="the most different attacks at a time"
    )
    kinds: (
        Annotated[
            list[Literal[ATTACKS]],  # type: ignore[valid-type]
            Field(min_length=1),
        ]
        | None
    ) = Field(default=None, description="kinds of attack; left out = all that the tier can do here")
    sizes: Annotated[list[Deviations], Field(min_length=1)] = Field(
        default=list(SIZES), description="how far lies may be off, where a kind has such an option"
    )
    timing: bool = Field(
        default=True, description="whether attacks may begin late and end early; false: all the run"
    )


class FaultSpace(Block):
    """What may fail."""

    most: Annotated[Count, Field(le=20)] = Field(description="the most faults")
    cut: PositiveDuration | None = Field(
        default=None, description="the most time of all faults together; left out = no limit"
    )
    kinds: Annotated[
        list[Literal[SEARCHED_FAULTS]],  # type: ignore[valid-type]
        Field(min_length=1),
    ] = Field(default=list(SEARCHED_FAULTS), description="kinds of fault; left out = all")
    nodes: Texts = Field(
        default_factory=list,
        description="what they may hit, one or several: selectors such as region-2 or root-0/1; "
        "left out = every region, and every replica of the root",
    )


class SearchFile(Block):
    """A search for the worst."""

    version: Literal[1] = Field(alias="search", description="version of this format")
    name: Annotated[Text, Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=80)] = Field(
        description="short name: small letters, digits and dashes"
    )
    about: str = Field(default="", description="one sentence: what is looked for")
    scenario: Text = Field(description="the scenario file, from the folder of this file")
    changes: dict[str, Any] = Field(
        default_factory=dict, alias="set", description="values of the scenario that are changed"
    )
    seed: Seed = Field(default=1, description="where the order of trials comes from")
    budget: Annotated[int, Strict(), Field(ge=2, le=COUNT_MAX)] = Field(
        default=400, description="runs, half to explore and half to make the find small"
    )
    step: OptionalDuration = Field(
        default=None, description="grid of all times; left out = a twentieth of the duration"
    )
    after: Duration = Field(
        default=0,
        description="nothing that is tried begins before, from the start of the run",
        json_schema_extra={"default": "0s"},
    )
    worst: Text = Field(description="the metric that is to become as bad as can be, or invariants")
    damage: Thresholds = Field(  # type: ignore[valid-type]
        default_factory=Thresholds,
        description="how bad it must be to be kept; left out = nine tenths of the worst found",
    )
    adversaries: LiarSpace | None = Field(default=None, description="left out = nobody else lies")
    faults: FaultSpace | None = Field(default=None, description="left out = nothing else fails")
