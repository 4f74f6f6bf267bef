"""What turns scores into alarms: what each rule assumes of agents, and where it may decide.

Plain data, so that a file can be checked before anything heavy is imported; the rules themselves
are in `sim.detection.controls`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Assumption = Literal["independence", "prds", "any", "sequential"]
"""Of the p- or e-values of normal agents: independent of each other; positively dependent at most;
anything; or each independent of all that was tested before it, at earlier instants too."""
Tier = Literal["local", "region", "root"]
Bound = Literal["any_false", "fdr", "fdr.overall"]
"""What is kept below the level on average, as the metric behind ``detection.``."""
EVERYWHERE: Final[tuple[Tier, ...]] = ("local", "region", "root")


@dataclass(frozen=True, slots=True)
class Procedure:
    """A control by its assumptions."""

    assumes: Assumption
    bounds: Bound | None = "fdr"
    """What it promises of a deciding node; None: nothing about agents together."""
    on_e_values: bool = False
    """Whether it tests e-values; others are turned into some, at a great loss."""
    online: bool = False
    """Whether a deciding node's promise is for all of the run, and levels fall as it tests. Such
    rules take e-values as they are, too."""
    decides: tuple[Tier, ...] = EVERYWHERE
    """Where it makes sense."""


PROCEDURES: Final[Mapping[str, Procedure]] = {
    "addis": Procedure("sequential", "fdr.overall", online=True),
    "bh": Procedure("prds"),
    "bonferroni": Procedure("any", "any_false"),
    "by": Procedure("any"),
    "e_bh": Procedure("any", on_e_values=True),
    "e_lond": Procedure("any", "fdr.overall", on_e_values=True, online=True),
    "lord": Procedure("sequential", "fdr.overall", online=True),
    "proportion_matching": Procedure("independence", decides=("region", "root")),
    "qute": Procedure("prds", decides=("local",)),
    "saffron": Procedure("sequential", "fdr.overall", online=True),
    "threshold": Procedure("any", None),
}
"""A threshold promises nothing about all agents together, so it needs nothing of them."""
