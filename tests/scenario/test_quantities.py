"""Quantities are read within their limits and written so that they can be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.schema.quantities import (
    DURATION_NS_MAX,
    parse_duration,
    parse_period,
    parse_positive_duration,
    parse_signed_duration,
)
from sim.units import (
    parse_bit_rate,
    parse_deviations,
    parse_share,
    parse_size,
    write_deviations,
    write_duration,
    write_frequency,
    write_share,
)


# Beyond 2**53 ns (104 days) the float in between cannot tell every nanosecond from the next.
@given(st.integers(0, 2**53))
def test_a_duration_can_be_written_and_read(span_ns):
    assert parse_duration(write_duration(span_ns)) == span_ns


@given(st.integers(1000, DURATION_NS_MAX // 1000))
def test_a_period_can_be_written_and_read(period_ns):
    assert parse_period(write_frequency(period_ns)) == period_ns


@given(st.floats(0, 1))
def test_a_share_can_be_written_and_read(share):
    assert parse_share(write_share(share)) == share


@given(st.floats(allow_nan=False, allow_infinity=False).filter(bool))
def test_a_size_in_deviations_can_be_written_and_read(deviations):
    assert parse_deviations(write_deviations(deviations)) == deviations


@pytest.mark.parametrize("text", ["3", 3, "3 ms", "sd", "0sd", "infsd", "1e999sd", None])
def test_a_size_without_its_unit_or_without_effect_is_refused(text):
    with pytest.raises(ValueError, match="must"):
        parse_deviations(text)


@pytest.mark.parametrize(
    ("span_ns", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (50_000, "50us"),
        (10**9, "1s"),
        (90 * 10**9, "90s"),
        (36 * 10**11, "1h"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_fits(span_ns, text):
    assert write_duration(span_ns) == text


@pytest.mark.parametrize("text", ["3651d", "-3651d", "1e300h"])
def test_a_span_beyond_ten_years_is_refused(text):
    with pytest.raises(ValueError, match="must be at most 3650d"):
        parse_signed_duration(text)


@pytest.mark.parametrize("text", ["0Hz", "-1Hz", "2MHz", "1e-320Hz", "1e-9/h", "10", 10, None])
def test_a_period_out_of_range_or_without_unit_is_refused(text):
    with pytest.raises(ValueError, match="must be"):
        parse_period(text)


def test_a_span_of_nothing_is_no_period():
    with pytest.raises(ValueError, match="must be more than 0"):
        parse_positive_duration("0s")


@pytest.mark.parametrize(
    ("parse", "text"), [(parse_size, "1e300GB"), (parse_bit_rate, "9e307kbps")]
)
def test_a_quantity_that_no_number_holds_is_refused_like_any_wrong_one(parse, text):
    with pytest.raises(ValueError, match="must be less than 1e308"):
        parse(text)
