"""Who lies, and how: one strategy a file.

A new attack is a class under `contract.Strategy` in a file of its own and its name in `STRATEGIES`;
the contract tests then cover it. The scenario's catalogue holds the same names.
"""

from collections.abc import Mapping
from typing import Final

from sim.adversary.churn_storm import ChurnStorm
from sim.adversary.contract import Liars, Strategy, View
from sim.adversary.count_inflation import CountInflation
from sim.adversary.delay_to_bound import DelayToBound
from sim.adversary.drop import Drop
from sim.adversary.equivocate import Equivocate
from sim.adversary.fast_liar import FastLiar
from sim.adversary.flood_alarms import FloodAlarms
from sim.adversary.forge import Forge
from sim.adversary.group_capture import GroupCapture
from sim.adversary.importance_flood import ImportanceFlood
from sim.adversary.inner_product import InnerProduct
from sim.adversary.little_is_enough import LittleIsEnough
from sim.adversary.max_for_sum import MaxForSum
from sim.adversary.mimic import Mimic
from sim.adversary.min_max import MinMax
from sim.adversary.min_sum import MinSum
from sim.adversary.push import Push
from sim.adversary.selective_silence import SelectiveSilence
from sim.adversary.sign_flip import SignFlip
from sim.adversary.silence import Silence
from sim.adversary.sleeper import Sleeper
from sim.adversary.slow_poison import SlowPoison
from sim.adversary.stale_replay import StaleReplay
from sim.adversary.sybil import Sybil
from sim.adversary.variance_deflation import VarianceDeflation
from sim.adversary.version_jump import VersionJump

STRATEGIES: Final[Mapping[str, type[Strategy]]] = {
    "churn_storm": ChurnStorm,
    "count_inflation": CountInflation,
    "delay_to_bound": DelayToBound,
    "drop": Drop,
    "equivocate": Equivocate,
    "fast_liar": FastLiar,
    "flood_alarms": FloodAlarms,
    "forge": Forge,
    "group_capture": GroupCapture,
    "importance_flood": ImportanceFlood,
    "inner_product": InnerProduct,
    "little_is_enough": LittleIsEnough,
    "max_for_sum": MaxForSum,
    "mimic": Mimic,
    "min_max": MinMax,
    "min_sum": MinSum,
    "push": Push,
    "selective_silence": SelectiveSilence,
    "sign_flip": SignFlip,
    "silence": Silence,
    "sleeper": Sleeper,
    "slow_poison": SlowPoison,
    "stale_replay": StaleReplay,
    "sybil": Sybil,
    "variance_deflation": VarianceDeflation,
    "version_jump": VersionJump,
}

__all__ = ["STRATEGIES", "Liars", "Strategy", "View"]
