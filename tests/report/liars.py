"""Sweeps over shares of liars as results of cells and as curves, without a run."""

from dataclasses import replace
from itertools import product
from pathlib import Path

from sim.measure.breakdown import floor_sd
from sim.measure.cells import CellResult
from sim.measure.metrics import MetricValue
from sim.report.sweeps.curves import SweptCell
from sim.scenario.grid import Cell
from sim.scenario.plan import Variant
from tests.measure.lied import AGENTS_LIE, GUARDED, lied_plan
from tests.measure.synthetic import MEAN

SHARE = "adversaries[0].share"
RULE = "baseline.rule"
PLACEMENT = "adversaries[0].placement"
NESTED = "{kind: robust, estimator: trimmed_mean, f: 33%, over: nested}"
SHARES = ("0%", "5%", "10%", "20%", "33%", "45%")
RULES = {
    "mean": MEAN,
    "{kind: guarded_mean, f: 20%}": GUARDED,
    NESTED: replace(
        GUARDED, kind="robust", over="nested", f=0.33, estimator=Variant("trimmed_mean", {})
    ),
}
PLACEMENTS = ("random", "worst")


def bias(share, rule, placement):
    """Liars 10 sd off: the mean follows, a median stays at its floor, nested trimming is owned."""
    noise, part = 0.02, float(share.removesuffix("%")) / 100
    if rule == "mean":
        return noise + 10 * part
    owned = {"worst": 0.05, "random": 0.4}[placement]
    if rule == NESTED and part >= owned:
        return 10.0
    return noise + floor_sd(part)


def breaking(shares=SHARES, rules=tuple(RULES), placements=PLACEMENTS):
    """The cells of a sweep of rules, placements and shares of liars, with their plans."""
    return [_cell(*point) for point in product(rules, placements, shares)]


def _cell(rule, placement, share):
    part = float(share.removesuffix("%")) / 100
    liar = replace(AGENTS_LIE, kind="push", share=part, placement=placement)
    settings = {RULE: rule, PLACEMENT: placement, SHARE: share}
    value = bias(share, rule, placement)
    found = MetricValue("bias.max", value, "sd", 5, 0.9 * value, 1.1 * value, 0)
    # A plan has no adversary whose share is 0, and then nobody asks for the bias of a plain mean.
    plan = lied_plan(RULES.get(rule, MEAN), [liar] if part else ())
    values = (found,) if part or rule != "mean" else ()
    return CellResult(Cell(settings, plan), Path("runs/x/ab12-s1"), "pass", values)


def as_swept(results):
    """The same as they are read from the table of a sweep."""
    return [
        SweptCell(one.cell.settings, {value.name: value for value in one.values}) for one in results
    ]
