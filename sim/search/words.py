"""What a search has found, in words and as plain values."""

import math
from collections.abc import Iterator
from typing import Any

from sim.scenario.catalogue import METRICS
from sim.scenario.search.plan import INVARIANTS
from sim.search.case import ANYWHERE, Attack, Case, Fault, Span
from sim.search.hunt import Hunt
from sim.search.trials import Trial
from sim.units import write_duration

_UNITS = {metric.name: metric.unit for metric in METRICS}


def report(found: Hunt) -> list[str]:
    """The lines that the command prints."""
    search = found.search
    parts = ", ".join(f"{part} {runs:,}" for part, runs in found.runs.items() if runs)
    lines = [
        f"{search.name}   {search.worst}   seed {search.seed}   "
        f"{found.known:,} runs ({parts or 'all known before'})"
    ]
    if found.worst is not None:
        lines += ["", f"worst      {bad(found, found.worst)}", *_parts(found.worst)]
    if found.smallest is None:
        return [*lines, "", _nothing(found)]
    lines += ["", f"smallest   {bad(found, found.smallest)}", *_parts(found.smallest)]
    return [*lines, *_about_removals(found), *_about_fewer(found)]


def values(found: Hunt) -> dict[str, Any]:
    """The same for programs."""
    return {
        "search": found.search.name,
        "worst_of": found.search.worst,
        "seed": found.search.seed,
        "runs": {**found.runs, "known": found.known},
        "worst": None if found.worst is None else _case(found, found.worst),
        "smallest": None if found.smallest is None else _case(found, found.smallest),
        "is_minimal": found.is_minimal,
        "without": {
            words: _number(one.figure(found.search.worst)) for words, one in found.removals.items()
        },
        "fewer": None if found.smallest is None else fewer_liars(found),
        "interrupted": found.is_interrupted,
    }


def bad(found: Hunt, case: Case) -> str:
    """How bad a case is: figure, unit and how many lie."""
    trial = found.trials.of(case)
    liars = f"   {case.liars:,} liars" if case.liars else ""
    return f"{figure(trial, found.search.worst)}{liars}"


def figure(trial: Trial, metric: str) -> str:
    """The value of a metric in a trial, or what else became of it."""
    if trial.end == "broken":
        return f"an invariant does not hold: {trial.words}"
    return "all invariants hold" if metric == INVARIANTS else shown(trial.figure(metric), metric)


def shown(value: float, metric: str) -> str:
    """A value with its unit."""
    unit = _UNITS[metric]
    if unit == "share":
        return f"{value:.3g}" if math.isnan(value) else f"{100 * value:.3g} %"
    return f"{value:.3g} {unit.removeprefix('1')}".rstrip()


def removals(found: Hunt) -> Iterator[str]:
    """A line for each part: what the damage would be without it."""
    for words, trial in found.removals.items():
        yield f"{words}: {figure(trial, found.search.worst)}"


def _parts(case: Case) -> list[str]:
    parts = [*(_attack(one) for one in case.attacks), *(_fault(one) for one in case.faults)]
    return [f"           {part}" for part in parts]


def _attack(attack: Attack) -> str:
    options = "".join(f" {name} {value}" for name, value in attack.options)
    return f"{attack.kind}{options}: {_places(attack)}{_span(attack.span)}"


def _places(attack: Attack) -> str:
    """Places with as many liars together."""
    if not attack.by_group:
        return ", ".join(name for name, _ in attack.places)
    by_count: dict[int, list[str]] = {}
    for name, count in attack.places:
        by_count.setdefault(count, []).append(name)
    return "; ".join(
        f"{count} anywhere" if names == [ANYWHERE] else f"{count} in {', '.join(names)}"
        for count, names in by_count.items()
    )


def _fault(fault: Fault) -> str:
    options = "".join(f" {name} {value}" for name, value in fault.options)
    return f"{fault.kind}{options}: {', '.join(fault.targets)}{_span(fault.span)}"


def _span(span: Span) -> str:
    if not span.begin_ns and span.end_ns is None:
        return ""
    end = "the end" if span.end_ns is None else write_duration(span.end_ns)
    return f", {write_duration(span.begin_ns)} to {end}"


def _nothing(found: Hunt) -> str:
    if found.is_interrupted:
        return "interrupted before anything did the damage"
    return "nothing that was tried does the damage"


def _about_removals(found: Hunt) -> list[str]:
    if not found.is_minimal:
        return ["           not shrunk to the end: run the same again, it goes on from here"]
    lines = [f"           {line}" for line in removals(found)]
    return ["           no part can be taken away:", *lines]


def _about_fewer(found: Hunt) -> list[str]:
    fewer = fewer_liars(found)
    return [] if fewer is None else ["", f"fewer      {fewer}"]


def fewer_liars(found: Hunt) -> str | None:
    """What all cases with fewer liars than the smallest find did, if there were any."""
    assert found.smallest is not None
    tried, worst = found.trials.worst_below(found.smallest.liars)
    if worst is None:
        return None
    at_worst = figure(worst, found.search.worst)
    return f"{tried:,} cases of at most {found.smallest.liars - 1:,} liars: {at_worst} at worst"


def _case(found: Hunt, case: Case) -> dict[str, Any]:
    trial = found.trials.of(case)
    return {
        "value": _number(trial.figure(found.search.worst)),
        "end": trial.end,
        "liars": case.liars,
        "adversaries": case.adversaries(),
        "faults": case.failures(),
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
