"""Anomalies that cannot be: of absent agents or features, after the end, or without any effect."""

from collections.abc import Iterator

from sim.errors import InputError, Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.plan import AnomalyPlan, Variant
from sim.scenario.selectors import agents_of, check_selector
from sim.units import write_duration


def check_anomalies(case: Case) -> Iterator[Mistake]:
    """Every mistake in the anomalies."""
    for number, anomaly in enumerate(case.plan.anomalies):
        path: Path = ("anomalies", number)
        yield from _times(case, path, anomaly)
        yield from _agents(case, path, anomaly)
        yield from _features(case, path, anomaly)


def _times(case: Case, path: Path, anomaly: AnomalyPlan) -> Iterator[Mistake]:
    end_ns = case.plan.duration_ns
    at, end = write_duration(anomaly.at_ns), write_duration(end_ns)
    if anomaly.at_ns >= end_ns:
        yield case.document.mistake((*path, "at"), f"{at} is not before the end of the run, {end}")
        return
    if anomaly.until_ns is not None and anomaly.until_ns <= anomaly.at_ns:
        until = write_duration(anomaly.until_ns)
        yield case.document.mistake((*path, "until"), f"{until} is not after the start, {at}")
        return
    lasts_ns = min(anomaly.until_ns or end_ns, end_ns) - anomaly.at_ns
    if anomaly.jitter_ns >= lasts_ns:
        jitter, lasts = write_duration(anomaly.jitter_ns), write_duration(lasts_ns)
        problem = f"an onset up to {jitter} late may miss the whole anomaly, which lasts {lasts}"
        yield case.document.mistake((*path, "jitter"), problem)


def _agents(case: Case, path: Path, anomaly: AnomalyPlan) -> Iterator[Mistake]:
    wrong = False
    for index, selector in enumerate(anomaly.agents):
        try:
            check_selector(selector, case.tree, case.sites)
        except InputError as error:
            wrong = True
            yield case.document.mistake((*path, "agents", index), *error.args)
    if anomaly.kind == "impersonate" and not wrong:
        chosen = [agents_of(selector, case.tree) for selector in anomaly.agents]
        if all(agents == (0, 1) for agents in chosen):
            problem = "agent-0 has no agent before it that it could impersonate"
            yield case.document.mistake((*path, "agents"), problem)


def _features(case: Case, path: Path, anomaly: AnomalyPlan) -> Iterator[Mistake]:
    count = case.plan.agents.features
    chosen = anomaly.options.get("features", "all")
    if count and chosen != "all" and max(chosen) > count:
        problem = f"there is no feature {max(chosen)}, they are 1 to {count}"
        yield case.document.mistake((*path, "features"), problem)
    if anomaly.kind == "decorrelate" and count == 1:
        yield case.document.mistake(path, "one feature has no correlation to break")
    if anomaly.kind in ("shift", "ramp") and _is_constant(case.plan.agents.behaviour):
        problem = "changes nothing: without noise, drift and season nothing deviates"
        yield case.document.mistake((*path, "size"), problem)


def _is_constant(behaviour: Variant) -> bool:
    """Whether it is certain, before any trace is read, that values never change."""
    if behaviour.kind != "synthetic":
        return False
    drift, season = behaviour.options["drift"], behaviour.options["season"]
    parts = (behaviour.options["noise"], drift and drift["sd"], season and season["amplitude"])
    return not any(parts)
