"""The statistics of the gate: is a run worse than its baseline, and can we tell? docs/gate.md."""

from sim.measure.gate.effect import Effect, Levels, measure_effect
from sim.measure.gate.rates import error_rates
from sim.measure.gate.rearrangements import fewest
from sim.measure.gate.samples import Sample, common, figures
from sim.measure.gate.verdict import Change, judge_gate

__all__ = [
    "Change",
    "Effect",
    "Levels",
    "Sample",
    "common",
    "error_rates",
    "fewest",
    "figures",
    "judge_gate",
    "measure_effect",
]
