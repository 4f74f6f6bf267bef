"""One contract for all latency laws, and each law against its theory."""

import gzip
import json
import math

import numpy as np
import pytest

from sim.errors import InputError
from sim.network.latency import (
    LATENCY_LAWS,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    ParetoExponential,
    Uniform,
    Weibull,
    make_law,
)
from sim.network.latency.law import LONGEST_NS
from sim.scenario import catalogue
from tests.data import shared_data

LAWS = {
    "constant": Constant(5e6),
    "uniform": Uniform(1e6, 3e6),
    "normal": Normal(2e6, 1e6),
    "exponential": Exponential(4e6),
    "lognormal": Lognormal(1e6, 0.5),
    "pareto_exponential": ParetoExponential(0.4, 1e6, 2.5, 5e6),
    "empirical": Empirical([3e6, 1e6, 2e6, 8e6]),
    "gamma": Gamma(0.5, 4e6),
    "rtt_excess": Empirical([0.0, 1e6]),
    "weibull": Weibull(0.5, 2e6),
}
DRAWS = 100_000


def stream(seed: int = 7) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(seed))


def drawn(law, count: int = DRAWS, seed: int = 7) -> np.ndarray:
    out = np.empty(count)
    law.draw(stream(seed), out)
    return out


def share_below(law, delay_ns: float) -> float:
    return float(np.mean(drawn(law) <= delay_ns))


def within_errors(share: float, expected: float) -> bool:
    """Whether a share of DRAWS independent draws is within 4 standard errors of its theory."""
    return abs(share - expected) <= 4 * math.sqrt(expected * (1 - expected) / DRAWS)


def mean_within_errors(values: np.ndarray, mean: float, sd: float) -> bool:
    return abs(values.mean() - mean) <= 4 * sd / math.sqrt(len(values))


each_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)


def test_every_law_has_a_contract_test_and_is_in_the_catalogue():
    assert sorted(LATENCY_LAWS) == sorted(LAWS) == list(catalogue.LATENCY_LAWS)


@each_law
def test_drawing_in_two_parts_is_the_same_as_drawing_at_once(law):
    source, parts = stream(), np.empty(1000)
    law.draw(source, parts[:301])
    law.draw(source, parts[301:])
    assert np.array_equal(parts, drawn(law, 1000))


@each_law
def test_nothing_is_drawn_below_the_floor(law):
    assert drawn(law).min() >= law.floor_ns


@each_law
def test_the_floor_is_nearly_reached(law):
    assert drawn(law).min() <= law.floor_ns + 0.5e6


@each_law
def test_every_delay_is_finite_and_not_negative(law):
    values = drawn(law)
    assert np.all(np.isfinite(values) & (values >= 0))


@each_law
def test_drawing_nothing_leaves_the_stream_where_it_is(law):
    source = stream()
    law.draw(source, np.empty(0))
    assert source.random() == stream().random()


@each_law
def test_part_of_a_larger_array_is_filled_and_nothing_else(law):
    out = np.full(30, -1.0)
    law.draw(stream(), out[10:20])
    assert np.array_equal(out[10:20], drawn(law, 10))
    assert np.all(out[:10] == -1) & np.all(out[20:] == -1)


def test_a_constant_leaves_the_stream_where_it_is():
    source = stream()
    Constant(5e6).draw(source, np.empty(10))
    assert source.random() == stream().random()


def test_a_constant_is_exact():
    assert np.all(drawn(Constant(5e6), 10) == 5e6)


def test_uniform_has_its_mean():
    assert mean_within_errors(drawn(Uniform(1e6, 3e6)), 2e6, 2e6 / math.sqrt(12))


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_uniform_has_its_quantiles(level):
    assert within_errors(share_below(Uniform(1e6, 3e6), 1e6 + level * 2e6), level)


def test_normal_has_its_mean_far_from_zero():
    assert mean_within_errors(drawn(Normal(20e6, 1e6)), 20e6, 1e6)


def test_normal_is_cut_to_zero_as_often_as_it_would_be_negative():
    assert within_errors(share_below(Normal(1e6, 1e6), 0.0), 0.158655)


def test_normal_without_spread_has_its_mean_as_floor():
    assert Normal(3e6, 0.0).floor_ns == drawn(Normal(3e6, 0.0), 5).max() == 3e6


