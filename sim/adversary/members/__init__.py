"""Liars among the members of a committee: one strategy a file, by the names of the catalogue.

A new one is a class under `contract.Shim` in a file of its own and its name in `SHIMS`; the
scenario's checks (`sim.scenario.members`) hold the same names.
"""

from collections.abc import Mapping
from typing import Final

from sim.adversary.members.contract import Seat, Shim
from sim.adversary.members.delay_to_bound import DelayToBound
from sim.adversary.members.equivocate import Equivocate
from sim.adversary.members.forge import Forge
from sim.adversary.members.selective_silence import SelectiveSilence
from sim.adversary.members.silence import Silence
from sim.adversary.members.stale_replay import StaleReplay

SHIMS: Final[Mapping[str, type[Shim]]] = {
    "delay_to_bound": DelayToBound,
    "equivocate": Equivocate,
    "forge": Forge,
    "selective_silence": SelectiveSilence,
    "silence": Silence,
    "stale_replay": StaleReplay,
}

__all__ = ["SHIMS", "Seat", "Shim"]
