"""Delays that were measured pair by pair: what is read, and that what is drawn is what was read."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.engine.streams import Streams
from sim.errors import InputError
from sim.network.channel import Channel
from sim.network.importers import read_sites
from sim.network.latency import Constant, make_law
from sim.network.loss import make_loss
from sim.network.routes import Routes
from sim.network.rtt_archive import Measurements, read_measurements
from sim.network.sites import Link
from sim.network.tails import AboveMedian, Sampled, WayTails
from tests.data import shared_data
from tests.reference.measured_delays import one_way_ns

MEDIANS = ",a,b\na,2,20\nb,20,4\n"
P90 = ",a,b\na,4,30\nb,34,4\n"
CUBE = np.array([[[0, 0], [3, 0]], [[5, 9], [0, 0]]])
"""Two hosts: 3 one way, 5 and 9 the other way; the second measurement of the first is missing."""
UPPER = np.array([[10, 20, 30], [12, 0, 33], [0, 0, 60], [0, 0, 0]])
"""Three hosts at four times; the pairs are 0-1, 0-2 and 1-2."""


@pytest.fixture
def matrices(tmp_path):
    def read(medians: str = MEDIANS, p90: str = P90):
        (tmp_path / "p50.csv").write_text(medians, encoding="utf-8")
        (tmp_path / "p90.csv").write_text(p90, encoding="utf-8")
        return read_sites("rtt_csv", {"path": "p50.csv", "p90": "p90.csv"}, directory=str(tmp_path))

    return read


@pytest.fixture
def archive(tmp_path):
    def read(numbers, **options):
        np.savez(tmp_path / "rtt.npz", rtt=np.asarray(numbers))
        chosen = {"array": "rtt", "unit_ns": 1_000_000, "sites": None, "delays": "measured"}
        chosen |= {"path": "rtt.npz", **options}
        return read_sites("rtt_npz", chosen, directory=str(tmp_path))

    return read


def quantiles_ms(graph, a: int, b: int, levels) -> list[float]:
    """What is drawn at these levels, floor included."""
    uniforms = np.asarray(levels)
    ends = (np.full(len(uniforms), a), np.full(len(uniforms), b))
    floor_ns = Routes(graph).delay_ns()[a, b]
    return list((floor_ns + graph.tails.excess_ns(*ends, uniforms)) / 1e6)


# Two matrices


def test_a_pair_has_its_median_and_its_90th_percentile(matrices):
    # Round trips of 20 and 20, and of 30 and 34: 10 ms one way, and 16.
    assert quantiles_ms(matrices(), 0, 1, [0.5, 0.9]) == pytest.approx([10, 16])


def test_nothing_beats_the_median_and_half_of_all_messages_take_it(matrices):
    assert quantiles_ms(matrices(), 1, 0, [0, 0.25, 0.5]) == [10, 10, 10]


def test_above_the_median_the_tail_is_exponential(matrices):
    # Every factor of 5 in what is left of the probability adds what the first one added.
    assert quantiles_ms(matrices(), 0, 1, [0.98, 0.996]) == pytest.approx([22, 28])


def test_two_nodes_at_one_site_have_the_tail_of_the_diagonal(matrices):
    assert quantiles_ms(matrices(), 0, 0, [0.5, 0.9]) == pytest.approx([1, 2])
    assert quantiles_ms(matrices(), 1, 1, [0.999]) == [2]


def test_a_pair_without_a_percentile_has_the_median_tail_of_the_others(matrices):
    graph = matrices(p90=",a,b\na,4,\nb,,4\n")
    assert quantiles_ms(graph, 0, 1, [0.9]) == pytest.approx([10 + (1 + 0) / 2])


def test_a_percentile_below_the_median_is_refused_with_its_place(matrices):
    with pytest.raises(InputError, match=r"p90\.csv: row 2, column 3.*less than the median"):
        matrices(p90=",a,b\na,4,10\nb,10,4\n")


def test_matrices_of_different_sites_are_refused(matrices):
    with pytest.raises(InputError, match=r"p90\.csv: has other sites, or another order"):
        matrices(p90=",b,a\nb,4,30\na,34,4\n")


# Measurements over time


def test_both_directions_of_a_pair_are_its_measurements(archive):
    assert quantiles_ms(archive(CUBE), 0, 1, [0, 0.4, 0.7]) == [1.5, 2.5, 4.5]


def test_a_triangle_of_pairs_is_read_row_by_row(archive):
    graph = archive(UPPER, unit_ns=2_000_000)
    assert quantiles_ms(graph, 0, 1, [0, 0.5]) == [10, 12]
    assert quantiles_ms(graph, 0, 2, [0, 0.99]) == [20, 20]
    assert quantiles_ms(graph, 2, 1, [0, 0.5, 0.9]) == [30, 33, 60]


def test_with_medians_every_message_takes_the_median(archive):
    graph = archive(UPPER, delays="median")
    assert quantiles_ms(graph, 0, 1, [0, 0.99]) == [5.5, 5.5]
    assert quantiles_ms(graph, 1, 2, [0, 0.99]) == [16.5, 16.5]
    assert graph == archive(UPPER)


def test_hosts_are_taken_evenly_through_the_file(archive):
    graph = archive(UPPER, sites=2)
    assert graph.names == ("host-0", "host-2")
    assert quantiles_ms(graph, 0, 1, [0.5]) == [10]


@pytest.mark.parametrize("delays", ["measured", "median"])
def test_a_pair_that_was_never_measured_has_no_link_and_no_tail(archive, delays):
    graph = archive([[10, 0, 30]], delays=delays)
    assert [(link.a, link.b) for link in graph.links] == [(0, 1), (1, 2)]
    assert quantiles_ms(graph, 0, 2, [0.99]) == [20]


@pytest.mark.parametrize(
    ("numbers", "options", "problem"),
    [
        (CUBE, {"array": "rrt"}, "has no array 'rrt', only rtt"),
        (np.ones((2, 5)), {}, r"\[rtt\]: has the shape \(2, 5\), not"),
        (np.ones(3), {}, r"\[rtt\]: has the shape \(3,\), not"),
        (np.zeros((3, 3)), {}, r"\[rtt\]: holds no round trip"),
        (np.array(["a"]), {}, r"\[rtt\]: holds text, not numbers"),
    ],
)
def test_a_wrong_archive_is_refused(archive, numbers, options, problem):
    with pytest.raises(InputError, match=rf"rtt\.npz.*{problem}"):
        archive(numbers, **options)


@pytest.mark.parametrize(
    ("begin", "problem"),
    [(b"no", "is not an NPZ file$"), (b"", "is empty$"), (None, "cannot be read: No such file")],
)
def test_a_file_that_is_no_archive_is_refused_in_plain_words(tmp_path, begin, problem):
    if begin is not None:
        (tmp_path / "rtt.npz").write_bytes(begin)
    with pytest.raises(InputError, match=problem):
        read_measurements(str(tmp_path / "rtt.npz"), "rtt", 1)


def test_an_archive_of_objects_is_refused_without_the_advice_to_load_it(tmp_path):
    np.savez(tmp_path / "rtt.npz", rtt=np.array([[{}]], object))
    with pytest.raises(InputError, match=r"it has an array of Python objects$"):
        read_measurements(str(tmp_path / "rtt.npz"), "rtt", 1)


def test_a_single_array_is_refused(tmp_path):
    np.save(tmp_path / "rtt.npy", UPPER)
    with pytest.raises(InputError, match="is a single array, not an NPZ file"):
        read_measurements(str(tmp_path / "rtt.npy"), "rtt", 1)


def test_a_damaged_archive_is_refused(tmp_path):
    np.savez_compressed(tmp_path / "rtt.npz", rtt=np.arange(900.0).reshape(30, 30))
    data = bytearray((tmp_path / "rtt.npz").read_bytes())
    data[200:400] = bytes(200)
    (tmp_path / "rtt.npz").write_bytes(data)
    with pytest.raises(InputError, match="is not a readable NPZ file"):
        read_measurements(str(tmp_path / "rtt.npz"), "rtt", 1)


@pytest.mark.parametrize("kind", ["complex128", "timedelta64[ms]", "U3", "bool"])
def test_an_array_of_anything_but_numbers_is_refused(archive, kind):
    with pytest.raises(InputError, match=r"rtt\.npz\[rtt\]: holds .*, not numbers"):
        archive(UPPER.astype(kind))


def test_how_late_round_trips_were_is_a_law_of_its_own(tmp_path):
    np.savez(tmp_path / "rtt.npz", rtt=UPPER)
    options = {"path": "rtt.npz", "array": "rtt", "unit_ns": 1_000_000}
    law = make_law("rtt_excess", options, str(tmp_path))
    assert (law.sorted_ns / 1e6).tolist() == [0, 0, 0, 1, 1.5, 15]


def test_paths_between_measured_hosts_are_the_same_with_and_without_the_short_cut(archive):
    graph = archive(np.arange(1, 29)[None, :])
    # One more host, joined to a single other: now paths are searched for.
    far = Routes(
        replace(
            graph,
            names=(*graph.names, "far"),
            positions=(*graph.positions, None),
            links=(*graph.links, Link(0, 8, 1)),
            within_ns=(*graph.within_ns, 0),
        )
    )
    routes = Routes(graph)
    assert np.array_equal(routes.delay_ns(), far.delay_ns()[:8, :8])
    assert np.array_equal(routes.crosses(2, 5), far.crosses(2, 5)[:8, :8])
    assert routes.path(2, 5) == far.path(2, 5) == [2, 5]


@st.composite
def cubes(draw):
    """Round trips between a few hosts at a few times; 0 and nan are not measured."""
    hosts, times = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    numbers = st.one_of(st.integers(0, 3), st.integers(1, 10**6), st.just(math.nan))
    return draw(arrays(np.float64, (hosts, hosts, times), elements=numbers))


@given(cubes(), st.integers(1, 10**7), st.floats(0, 1, exclude_max=True))
def test_every_pair_draws_what_a_list_of_its_measurements_has(cube, unit_ns, u):
    assume((cube[~np.eye(len(cube), dtype=bool)] > 0).any())
    found = Measurements.of(cube, unit_ns)
    tails, pairs = found.tails(), zip(*np.triu_indices(len(cube), 1), strict=True)
    for (a, b), least_ns in zip(pairs, found.least_ns(), strict=True):
        expected = one_way_ns(cube.tolist(), unit_ns, a, b, u)
        late_ns = tails.excess_ns(np.array([b]), np.array([a]), np.array([u])).item()
        if expected is None:
            assert math.isnan(least_ns)
            assert late_ns == 0
        else:
            assert least_ns + late_ns == pytest.approx(expected, rel=1e-12)


# On the way


def judged(tails, ticks: int, splits=(0, 6)):
    """Delays of reports of six senders, three from each of two sites to the other."""
    streams = Streams(3)
    source = np.array([0, 0, 0, 1, 1, 1])
    channel = Channel(
        np.full(6, 1e6),
        [("jitter", Constant(0.0))],
        make_loss("none", {}),
        lambda purpose, tick: streams.at("up", purpose, tick=tick),
        tails=None if tails is None else WayTails(tails, source, 1 - source),
    )
    sent_ns = np.repeat(1e7 * np.arange(1, ticks + 1)[:, None], 6, axis=1)
    channel.open_step()
    parts = [
        channel.judge(0, sent_ns[:, first:last], None, first) for first, last in pairwise(splits)
    ]
    return np.concatenate(parts, axis=1) - sent_ns


def test_what_a_message_draws_does_not_depend_on_how_senders_are_cut_into_blocks():
    tails = AboveMedian(np.full((2, 2), 1e6))
    assert np.array_equal(judged(tails, 20), judged(tails, 20, splits=(0, 1, 4, 6)))


def test_messages_between_two_sites_follow_the_sample_of_their_pair():
    cells = np.array([[0, 0], [0, 0]])
    counts = np.array([[0, 4], [4, 0]])
    late_ns = judged(Sampled(np.array([0.0, 1e6, 2e6, 9e6]), cells, counts), 500) - 1e6
    values, found = np.unique(late_ns, return_counts=True)
    assert values.tolist() == [0, 1e6, 2e6, 9e6]
    error = 4 * math.sqrt(0.25 * 0.75 / 3000)
    assert np.abs(found / 3000 - 0.25).max() < error


# The shared data


LEVELS = (0.5, 0.9, 0.99, 0.999)


def fits(drawn, values, weights) -> bool:
    """Whether quantiles of a sample lie where those of the weighted values are (4 errors)."""
    order = np.argsort(values)
    cumulated = np.cumsum(weights[order]) / weights.sum()
    for level in LEVELS:
        error = 4 * math.sqrt(level * (1 - level) / len(drawn))
        rows = np.searchsorted(cumulated, [level - error, level + error])
        low, high = values[order][np.minimum(rows, len(values) - 1)]
        if not low <= np.quantile(drawn, level) <= high:
            return False
    return True


def drawn_one_way_ns(graph, count: int) -> np.ndarray:
    """Delays of messages between random pairs of different sites."""
    random = np.random.Generator(np.random.SFC64(7))
    sites = len(graph.names)
    a = random.integers(0, sites, count)
    b = (a + random.integers(1, sites, count)) % sites
    late_ns = graph.tails.excess_ns(a, b, random.random(count))
    return Routes(graph).delay_ns()[a, b] + late_ns


@pytest.mark.data
def test_seattle_messages_have_the_quantiles_of_the_measured_round_trips():
    """Every pair weighs the same, whatever the number of its measurements."""
    options = {"array": "rtt_cs", "unit_ns": 10_000_000, "sites": 40, "delays": "measured"}
    file = shared_data("latency_seattle/seattle_rtt.npz")
    drawn = drawn_one_way_ns(read_sites("rtt_npz", {"path": str(file), **options}), 40_000)
    rows = read_measurements(str(file), "rtt_cs", 10_000_000).some(40).one_way_ns
    there = ~np.isnan(rows)
    weights = np.repeat(1 / there.sum(axis=1), there.sum(axis=1))
    assert fits(drawn, rows[there], weights)
    assert not fits(1.02 * drawn, rows[there], weights)


@pytest.mark.data
def test_cloud_messages_have_the_published_90th_percentile():
    folder = shared_data("latency_aws")
    names = {"path": f"{folder}/p50_rtt_ms.csv", "p90": f"{folder}/p90_rtt_ms.csv"}
    graph = read_sites("rtt_csv", names)
    tokyo, ireland = graph.names.index("ap-northeast-1"), graph.names.index("eu-west-1")
    published = [(202.468 + 201.7245) / 4, (208.6776 + 207.5) / 4]
    assert quantiles_ms(graph, tokyo, ireland, [0.5, 0.9]) == pytest.approx(published, rel=0.01)
