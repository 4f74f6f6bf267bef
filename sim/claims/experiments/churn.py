"""How often one tier of a tree changes its shape while agents join and leave at random.

The process of theory 11: joins and leaves are equally likely, a join goes to any node and a leave
is any agent's, and the tree may put itself right after every single one. Thirty nodes begin half
way between their thresholds.
"""

from typing import Final

import numpy as np

from sim.protocol.topology.limits import Limits
from sim.protocol.topology.operations import Structural
from sim.protocol.topology.placing import join, leave
from sim.protocol.topology.rebalancing import plan_epoch
from sim.protocol.topology.state import founded

UNITS: Final = {"operations": "1", "moved": "1"}
NODES: Final = 30


def run(seed: int, *, fewest: int, most: int, events: int) -> dict[str, float]:
    """Operations (splits and merges), and children that they moved, each per join or leave."""
    rng = np.random.default_rng(seed)
    agents = NODES * (fewest + most) // 2
    limits = Limits(fewest, most)
    state = founded((agents, NODES), (3 * agents, 4 * NODES), (limits,))
    done: list[Structural] = []
    for _ in range(events):
        away = state.parents[0] < 0
        comes = rng.random() < 0.5
        one = [int(rng.choice(np.flatnonzero(away if comes else ~away)))]
        state, _placed = join(state, one, rng) if comes else leave(state, one)
        state, operations = plan_epoch(state, borrow=False)
        done += [operation for operation in operations if isinstance(operation, Structural)]
    moved = sum(len(operation.children) for operation in done)
    return {"operations": len(done) / events, "moved": moved / events}
