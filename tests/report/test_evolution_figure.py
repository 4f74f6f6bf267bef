"""The figure is judged by eye; here it is held to what an eye cannot see or would soon forget."""

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ResultsError
from sim.measure.tables import empty
from sim.report.evolution.figure import evolution_figure
from sim.report.evolution.words import headline
from sim.report.style import save
from tests.measure.synthetic import Fault, S
from tests.report.evolved import ADAPTED, evolved, evolved_plan
from tests.report.layout import beyond_the_page, overlapping
from tests.report.reading import panel, rows

pytestmark = pytest.mark.slow

CUT = Fault(20 * S, 30 * S, (2,))


def draw(tables=None):
    return evolution_figure(tables or evolved([CUT]), evolved_plan())


@pytest.fixture(scope="module")
def figure():
    return draw()


def test_the_title_says_who_came_and_went_and_what_the_tree_did(figure):
    title, below = (text.get_text() for text in figure.axes[0].texts)
    assert title == "storm: 1 join and 2 leaves; 2 splits, 1 merge, 1 borrow"
    assert below == (
        "The run: nobody is counted twice, 5 % of the values are not counted, "
        "4.17 % of the nodes out of bounds after an epoch"
    )


def test_what_anomalies_made_the_tree_do_is_said_too():
    assert headline(evolved(did=ADAPTED), evolved_plan()) == (
        "storm: 0 joins and 0 leaves; 1 local given up, 9 agents dealt out, 2 agents isolated"
    )


def test_a_tree_that_did_nothing_is_said_to_stay_as_it_is():
    still = evolved(did=[("refused split", 1, 0, 40)])
    assert headline(still, evolved_plan()) == (
        "storm: 0 joins and 0 leaves; the tree stays as it is"
    )


def test_a_local_that_is_given_up_has_not_failed():
    axes = panel(draw(evolved(did=ADAPTED)), "What the tree did")
    assert rows(axes) == ["local given up (1)", "children dealt out (1)", "isolated (2)"]


def test_the_last_node_of_a_tier_that_is_smaller_than_wanted_is_explained():
    small = {"nodes": np.tile([20, 1], 6), "least": np.tile([12, 2], 6), "most": [12, 2] * 6}
    figure = draw(evolved(shapes=small))
    assert "(a last one may be small)" in figure.axes[0].texts[1].get_text()
    assert (
        panel(figure, "Children of a regional")
        .get_title(loc="left")
        .endswith("; a last node may be smaller")
    )
    assert "last" not in panel(figure, "Children of a local").get_title(loc="left")


def test_where_all_values_are_counted_a_line_says_so_instead_of_an_empty_panel():
    figure = draw(evolved(census={"values_counted": np.full(5, 1000)}))
    assert "all values are counted" in figure.axes[0].texts[1].get_text()
    assert not [axes for axes in figure.axes if axes.get_title(loc="left").startswith("Values")]


def test_agents_that_are_counted_twice_are_cried_out():
    figure = draw(evolved(census={"agents_counted": [400, 401, 300, 400, 400]}))
    assert "COUNTED TWICE in 1 panes" in figure.axes[0].texts[1].get_text()


def test_values_counted_twice_have_bars_of_their_own():
    axes = panel(draw(evolved(census={"values_counted": [1000, 1100, 750, 1000, 1000]})), "Values")
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["not counted", "counted twice"]


def test_there_is_a_panel_for_the_children_of_each_tier(figure):
    titles = [axes.get_title(loc="left") for axes in figure.axes[1:]]
    assert [title.partition(":")[0].partition(";")[0].partition(",")[0] for title in titles] == [
        "What was done to the network",
        "Agents",
        "Nodes in use",
        "Children of a local",
        "Children of a regional",
        "What the tree did",
        "Values that were measured in a pane and that the root never counts",
    ]


def test_a_run_without_faults_has_no_lanes_of_them():
    assert draw(evolved()).axes[1].get_title(loc="left").startswith("Agents")


def test_operations_have_a_lane_a_kind_with_how_many_there_were(figure):
    axes = panel(figure, "What the tree did")
    assert rows(axes) == ["split (2)", "merge (1)", "borrow (1)", "refused, no room (1)"]
    assert [text.get_text() for text in axes.texts] == ["2"]


def test_children_are_drawn_from_the_smallest_to_the_largest_node(figure):
    most, least = panel(figure, "Children of a local").get_lines()[2:4]
    assert set(most.get_ydata()) == {44}
    assert set(least.get_ydata()) == {9}
    assert most.get_xdata()[-1] == 60


def test_half_children_are_on_no_scale():
    small = {"most": np.tile([8, 8], 6), "least": np.tile([6, 6], 6)}
    axes = panel(draw(evolved(shapes=small)), "Children of a regional")
    assert all(float(tick).is_integer() for tick in axes.get_yticks())


def test_a_fault_whose_nodes_others_took_over_from_does_not_heal_when_it_ends():
    early = Fault(20 * S, 30 * S, (2,), relieved_ns=22 * S)
    axes = panel(draw(evolved([early])), "What was done to the network")
    assert [text.get_text() for text in axes.texts] == ["taken over before"]


def test_uncounted_values_stand_where_their_pane_was(figure):
    bars = panel(figure, "Values").patches[:5]
    assert [bar.get_height() for bar in bars] == [0, 0, 25, 0, 0]
    assert [bar.get_x() for bar in bars] == [0, 10, 20, 30, 40]


def test_a_run_in_which_nothing_happens_can_be_drawn():
    still = replace(evolved(), operations=empty("operations"), census=empty("census"))
    figure = draw(still)
    figure.draw_without_rendering()
    assert rows(panel(figure, "What the tree did")) == []


def test_a_tree_that_stays_as_it_is_has_no_such_figure():
    with pytest.raises(ResultsError, match="storm has no `evolution`"):
        evolution_figure(evolved(), replace(evolved_plan(), evolution=None))


def test_everything_fits_on_the_page_and_no_two_panels_overlap(figure):
    assert beyond_the_page(figure) == []
    assert overlapping(figure) == []


def test_it_can_be_saved(figure, tmp_path):
    (file,) = save(figure, tmp_path / "storm", ("png",))
    assert file.stat().st_size > 10_000