def test_exponential_has_its_mean():
    assert mean_within_errors(drawn(Exponential(4e6)), 4e6, 4e6)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.99])
def test_exponential_has_its_quantiles(level):
    assert within_errors(share_below(Exponential(4e6), -4e6 * math.log(1 - level)), level)


def test_lognormal_has_its_mean():
    mean = 1e6 * math.exp(0.5**2 / 2)
    sd = mean * math.sqrt(math.expm1(0.5**2))
    assert mean_within_errors(drawn(Lognormal(1e6, 0.5)), mean, sd)


@pytest.mark.parametrize(("z", "level"), [(-1.281552, 0.1), (0.0, 0.5), (2.326348, 0.99)])
def test_lognormal_has_its_quantiles(z, level):
    assert within_errors(share_below(Lognormal(1e6, 0.5), 1e6 * math.exp(0.5 * z)), level)


def test_lognormal_without_spread_has_its_median_as_floor():
    assert Lognormal(3e6, 0.0).floor_ns == drawn(Lognormal(3e6, 0.0), 5).max() == 3e6


@pytest.mark.parametrize("delay_ms", [0.5, 1.5, 4.0, 20.0])
def test_pareto_exponential_has_the_distribution_of_its_mixture(delay_ms):
    pareto = 1 - delay_ms**-2.5 if delay_ms > 1 else 0.0
    expected = 0.4 * pareto + 0.6 * -math.expm1(-delay_ms / 5)
    assert within_errors(share_below(LAWS["pareto_exponential"], delay_ms * 1e6), expected)


def test_pareto_alone_has_its_mean_and_its_scale_as_floor():
    law = ParetoExponential(1.0, 1e6, 5.0, 9e6)
    assert law.floor_ns == 1e6
    assert mean_within_errors(drawn(law), 1.25e6, 1e6 * math.sqrt(5 / (4**2 * 3)))


def test_a_mixture_without_pareto_is_exponential():
    assert mean_within_errors(drawn(ParetoExponential(0.0, 1e6, 5.0, 9e6)), 9e6, 9e6)


def test_gamma_has_its_mean_and_spread():
    values, mean, sd = drawn(Gamma(0.5, 4e6)), 2e6, math.sqrt(0.5) * 4e6
    assert mean_within_errors(values, mean, sd)
    # The fourth central moment is 3 sd^4 (1 + 2 / shape).
    assert abs(values.var() - sd**2) <= 4 * sd**2 * math.sqrt((3 * 5 - 1) / DRAWS)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.99])
def test_weibull_has_its_quantiles(level):
    assert within_errors(share_below(Weibull(0.5, 2e6), 2e6 * math.log(1 - level) ** 2), level)


def test_empirical_draws_each_value_equally_often():
    values, counts = np.unique(drawn(LAWS["empirical"]), return_counts=True)
    assert list(values) == [1e6, 2e6, 3e6, 8e6]
    assert all(within_errors(count / DRAWS, 0.25) for count in counts)


@pytest.fixture
def csv_file(tmp_path):
    def write(text: str) -> dict[str, object]:
        (tmp_path / "delays.csv").write_text(text, encoding="utf-8")
        return {"path": str(tmp_path / "delays.csv"), "column": "rtt", "unit": "ms"}

    return write


def test_empirical_reads_a_named_column_in_its_unit(csv_file):
    law = make_law("empirical", csv_file("host,rtt\na,2\nb,1.5\n"))
    assert list(law.sorted_ns) == [1.5e6, 2e6]


def test_empirical_reads_a_numbered_column_without_a_header(csv_file):
    law = make_law("empirical", {**csv_file("9,2\n9,3\n"), "column": 2, "unit": "us"})
    assert list(law.sorted_ns) == [2e3, 3e3]


OUTAGES = "vendor,min\nA,5\nB,9\nA,0\nA,\nA,60\nB,-3\n"


