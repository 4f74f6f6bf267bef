"""The send policy of a scenario, for all agents at once; sizes are in sd between agents, as are
the values that it is offered.
"""

import numpy as np

from sim.protocol.routing.registry import POLICIES
from sim.protocol.routing.sending.contract import SendPolicy
from sim.scenario.variant import Variant


def make_policy(send: Variant, agents: int, features: int) -> SendPolicy:
    """Of `sim.protocol.routing`, by its name."""
    options = dict(send.options)
    if send.kind == "periodic":
        # How often an agent looks is how often it sends.
        options["period_ns"] = 0
    elif send.kind == "geometric":
        options["weights"] = np.eye(features)[0]
    return POLICIES[send.kind](agents, features, **options)
