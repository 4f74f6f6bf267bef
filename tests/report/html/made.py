"""Runs as a report sees them, from a few lines of arithmetic and no engine."""

from dataclasses import replace

from sim.measure.metrics import MetricValue
from sim.report.export.stored import Stored
from sim.report.html.facts import Run
from sim.scenario.plan import JournalPlan, Threshold, Variant
from tests.measure.synthetic import Fault, S, make_plan, make_tables

CUT = Fault(20 * S, 35 * S, (2,))
POINT = Variant("point", {})
RING = Variant("ring", {"sites": 8, "length_km": 500.0})
BROKEN = MetricValue("staleness.baseline.violation", 10.3, "s", 5, 10.2, 10.4, 0)
KEPT = Threshold(BROKEN.name, None, 16.0, 0)


def made(*faults, tables=None, regions=8, source=POINT, manifest=None, **plan):
    """A run of a minute under these faults; further arguments replace parts of its plan."""
    tables = make_tables(faults, regions) if tables is None else tables
    small = make_plan(regions=regions, thresholds=(KEPT,))
    small = replace(small, topology=replace(small.topology, source=source))
    small = replace(small, journal=JournalPlan(None, ()), **plan)
    stored = Stored(small, "0123abcd-s1", "small.yaml", None, 1, tables, (), read=None)
    told = {"verdict": "pass", "fingerprints": [{"fingerprint": "1ab26f3d"}], "seed": 1}
    return Run("results/runs/small", told | (manifest or {}), stored, [BROKEN])
