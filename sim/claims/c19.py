"""C19: a critical deviation is detected in less than 1 ms.

Certainty takes samples: of a shift by mu sd, ln(1 / alpha) / (mu^2 / 2) on average at a chance
alpha of a false alarm, whatever the test (Wald 1945; theory 2.5), and at least one. So the rate of
sampling and the size of the shift decide, and what the network adds is small beside them.
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.claim import Claim, Experiment, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, Floor, at_least, at_most, told
from sim.claims.measured import ratio

PROMISED_S: Final = 1e-3
SIZES: Final = (0.5, 1.0, 3.0, 10.0)
RATES_HZ: Final = (10, 1_000, 100_000)
AT_10_HZ: Final = [{"size": size, "rate_hz": 10} for size in SIZES]
PURE: Final = Experiment(
    "detection_delay",
    cells=[*AT_10_HZ, *({"size": 1.0, "rate_hz": rate} for rate in RATES_HZ[1:])],
    replications=8,
)
NETWORK: Final = ScenarioSource(
    "c19-network", fast=("replications=2",), fast_only=("detection.decide=root",)
)
PERIOD_S: Final = 0.1
"""Of the reports in `c19-network`."""
MEAN: Final = "mean time from the begin of a shift to the alarm"
WHY: Final = "{rate:,} samples a second and at least {samples:.3g} of them"


def judge(of: Evidence) -> Iterator[Finding]:
    """Samples alone at the promised 10 Hz, then more often, then whole runs with a network."""
    for size in SIZES:
        along = Along("shifts of", size, f"{size:g} sd")
        yield _delay(of, size, RATES_HZ[0], "agents are looked at ten times a second", along)
        yield _samples(of, size, along)
    for rate in RATES_HZ:
        along = Along("at a rate of", rate, f"{rate:,} Hz")
        when = "agents judge shifts of 1 sd themselves"
        yield _delay(of, 1.0, rate, when, along)
    yield from _runs(of)


def _delay(of: Evidence, size: float, rate_hz: int, when: str, along: Along) -> Finding:
    settings = {"size": size, "rate_hz": rate_hz}
    samples, least = (of(PURE.name, name, settings) for name in ("samples_floor", "delay_floor"))
    floor = Floor(least.value, WHY.format(rate=rate_hz, samples=samples.value))
    delay = of(PURE.name, "delay", settings)
    return at_most(delay, PROMISED_S, MEAN, when, floor=floor, along=along)


def _samples(of: Evidence, size: float, along: Along) -> Finding:
    settings = {"size": size, "rate_hz": RATES_HZ[0]}
    least = of(PURE.name, "samples_floor", settings).value
    asked = "samples until the alarm, against ln(1/alpha)/KL"
    return told(at_least(of(PURE.name, "samples", settings), least, asked, "", along=along))


def _runs(of: Evidence) -> Iterator[Finding]:
    floor = Floor(PERIOD_S / 2, "half of all shifts begin 50 ms or more before the next value")
    asked = "median time from the begin of a shift by 5 sd to the alarm"
    for decide in of.values(NETWORK.name, "detection.decide"):
        settings = {"detection.decide": decide}
        delay = of(NETWORK.name, "detection.delay.median", settings)
        who = "the root decides" if decide == "root" else "locals decide"
        when = f"{who} in runs over a continent"
        yield at_most(delay, PROMISED_S, asked, when, floor=floor)
        network = ratio(of(NETWORK.name, "detection.delay.median.loss", settings), delay)
        yield told(at_most(network, 0.5, "part of it that is the network's", when))


CLAIM: Final = Claim(
    id="C19",
    promise="A critical deviation is detected in less than 1 ms",
    sources=(PURE, NETWORK),
    judge=judge,
    reading="From the begin of a shift to an alarm with one false alarm in a thousand. At the "
    "promised 10 Hz the next value alone is 50 ms away on average, and by theory half a standard "
    "deviation takes 58 of them. What the network adds to that is told beside it.",
)