@pytest.mark.parametrize(
    ("chosen", "minutes"),
    [
        ({"where": "vendor=B", "least_ns": 1.0}, [9]),
        ({"where": "vendor=A", "missing": "skip"}, [0, 5, 60]),
        ({"missing": "skip", "least_ns": 60 * 10**9}, [5, 9, 60]),
        ({"missing": "skip", "least_ns": 0.0, "most_ns": 540 * 10**9}, [0, 5, 9]),
    ],
)
def test_rows_of_a_sample_can_be_chosen(csv_file, chosen, minutes):
    law = make_law("empirical", {**csv_file(OUTAGES), "column": "min", "unit": "min", **chosen})
    assert (law.sorted_ns / 60e9).tolist() == minutes


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        ({"where": "vendor=C"}, "column min holds no values where vendor=C"),
        ({"where": "vendor"}, "'vendor' is not a column and its text, such as vendor=GCP"),
        ({"where": "seller=A"}, "has no column 'seller'; the first row is vendor, min"),
        ({"where": "vendor=A"}, "row 5, column 2: is empty"),
        ({"where": "vendor=B"}, "row 7, column 2: a delay of -3.0 is less than 0"),
    ],
)
def test_a_choice_of_rows_that_cannot_be_is_refused(csv_file, chosen, problem):
    options = {**csv_file(OUTAGES), "column": "min", "unit": "min", **chosen}
    with pytest.raises(InputError) as error:
        make_law("empirical", options)
    assert f"delays.csv: {problem}" in str(error.value)


def test_a_packed_file_of_delays_is_unpacked(tmp_path):
    with gzip.open(tmp_path / "delays.csv.gz", "wt") as file:
        file.write("rtt\n4\n")
    options = {"path": "delays.csv.gz", "column": "rtt", "unit": "s"}
    assert make_law("empirical", options, str(tmp_path)).sorted_ns.tolist() == [4e9]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("host,delay\na,1\n", "has no column 'rtt'; the first row is host, delay"),
        ("host,rtt\na,1\nb,\n", "row 3, column 2: is empty"),
        ("host,rtt\na,x\n", "row 2, column 2: 'x' is not a number"),
        ("host,rtt\na,-1\n", "row 2, column 2: a delay of -1.0"),
        ("host,rtt\na\n", "row 2 has only 1 columns"),
        ("host,rtt\n", "column rtt holds no values"),
        ("", "is empty"),
    ],
)
def test_a_wrong_file_of_delays_is_refused_with_the_place(csv_file, text, problem):
    with pytest.raises(InputError) as error:
        make_law("empirical", csv_file(text))
    assert f"delays.csv: {problem}" in str(error.value)


def test_a_law_is_made_from_its_name_and_options():
    assert make_law("lognormal", {"median_ns": 1e6, "sigma": 0.3}) == Lognormal(1e6, 0.3)


PBS_TABLE = [
    # law, message, and the 50th, 95th, 99th and 99.9th percentile in ms (data card of the set)
    ("LNKD-SSD", "W", 0.253, 0.40, 1.30, 2.7),
    ("LNKD-DISK", "W", 2.459, 14.59, 24.68, 53.9),
    ("YMMR", "W", 3.764, 69.96, 644.80, 1480.8),
    ("YMMR", "A", 1.808, 3.65, 27.45, 132.6),
]


@pytest.mark.data
@pytest.mark.parametrize("row", PBS_TABLE, ids=lambda row: f"{row[0]}-{row[1]}")
def test_the_production_delays_have_the_percentiles_of_their_table(row):
    """A quantile's standard error is that of its level, over the density: so compare levels.

    The table is rounded to two or three digits, hence the second term.
    """
    mixture = json.loads(shared_data("latency_pbs/pbs_mixtures.json").read_text())[row[0]][row[1]]
    law = ParetoExponential(
        mixture["pareto_weight"],
        mixture["pareto_xm_ms"] * 1e6,
        mixture["pareto_alpha"],
        1e6 / mixture["exponential_rate_per_ms"],
    )
    values = drawn(law, 400_000)
    for level, expected_ms in zip((0.5, 0.95, 0.99, 0.999), row[2:], strict=True):
        error = 4 * math.sqrt(level * (1 - level) * (1 / 400_000 + 1 / 2_000_000))
        lower, upper = np.quantile(values, [level - error, min(1.0, level + error)]) / 1e6
        assert 0.985 * lower <= expected_ms <= 1.015 * upper


@pytest.mark.parametrize("law", [Weibull(0.001, 1e6), ParetoExponential(1.0, 1e6, 0.001, 1e6)])
def test_the_heaviest_tails_end_where_instants_still_are_whole_numbers(law):
    """Else a message would be infinitely late, which is what a lost one is."""
    assert drawn(law).max() == LONGEST_NS
    assert 3 * LONGEST_NS < 2**63
