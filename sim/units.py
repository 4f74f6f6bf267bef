"""Quantities with units: the only place that turns text into numbers and back.

Inside the program time is an int of nanoseconds, a size an int of bytes, a rate an int of bits a
second or a period in nanoseconds, and a share a float from 0 to 1.
"""

import math
import re
from typing import Final

NS_PER_S: Final = 1_000_000_000

_DURATIONS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": NS_PER_S,
    "min": 60 * NS_PER_S,
    "m": 60 * NS_PER_S,
    "h": 3600 * NS_PER_S,
    "d": 86400 * NS_PER_S,
}
_FREQUENCIES: Final = {"/h": 1 / 3600, "/min": 1 / 60, "/s": 1.0, "Hz": 1.0, "kHz": 1e3, "MHz": 1e6}
_SIZES: Final = {"B": 1, "kB": 10**3, "KiB": 2**10, "MB": 10**6, "MiB": 2**20, "GB": 10**9}
_BIT_RATES: Final = {"bps": 1, "kbps": 10**3, "Mbps": 10**6, "Gbps": 10**9}
_NUMBER: Final = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S*)\s*")


class TooLargeError(ValueError, OverflowError):
    """A quantity that no number can hold: wrong for whoever reads it, and too large for all."""


def parse_duration(text: object) -> int:
    """Nanoseconds of ``"150ms"``. Raises ValueError for a missing or wrong unit.

    >>> parse_duration("1.5s")
    1500000000
    """
    return round(_quantity(text, _DURATIONS, "a duration such as 20ms, 5s or 2h"))


def parse_frequency(text: object) -> int:
    """The period in nanoseconds of ``"10Hz"``.

    >>> parse_frequency("10Hz")
    100000000
    """
    per_second = _quantity(text, _FREQUENCIES, "a frequency such as 10Hz or 1/min")
    if per_second <= 0:
        raise ValueError("must be more than 0")
    return round(NS_PER_S / per_second)


def parse_size(text: object) -> int:
    """Bytes of ``"64KiB"``."""
    return round(_quantity(text, _SIZES, "a size such as 512B or 64KiB"))


def parse_bit_rate(text: object) -> int:
    """Bits a second of ``"100Mbps"``."""
    return round(_quantity(text, _BIT_RATES, "a rate such as 100Mbps"))


def parse_share(text: object) -> float:
    """A share from 0 to 1, given as ``"0.1%"`` or as a plain number.

    >>> parse_share("20%")
    0.2
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        share = float(text)
    else:
        share = _quantity(text, {"%": 1.0, "": 100.0}, "a share such as 5% or 0.05") / 100
    if not 0 <= share <= 1:
        meant = f"; did you mean {text}%?" if 1 < share <= 100 and "%" not in str(text) else ""
        raise ValueError(f"must be from 0% to 100%, not {text}{meant}")
    return share


def parse_deviations(text: object) -> float:
    """Standard deviations of ``"3sd"``; may be negative, but not 0.

    >>> parse_deviations("-1.5sd")
    -1.5
    """
    deviations = float(_quantity(text, {"sd": 1.0}, "a size such as 3sd or -0.5sd"))
    if deviations == 0:
        raise ValueError(f"must not be 0: {text}")
    return deviations


def parse_deviation_rate(text: object) -> float:
    """Standard deviations a second of ``"0.03sd/s"``; may be negative, but not 0.

    >>> parse_deviation_rate("0.03sd/s")
    0.03
    """
    rate = float(_quantity(text, {"sd/s": 1.0}, "a rate such as 0.03sd/s"))
    if rate == 0:
        raise ValueError(f"must not be 0: {text}")
    return rate


def _quantity(text: object, units: dict[str, float] | dict[str, int], expected: str) -> float:
    match = _NUMBER.fullmatch(str(text)) if isinstance(text, str) else None
    if match is None or match.group(2) not in units:
        raise ValueError(f"must be {expected}, not {text!r}")
    value = float(match.group(1))
    if not math.isfinite(value):
        raise ValueError(f"must be finite, not {text!r}")
    quantity = value * units[match.group(2)]
    if not math.isfinite(quantity):
        raise TooLargeError(f"must be less than 1e308 in its smallest unit, not {text!r}")
    return quantity


def format_duration(ns: float) -> str:
    """A duration as people write it, with three significant digits.

    >>> format_duration(1_690_000_000), format_duration(15_000_000), format_duration(0)
    ('1.69 s', '15 ms', '0 s')
    """
    if ns == 0:
        return "0 s"
    for unit, size in (("s", NS_PER_S), ("ms", 10**6), ("us", 10**3)):
        if abs(ns) >= size:
            return f"{_short(ns / size)} {unit}"
    return f"{_short(ns)} ns"


def write_duration(ns: int) -> str:
    """The duration in the largest unit that needs no fraction; parsed back exactly up to 104 days.

    >>> write_duration(1_500_000_000), write_duration(0)
    ('1500ms', '0s')
    """
    for unit in ("h", "min", "s", "ms", "us"):
        if ns % _DURATIONS[unit] == 0 and (ns or unit == "s"):
            return f"{ns // _DURATIONS[unit]}{unit}"
    return f"{ns}ns"


def write_frequency(period_ns: int) -> str:
    """The frequency of a period, with as many digits as it takes to get the same period back.

    >>> write_frequency(100_000_000), write_frequency(60_000_000_000)
    ('10Hz', '1/min')
    """
    for unit in ("Hz", "/min", "/h"):
        count = NS_PER_S / period_ns / _FREQUENCIES[unit]
        text = f"{count:.6g}{unit}"
        if parse_frequency(text) == period_ns and "." not in text:
            return text
    return f"{NS_PER_S / period_ns!r}Hz"


def write_bit_rate(bits_per_s: int) -> str:
    """The rate in the largest unit that needs no fraction.

    >>> write_bit_rate(2_500_000), write_bit_rate(10**9)
    ('2500kbps', '1Gbps')
    """
    for unit in ("Gbps", "Mbps", "kbps"):
        if bits_per_s % _BIT_RATES[unit] == 0:
            return f"{bits_per_s // _BIT_RATES[unit]}{unit}"
    return f"{bits_per_s}bps"


def write_share(share: float) -> str | float:
    """The share in percent where that is exact, else the number itself.

    >>> write_share(0.001), write_share(1 / 3)
    ('0.1%', 0.3333333333333333)
    """
    text = f"{share * 100:.10g}%"
    return text if parse_share(text) == share else share


def write_deviations(deviations: float) -> str:
    """Standard deviations, with as many digits as it takes.

    >>> write_deviations(3.0), write_deviations(-0.5)
    ('3sd', '-0.5sd')
    """
    return f"{deviations!r}".removesuffix(".0") + "sd"


def write_deviation_rate(per_second: float) -> str:
    """Standard deviations a second, with as many digits as it takes.

    >>> write_deviation_rate(0.03)
    '0.03sd/s'
    """
    return f"{write_deviations(per_second)}/s"


def format_size(size_bytes: float) -> str:
    """A size as people write it.

    >>> format_size(1_320_000)
    '1.32 MB'
    """
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if abs(size_bytes) >= size:
            return f"{_short(size_bytes / size)} {unit}"
    return f"{_short(size_bytes)} B"


def format_count(count: int, noun: str) -> str:
    """So many things, of a noun that takes an s.

    >>> format_count(1, "agent"), format_count(1_200, "agent")
    ('1 agent', '1,200 agents')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
