"""The figure is judged by eye; here it is held to what an eye cannot see or would soon forget."""

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ResultsError
from sim.report.recovery_figure import recovery_figure
from sim.report.style import new_figure, save
from sim.scenario.plan import FaultPlan
from tests.measure.synthetic import Fault, S, make_plan, make_tables, with_samples
from tests.report.layout import beyond_the_page, overlapping
from tests.report.reading import labels, panel

pytestmark = pytest.mark.slow

CUT = Fault(20 * S, 35 * S, (2,))


def draw(*faults, regions=8, duration_ns=60 * S, tables=None):
    tables = tables or make_tables(faults, regions, duration_ns)
    return recovery_figure(tables, make_plan(duration_ns, regions))


def texts(axes):
    return [text.get_text() for text in axes.texts]


@pytest.fixture(scope="module")
def figure():
    return draw(CUT)


def test_the_title_stands_above_the_figure(figure):
    assert texts(figure.axes[0])[0].startswith("partition-recovery: region-2 cut off for 15 s")


def test_the_lanes_are_the_fault_the_cut_region_and_the_others(figure):
    lanes = [tick.get_text() for tick in panel(figure, "Which").get_yticklabels()]
    assert lanes == ["partition: region-2", "region-2", "7 other regions"]


def test_the_heal_is_named(figure):
    assert "heal" in texts(panel(figure, "Which"))


def test_each_milestone_has_its_seconds_after_the_heal(figure):
    assert texts(panel(figure, "How long"))[:2] == ["+0.076 s", "+0.076 s"]


def test_the_highest_point_of_the_cut_region_is_its_oldest_age(figure):
    curve = next(
        line for line in panel(figure, "How old").get_lines() if line.get_label() == "region-2"
    )
    tables = make_tables([CUT])
    assert curve.get_ydata().max() * 1e9 == tables.regions["oldest_age_ns"].max()


def test_what_a_region_knows_of_itself_is_drawn_while_it_is_cut_off(figure):
    (dashed,) = (
        line for line in panel(figure, "How old").get_lines() if "dashed" in str(line.get_label())
    )
    at_s = dashed.get_xdata()[~np.isnan(dashed.get_ydata())]
    assert (at_s.min(), at_s.max()) == pytest.approx((20, 35), abs=0.4)


def test_who_knows_nothing_of_itself_has_no_dashed_line():
    tables = make_tables([CUT])
    unknown = np.full(len(tables.regions["time_ns"]), -1)
    blind = replace(tables, regions={**tables.regions, "inside_age_ns": unknown})
    assert not any("dashed" in label for label in labels(panel(draw(tables=blind), "How old")))


def test_every_axis_of_a_value_has_its_unit(figure):
    assert [axes.get_ylabel() for axes in figure.axes[-3:]] == [
        "age (s)",
        "sources (%)",
        "error (sd)",
    ]
    assert figure.axes[-1].get_xlabel() == "simulated time (s)"


def test_no_legend_covers_a_panel(figure):
    figure.draw_without_rendering()
    for axes in figure.axes:
        if axes.get_legend():
            assert axes.get_legend().get_window_extent().x0 >= axes.get_window_extent().x1


def test_everything_but_the_header_fits_on_the_page(figure):
    assert beyond_the_page(figure) == []


def test_no_two_panels_overlap(figure):
    assert overlapping(figure) == []


def test_a_recovery_that_was_not_seen_is_said_in_words():
    tables = make_tables([CUT])
    bad = with_samples(tables, error_mean=np.ones(len(tables.samples["time_ns"])))
    assert texts(panel(draw(tables=bad), "How long"))[2] == "not within 25 s"


def test_a_recovery_that_was_watched_too_briefly_is_said_so():
    figure = draw(Fault(20 * S, 59 * S, (2,)))
    assert texts(panel(figure, "How long"))[1] == "+0.076 s, if it lasts"


