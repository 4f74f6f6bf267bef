"""Version jump: claim the largest version there is.

The newest version wins, so nothing that this child ever says again can be newer: its parent keeps
for good what the jumping report said. A bound on versions (`sim.protocol.registry`) refuses it.
"""

from typing import ClassVar, Literal

from sim.adversary.contract import Strategy


class VersionJump(Strategy):
    """Its reports claim version 2**63 - 1; no options. The first that is believed is the last."""

    tiers: ClassVar[Literal["both"]] = "both"
    expects = (
        "freezes what is known of the liars at their first lie, to the end of the run; with a "
        "bound on versions only the reports that jump are lost"
    )
    version_jumps = True
