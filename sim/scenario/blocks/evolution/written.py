"""The block `evolution` written back."""

from typing import Any

from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn
from sim.units import write_duration, write_frequency


def written_evolution(plan: EvolutionPlan | None) -> dict[str, Any]:
    """The block, if there is one, every default visible."""
    if plan is None:
        return {}
    return {
        "evolution": {
            "locals": _children(plan.fan_in[0]),
            **({"regionals": _children(plan.fan_in[1])} if len(plan.fan_in) > 1 else {}),
            "start": plan.present,
            "joins": _coming(plan.joins_ns),
            "leaves": _coming(plan.leaves_ns),
            "at": write_duration(plan.from_ns),
            **({} if plan.until_ns is None else {"until": write_duration(plan.until_ns)}),
            "epoch": write_duration(plan.epoch_ns),
            "borrow": plan.borrow,
            "place": plan.place,
            "shuffle": plan.shuffle,
            "adapt": plan.adapt,
        }
    }


def _children(plan: FanIn) -> dict[str, int]:
    return {"min": plan.minimum, "max": plan.maximum, "slack": plan.slack}


def _coming(mean_ns: int | None) -> str:
    return "none" if mean_ns is None else write_frequency(mean_ns)
