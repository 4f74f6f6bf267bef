"""Who lies, and how: one strategy a file.

A new attack is a class under `contract.Strategy` in a file of its own and its name in `STRATEGIES`;
the contract tests then cover it. The scenario's catalogue holds the same names.
"""

from collections.abc import Mapping
from typing import Final

from sim.adversary.contract import Liars, Strategy, View
from sim.adversary.group_capture import GroupCapture
from sim.adversary.inner_product import InnerProduct
from sim.adversary.little_is_enough import LittleIsEnough
from sim.adversary.mimic import Mimic
from sim.adversary.min_max import MinMax
from sim.adversary.min_sum import MinSum
from sim.adversary.push import Push
from sim.adversary.sign_flip import SignFlip
from sim.adversary.sleeper import Sleeper
from sim.adversary.slow_poison import SlowPoison
from sim.adversary.stale_replay import StaleReplay
from sim.adversary.sybil import Sybil

STRATEGIES: Final[Mapping[str, type[Strategy]]] = {
    "group_capture": GroupCapture,
    "inner_product": InnerProduct,
    "little_is_enough": LittleIsEnough,
    "mimic": Mimic,
    "min_max": MinMax,
    "min_sum": MinSum,
    "push": Push,
    "sign_flip": SignFlip,
    "sleeper": Sleeper,
    "slow_poison": SlowPoison,
    "stale_replay": StaleReplay,
    "sybil": Sybil,
}

__all__ = ["STRATEGIES", "Liars", "Strategy", "View"]
