"""Figures of what is gathered beside baselines."""

import math
from dataclasses import replace

import pytest

from sim.measure.dependence import DEPENDENCE_FIGURES
from sim.measure.tables import table
from sim.scenario.blocks.dependence.metrics import METRICS
from tests.measure.synthetic import S, make_plan, make_tables

PLAN = make_plan()
BOUND_S = PLAN.staleness.baseline_ns // S


def tables(name="dependence", **columns):
    """A table of that name, a row a second from the first on; columns that are not given are 1."""
    rows = len(next(iter(columns.values())))
    errors = {"dependence": ("mean", "error"), "quantiles": ("error_rank", "error_value")}[name]
    names = ("version", "instants", "coverage", "messages", "bytes", "operations", *errors)
    given = {column: columns.get(column, [1] * rows) for column in names}
    published = {"published_ns": [(row + 1) * S for row in range(rows)]}
    return replace(make_tables(()), **{name: table(name, {**published, **given})})


def figure(name, **columns):
    return DEPENDENCE_FIGURES[name](tables(name.split(".")[0], **columns), PLAN)


def test_every_metric_of_the_block_has_a_figure_and_no_other():
    assert sorted(metric.name for metric in METRICS) == sorted(DEPENDENCE_FIGURES)


def test_errors_are_judged_from_the_baseline_bound_on():
    early = [9.0] * (BOUND_S - 1)
    assert figure("dependence.error.max", error=[*early, 0.1, 0.3, 0.2]) == 0.3
    assert figure("dependence.error", error=[*early, 0.1, 0.3, 0.2]) == 0.2


def test_what_was_not_read_has_no_error_and_counts_as_not_covered():
    early = [1.0] * (BOUND_S - 1)
    lost = [*early, math.nan, 0.2]
    assert figure("dependence.error", error=lost) == 0.2
    assert figure("dependence.coverage", error=lost, coverage=[*early, 0.0, 1.0]) == 0.5


@pytest.mark.parametrize("name", ["dependence.error", "quantiles.error.rank", "quantiles.bytes"])
def test_a_run_that_is_over_before_the_bound_has_no_figure(name):
    columns = {"coverage": [1.0] * (BOUND_S - 1)}
    assert math.isnan(figure(name, **columns))


@pytest.mark.parametrize("column", ["messages", "bytes", "operations"])
@pytest.mark.parametrize("name", ["dependence", "quantiles"])
def test_what_a_round_takes_is_a_mean(name, column):
    early = [100] * (BOUND_S - 1)
    assert figure(f"{name}.{column}", **{column: [*early, 2, 4]}) == 3.0


def test_ranks_and_values_have_errors_of_their_own():
    early = [1.0] * (BOUND_S - 1)
    columns = {"error_rank": [*early, 0.01], "error_value": [*early, 0.5]}
    assert figure("quantiles.error.rank", **columns) == 0.01
    assert figure("quantiles.error.value.max", **columns) == 0.5
