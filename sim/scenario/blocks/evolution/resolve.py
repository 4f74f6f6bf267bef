"""From the block `evolution` to its part of a plan."""

from sim.protocol.topology.limits import most_slack
from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn
from sim.scenario.blocks.evolution.schema import Children, Evolution


def resolve_evolution(block: Evolution | None, tiers: int) -> EvolutionPlan | None:
    """That of a tree with so many tiers, agents and root included; None where it stays as it is."""
    if block is None:
        return None
    above = [_fan_in(block.regionals)] * max(tiers - 3, 0)
    return EvolutionPlan(
        fan_in=(_fan_in(block.locals), *above),
        present=block.start,
        joins_ns=block.joins,
        leaves_ns=block.leaves,
        from_ns=block.at,
        until_ns=block.until,
        epoch_ns=block.epoch,
        borrow=block.borrow,
        place=block.place,
        shuffle=block.shuffle,
        adapt=block.adapt,
    )


def _fan_in(block: Children) -> FanIn:
    # Bounds that thrash with any slack are refused for that (`checks`).
    most = max(most_slack(block.min, block.max), 0)
    return FanIn(block.min, block.max, most if block.slack is None else block.slack)
