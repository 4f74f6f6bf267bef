"""Means over stretches of time: how far that of one stretch is from that of another.

A baseline is no state but the mean of all values of a window that moves on while a reader holds
what was made of an earlier one. What the two have in common cancels, so an interval has to allow
for the part only that has been replaced.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

_LEAST: Final = 1e-4
"""Shortest span, beside all that are compared: differences are then right to 1e-4 or so."""


class Span(NamedTuple):
    """A stretch of time that a mean is taken over."""

    begin_ns: int
    end_ns: int

    @property
    def length_ns(self) -> int:
        """At least 1 ns, also if nothing is in it yet."""
        return max(1, self.end_ns - self.begin_ns)

    def shared_ns(self, other: "Span") -> int:
        """How long the two overlap."""
        return max(0, min(self.end_ns, other.end_ns) - max(self.begin_ns, other.begin_ns))


SpanAt = Callable[[int], Span]
"""Which span a reader wants to know the mean of, at an instant."""


def noise_factor(held: Span, wanted: Span, share: float = 1.0) -> float:
    """Variance of the difference that noise makes, in units of its variance in the mean held.

    Of N independent values in what is held and M in what is wanted, O in both, the difference of
    the means has variance s^2 (1/N + 1/M - 2 O/(N M)). At a steady rate N and O are as the lengths
    of the spans, and `share` is that of all sources which the N values are of.

    >>> noise_factor(Span(0, 10), Span(0, 10)), noise_factor(Span(0, 10), Span(20, 30))
    (0.0, 2.0)
    >>> noise_factor(Span(0, 10), Span(2, 12))  # 2 age / window
    0.4
    """
    both = held.length_ns - 2 * held.shared_ns(wanted)
    return max(0.0, 1 + share * both / wanted.length_ns)


def mean_variation(twice: Callable[[float], float], held: Span, wanted: Span) -> float:
    """Variance of the difference between a process's means over two spans.

    With D(h) = E (w(t + h) - w(t))^2 it is the mean of D between the spans, less half its mean
    within each (Cressie, Statistics for Spatial Data, 1993, section 2.3: block averages). `twice`
    is D integrated twice from 0, an even function of ns.
    """
    held, wanted = _lengthened(held, wanted)
    between = (
        twice(held.end_ns - wanted.begin_ns)
        - twice(held.begin_ns - wanted.begin_ns)
        - twice(held.end_ns - wanted.end_ns)
        + twice(held.begin_ns - wanted.end_ns)
    ) / (held.length_ns * wanted.length_ns)
    within = sum(twice(span.length_ns) / span.length_ns**2 for span in (held, wanted))
    return max(0.0, between - within)


def _lengthened(*spans: Span) -> list[Span]:
    """With no span so short beside them all that differences would be lost in rounding."""
    whole = max(span.end_ns for span in spans) - min(span.begin_ns for span in spans)
    least = max(1, round(whole * _LEAST))
    return [Span(min(span.begin_ns, span.end_ns - least), span.end_ns) for span in spans]
