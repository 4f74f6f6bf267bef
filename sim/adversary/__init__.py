"""Who lies, and how: one strategy a file.

A new attack is a class under `contract.Strategy` in a file of its own and its name in `STRATEGIES`;
the contract tests then cover it. The scenario's catalogue holds the same names.
"""

from collections.abc import Mapping
from typing import Final

from sim.adversary.contract import Liars, Strategy, View
from sim.adversary.push import Push

STRATEGIES: Final[Mapping[str, type[Strategy]]] = {
    "push": Push,
}

__all__ = ["STRATEGIES", "Liars", "Strategy", "View"]