def test_a_run_without_a_heal_has_no_recovery_panel():
    figure = draw(Fault(20 * S, -1, (2,)))
    assert "never heals" in texts(panel(figure, "Which"))
    assert not any(axes.get_title(loc="left").startswith("How long") for axes in figure.axes)


def test_a_calm_run_can_be_drawn():
    lanes = panel(draw(regions=3, duration_ns=30 * S), "Which").get_yticklabels()
    assert [tick.get_text() for tick in lanes] == ["all 3 regions"]


def test_an_error_of_0_is_drawn_at_a_floor_that_the_legend_names():
    tables = make_tables([CUT])
    exact = with_samples(tables, error_mean=np.zeros(len(tables.samples["time_ns"])))
    assert "published baseline\n(0 drawn at 1e-05)" in labels(panel(draw(tables=exact), "Error"))


def test_sixty_regions_fit_into_a_few_lanes():
    faults = [Fault(20 * S, 35 * S, tuple(range(30))), Fault(45 * S, -1, (3, 40))]
    lanes = panel(draw(*faults, regions=60), "Which").get_yticklabels()
    assert [tick.get_text() for tick in lanes][2:] == [
        "regions 0-2, 4-29",
        "region-3",
        "region-40",
        "29 other regions",
    ]


def test_what_chance_brings_is_one_lane():
    process = FaultPlan("outages", 0, None, {}, "f[0]")
    tables = make_tables([Fault(20 * S, 25 * S, (2,)), Fault(40 * S, 45 * S, (3,))])
    tables.faults["fault"][:] = ["f[0]/a/0", "f[0]/b/0"]
    plan = replace(make_plan(), faults=(process,))
    lanes = panel(recovery_figure(tables, plan), "Which").get_yticklabels()
    assert [tick.get_text() for tick in lanes][:2] == ["2 times partition, by chance", "region-2"]


def test_many_heals_are_not_told_in_words():
    faults = [Fault(at * 5 * S, (at * 5 + 1) * S, (2,)) for at in range(1, 11)]
    figure = draw(*faults)
    assert texts(panel(figure, "How long")) == []


def test_two_drawings_of_one_run_are_the_same_bytes(tmp_path):
    first, second = (
        save(
            draw(Fault(5 * S, 7 * S, (1,)), regions=3, duration_ns=10 * S),
            tmp_path / name,
            ["svg"],
        )
        for name in ("first", "second")
    )
    assert first[0].read_bytes() == second[0].read_bytes()


def test_every_format_is_the_same_bytes_for_the_same_figure(tmp_path):
    def small():
        figure = new_figure(2, 1)
        axes = figure.add_subplot(title="ages")
        axes.plot([0, 1], [1, 2], label="root")
        axes.bar([0], [1], hatch="//")
        axes.legend()
        return figure

    first, second = (save(small(), tmp_path / name) for name in ("first", "second"))
    assert [path.suffix for path in first] == [".svg", ".pdf", ".png"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_saving_leaves_the_files_and_nothing_else(tmp_path, figure):
    paths = save(figure, tmp_path / "recovery", ["svg", "png"])
    assert [path.name for path in paths] == ["recovery.svg", "recovery.png"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_folder_that_is_not_there_is_an_error_of_the_user(tmp_path, figure):
    with pytest.raises(ResultsError, match="cannot write"):
        save(figure, tmp_path / "absent" / "recovery", ["png"])


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path, figure):
    (tmp_path / "recovery.png").mkdir()
    with pytest.raises(ResultsError, match="cannot write"):
        save(figure, tmp_path / "recovery", ["png"])
    assert [path.name for path in tmp_path.iterdir()] == ["recovery.png"]


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path, figure):
    with pytest.raises(ValueError, match="formats are svg, pdf, png, not 'gif'"):
        save(figure, tmp_path / "recovery", ["png", "gif"])
    assert not list(tmp_path.iterdir())
