"""C04: a distributed baseline matches the centralised one within 0.01.

No norm was given; the five of theory 9 are asked for, each in the four regimes: nothing fails, loss
and age, partition, lies. Floors: who hears of n drifting agents `age` late misses their mean by
sqrt((1 - exp(-2 age / tau)) / n); who does not hear a share g that has moved by m misses it by g m;
and with a share of liars no rule has a smaller largest bias than the median (theory 4, Huber 1964).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sim.claims.claim import Claim, Experiment, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, Floor, at_most, told
from sim.claims.measured import largest

EPSILON: Final = 0.01
SIZES: Final[Mapping[str, tuple[float, ...]]] = {
    "all_there": (0.0,),
    "lost": (0.001, 0.01, 0.1),
    "old": (1.0, 5.0, 60.0),
    "cut_off": (0.02, 0.2, 1.0),
    "lied": (0.005, 0.02, 0.1, 0.333),
    "lied_alike": (10_000.0,),
}
WHEN: Final[Mapping[str, str]] = {
    "lost": "reports are lost for good",
    "old": "the root knows all as it was",
    "cut_off": "an eighth of the agents is cut off",
    "lied": "agents lie and the root takes medians",
}
PURE: Final = Experiment(
    "baseline_norms",
    cells=[
        {"situation": situation, "size": size} for situation in SIZES for size in SIZES[situation]
    ],
    replications=10,
    seed=20261123,
)
RUNS: Final = ScenarioSource("c04-runs", in_fast=False)
SHAPE: Final = "deviations, covariances and ranks"
GROUPS: Final[Mapping[str, Sequence[str]]] = {
    "means": ("mean",),
    SHAPE: ("sd", "cov", "rank"),
    "posteriors": ("post",),
}
METRICS: Final[Mapping[str, Sequence[str]]] = {
    "E_mean and E_sd": ("error.mean.max", "error.sd.max"),
    "E_cov and E_rank": ("dependence.error.max", "quantiles.error.rank.max"),
}
"""Running sums, which a lost message does not change, and windows that are sent once."""
LOSS: Final = "topology.loss"


def judge(of: Evidence) -> Iterator[Finding]:
    """Merging alone, what each regime does to each norm, and whole runs."""
    there = _cell("all_there", 0.0)
    exact = largest([of(PURE.name, norm, there) for norms in GROUPS.values() for norm in norms])
    yield at_most(exact, EPSILON, "largest of all five norms", "all reports are there at once")
    for situation in WHEN:
        for group, norms in GROUPS.items():
            for size in SIZES[situation]:
                yield from _regime(of, situation, group, norms, size)
    yield _alike(of)
    yield from _runs(of)


def _regime(
    of: Evidence, situation: str, group: str, norms: Sequence[str], size: float
) -> Iterator[Finding]:
    """The worst norm of a group, which decides, and each of several by itself."""
    settings = _cell(situation, size)
    found = {norm: of(PURE.name, norm, settings) for norm in norms}
    floor = _floor(of, situation, settings) if "mean" in norms else None
    asked = " or ".join(f"E_{norm}" for norm in norms)
    when, along = f"{WHEN[situation]}, for {group}", _along(situation, size)
    yield at_most(largest(list(found.values())), EPSILON, asked, when, floor=floor, along=along)
    if len(norms) > 1:
        for norm, measured in found.items():
            yield told(at_most(measured, EPSILON, f"E_{norm}", when, along=along))


def _alike(of: Evidence) -> Finding:
    """The other reading of sd: that of a single report, of agents that do not differ."""
    settings = _cell("lied_alike", SIZES["lied_alike"][0])
    when = "a third lies, agents are alike and each speaks for 10,000 reports, for means"
    return at_most(of(PURE.name, "mean", settings), EPSILON, "E_mean, in sd of a report", when)


def _runs(of: Evidence) -> Iterator[Finding]:
    for faults in of.values(RUNS.name, "faults"):
        where = "all are in reach" if faults == "[]" else "a region is cut off for 45 s"
        for loss in of.values(RUNS.name, LOSS, {"faults": faults}):
            lossy = "nothing is lost" if loss == "0%" else f"{loss} of messages are lost"
            for norms, metrics in METRICS.items():
                settings = {"faults": faults, LOSS: loss}
                found = largest([of(RUNS.name, metric, settings) for metric in metrics])
                asked = f"{norms} at the worst instant"
                yield at_most(found, EPSILON, asked, f"runs in which {lossy}, {where}: {norms}")


def _floor(of: Evidence, situation: str, settings: Mapping[str, object]) -> Floor | None:
    if situation == "lost":
        return None
    why = {
        "old": "what drifts since is known to nobody who hears of it later",
        "cut_off": "how far those moved who cannot be heard is known to nobody",
        "lied": "with so many liars no rule is less biased than the median (Huber 1964)",
    }
    return Floor(of(PURE.name, "floor", settings).value, why[situation])


def _along(situation: str, size: float) -> Along:
    match situation:
        case "old":
            return Along("an age of", size, f"{size:g} s")
        case "cut_off":
            return Along("having moved by", size, f"{size:g} sd")
        case _:
            return Along("a share of", size, f"{100 * size:g} %")


def _cell(situation: str, size: float) -> dict[str, object]:
    return {"situation": situation, "size": size}


CLAIM: Final = Claim(
    id="C04",
    promise="The distributed baseline matches the centralised one within 0.01",
    sources=(PURE, RUNS),
    judge=judge,
    reading="Five norms (means in sd, log ratios of deviations, covariances in their worst "
    "direction, ranks, posteriors) in four regimes. Merging itself costs nothing. What was not "
    "heard, has moved since, or was lied about has a floor that no design removes.",
)
