"""The figure of what baselines say beyond means and deviations: what it shows, and what it says."""

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.errors import ResultsError
from sim.measure.tables import Tables
from sim.report.dependence.figure import dependence_figure
from tests.engine.dependence_runs import gathered, plan
from tests.measure.synthetic import make_plan, make_tables
from tests.report.layout import beyond_the_page, overlapping


def drawn(kind, of="dependence"):
    tables = Tables.of(whole(gathered(kind, of=of).tables))
    return dependence_figure(tables, plan(kind, of=of))


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes[1:]]


def header(figure):
    return [text.get_text().replace("\n", " ") for text in figure.axes[0].texts]


@pytest.fixture(scope="module")
def figure():
    return drawn("mean_correlation")


def test_a_panel_says_what_the_error_is_and_holds_every_publication(figure):
    assert titles(figure)[0] == "Error of mean_correlation: difference of the mean correlations"
    table = gathered("mean_correlation").tables["dependence"]
    (line,) = [one for one in figure.axes[1].get_lines() if one.get_label() == "error"]
    assert line.get_xdata() == pytest.approx(table["published_ns"] / 1e9)
    assert line.get_ydata() == pytest.approx(np.maximum(table["error"], 1e-16))


def test_what_a_method_does_not_say_has_no_panel(figure):
    assert "Mean correlation that the root reads" in titles(figure)
    assert "Mean correlation that the root reads" not in titles(drawn("blocks"))


def test_quantiles_have_errors_of_ranks_and_of_values():
    (axes, *_) = drawn("kll", of="quantiles").axes[1:]
    labels = [line.get_label() for line in axes.get_lines()]
    assert labels == ["of a rank", "of a value, relative", "judged from here on"]


def test_the_header_says_what_was_read_and_what_a_round_takes(figure):
    title, below = header(figure)
    assert "mean_correlation is read with an error of " in title
    assert below.startswith("dependence: at least 100 % of the values at ")


@pytest.mark.slow
def test_everything_fits_on_the_page(figure):
    assert beyond_the_page(figure) == overlapping(figure) == []


def test_a_run_that_gathers_nothing_has_no_such_figure():
    with pytest.raises(ResultsError, match=r"neither `baseline\.dependence` nor"):
        dependence_figure(make_tables(), make_plan())
