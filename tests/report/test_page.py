"""What is on every page: a title of even lines, labels that stay on it, names of what is there."""

from dataclasses import replace

import pytest

from sim.report.lanes import lanes
from sim.report.page import title_lines
from sim.report.recovery_figure import recovery_figure
from sim.report.style import DPI, save
from sim.report.words import title
from tests.measure.synthetic import make_plan, make_tables


def test_labels_stay_on_the_page_at_the_resolution_of_the_file(tmp_path):
    """Letters are fitted to pixels, so their width depends on the resolution."""
    figure = recovery_figure(make_tables(), make_plan())
    save(figure, tmp_path / "recovery", ("png",))
    figure.set_dpi(DPI)
    labels = [label for axes in figure.axes for label in axes.get_yticklabels()]
    assert min(label.get_window_extent().x0 for label in labels) >= 0.05 * DPI


@pytest.mark.parametrize("letters", range(60, 90))
def test_a_number_and_its_per_cent_sign_are_on_one_line(letters):
    lines = title_lines("x" * letters + " covers 94.9 % of what was claimed by everybody there")
    assert not any(line.startswith("%") for line in lines)
    assert "\N{NO-BREAK SPACE}" not in "".join(lines)


def test_below_the_root_of_a_tree_of_one_level_are_agents():
    plan = make_plan()
    flat = replace(plan, tiers=(plan.tiers[0], plan.tiers[-1]))
    tables = make_tables()
    told = [lane.label for lane in lanes(tables, flat)] + [title(tables, flat)]
    told += [axes.get_title(loc="left") for axes in recovery_figure(tables, flat).axes]
    assert "Which agents can reach the root" in told
    assert not [one for one in told if "region" in one]
