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
    lines += _about_damage(found)
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
    told = f"   {liars(case.liars)}" if case.liars else ""
    return f"{figure(trial, found.search.worst)}{told}"


def liars(count: int) -> str:
    """So many of them.

    >>> liars(1), liars(1200)
    ('1 liar', '1,200 liars')
    """
    return f"{count:,} liar{'s' if count != 1 else ''}"


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
    return [f"           {part}" for part in parts or ["nobody lies, nothing fails"]]


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
        f"{count} anywhere" if names == [ANYWHERE] else _in_each(count, names)
        for count, names in by_count.items()
    )


def _in_each(count: int, names: list[str]) -> str:
    each = " each" if len(names) > 1 else ""
    return f"{count}{each} in {', '.join(names)}"


def _fault(fault: Fault) -> str:
    options = "".join(f" {name} {value}" for name, value in fault.options)
    return f"{fault.kind}{options}: {', '.join(fault.targets)}{_span(fault.span)}"


def _span(span: Span) -> str:
    if not span.begin_ns and span.end_ns is None:
        return ""
    end = "the end" if span.end_ns is None else write_duration(span.end_ns)
    return f", {write_duration(span.begin_ns)} to {end}"


def _about_damage(found: Hunt) -> list[str]:
    """What a find is where the file names no damage."""
    if found.search.damage or not found.damage:
        return []
    (one,) = found.damage
    level = one.maximum if one.minimum is None else one.minimum
    assert level is not None
    calm = found.trials.of(Case()).figure(one.metric)
    beside = "" if math.isnan(calm) else f"; without any of it {shown(calm, one.metric)}"
    told = f"not named in the file: nine tenths of the worst, {shown(level, one.metric)}{beside}"
    return ["", f"damage     {told}"]


def _nothing(found: Hunt) -> str:
    if found.is_interrupted:
        return "interrupted before anything did the damage"
    if not found.damage and found.worst is not None:
        return "nothing that was tried is worse than a run in which nobody lies and nothing fails"
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
    fewer = liars(found.smallest.liars - 1)
    return f"{tried:,} case{'s' if tried != 1 else ''} of at most {fewer}: {at_worst} at worst"


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
