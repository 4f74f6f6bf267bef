"""Alerts, reads, membership and anti-entropy that cannot be: of absent nodes, too late, or in vain.

What needs a committee of replicas is in `committee_checks`.
"""

from collections.abc import Iterator
from typing import Final

from sim.errors import InputError, Mistake
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.nearest import did_you_mean
from sim.scenario.plan_control import AlertsPlan, ConsumerPlan, MembershipPlan, RaisedPlan
from sim.scenario.resolve_control import WATCHED
from sim.scenario.selectors import Ranges, check_selector, ranges
from sim.units import format_count, write_duration

GROUP_MIN: Final = 2
"""Of one aggregator alone there is no sibling to take over."""
SWIM_MIN: Final = 3
"""Of two, nobody can be asked to probe for somebody else."""
PERIOD_MIN_NS: Final = 1_000_000
TIMEOUT_MIN_NS: Final = 100_000
"""What happens more often than that only makes a run last for ever."""


def check_control(case: Case) -> Iterator[Mistake]:
    """Every mistake in `alerts`, `reads`, `membership` and `anti_entropy`."""
    control = case.plan.control
    if control.agreement is not None and "timeout_ns" in control.agreement.protocol.options:
        timeout_ns = control.agreement.protocol.options["timeout_ns"]
        yield from _timeout(case, ("agreement", "protocol", "timeout"), timeout_ns)
    if control.alerts is not None:
        yield from _alerts(case, control.alerts)
    for number, consumer in enumerate(control.reads):
        yield from _consumer(case, ("reads", number), consumer)
    if control.membership is not None:
        yield from _membership(case, control.membership)
    if control.anti_entropy is not None:
        yield from _period(case, ("anti_entropy", "every"), control.anti_entropy.every_ns)


# Alerts


def _alerts(case: Case, plan: AlertsPlan) -> Iterator[Mistake]:
    yield from _too_often(case, ("alerts", "resend"), plan.resend_ns)
    yield from _too_often(case, ("alerts", "gossip"), plan.gossip_ns)
    for number, raised in enumerate(plan.raised):
        path: Path = ("alerts", "raised", number)
        yield from _raiser(case, (*path, "by"), raised.by)
        yield from _times(case, path, raised)


def _raiser(case: Case, path: Path, selector: str) -> Iterator[Mistake]:
    """One node, by name; of an agent, its local raises it."""
    try:
        check_selector(selector, case.tree, case.sites)
    except InputError as error:
        yield case.document.mistake(path, *error.args)
        return
    nodes = ranges(selector, case.tree)
    count = sum(last - first for first, last in nodes.values()) if nodes else 0
    if count != 1:
        problem = f"must be one node by name, not {selector!r}"
        yield case.document.mistake(path, problem, _one_of(case, selector))


def _one_of(case: Case, selector: str) -> str:
    """The name of a single node that may have been meant."""
    names = [case.tree.node_name(tier, 0) for tier in range(1, case.tree.top + 1)]
    if selector.startswith("region-") and case.tree.top > 1:
        return f"its aggregator is {case.tree.names[-2]}-{selector.removeprefix('region-')}"
    return f"such as {' or '.join(reversed(names))}"


def _times(case: Case, path: Path, raised: RaisedPlan) -> Iterator[Mistake]:
    if raised.at_ns >= case.plan.duration_ns:
        yield _too_late(case, (*path, "at"), raised.at_ns)
    if raised.retract_ns is None:
        return
    if raised.retract_ns <= raised.at_ns:
        retract, at = write_duration(raised.retract_ns), write_duration(raised.at_ns)
        problem = f"{retract} is not after it is raised, {at}"
        yield case.document.mistake((*path, "retract"), problem)
    elif raised.retract_ns >= case.plan.duration_ns:
        yield _too_late(case, (*path, "retract"), raised.retract_ns)


def _too_late(case: Case, path: Path, at_ns: int) -> Mistake:
    at, end = write_duration(at_ns), write_duration(case.plan.duration_ns)
    return case.document.mistake(path, f"{at} is not before the end of the run, {end}")


# Reads


def _consumer(case: Case, path: Path, consumer: ConsumerPlan) -> Iterator[Mistake]:
    for index, selector in enumerate(consumer.at):
        yield from _readers(case, (*path, "at", index), selector)
        if consumer.what == "alert":
            yield from _alert_readers(case, (*path, "at", index), selector)
    yield from _period(case, (*path, "every"), consumer.every_ns)
    # With a mistake anywhere the block of alerts may have been taken out.
    is_sure = () not in case.document.unsure
    if consumer.what == "alert" and case.plan.control.alerts is None and is_sure:
        problem = "nobody raises alerts in this scenario"
        yield case.document.mistake((*path, "class"), problem, "add `alerts`")


def _readers(case: Case, path: Path, selector: str) -> Iterator[Mistake]:
    """Aggregators, by name or by tier."""
    try:
        check_selector(selector, case.tree, case.sites)
    except InputError as error:
        yield case.document.mistake(path, *error.args)
        return
    nodes = ranges(selector, case.tree)
    if nodes is None or _has_agents(nodes):
        where = selector.startswith("site:")
        why = "agents stand at a site, too" if where else "agents are sent no baseline"
        problem = f"readers are aggregators, named alone or by tier: {why}"
        known = did_you_mean(selector, _tiers(case)) if nodes else ""
        hint = known or f"such as {', '.join(_tiers(case))}"
        yield case.document.mistake(path, problem, hint)


def _alert_readers(case: Case, path: Path, selector: str) -> Iterator[Mistake]:
    """Below the root nobody is told of an alert, but who raised it."""
    try:
        check_selector(selector, case.tree, case.sites)
    except InputError:
        return
    nodes = ranges(selector, case.tree)
    if nodes and 0 not in nodes and any(case.tree.tier_of(row)[0] < case.tree.top for row in nodes):
        problem = "alerts are read at the root, where the committee sits"
        hint = "say root-0/*" if case.tree.is_replicated(case.tree.top) else "say root"
        yield case.document.mistake(path, problem, hint)


def _has_agents(nodes: Ranges) -> bool:
    return 0 in nodes


def _tiers(case: Case) -> list[str]:
    return [word for word, tier in WATCHED.items() if tier < case.tree.top] + ["root"]


# Membership


def _membership(case: Case, plan: MembershipPlan) -> Iterator[Mistake]:
    if plan.watch < case.tree.top and case.tree.is_replicated(plan.watch):
        name = case.tree.names[plan.watch]
        problem = f"a {name} has replicas of its own, and such a tier is not watched"
        yield case.document.mistake(("membership", "watch"), problem, "say watch: locals")
        return
    if plan.watch >= case.tree.top:
        (word,) = (word for word, tier in WATCHED.items() if tier == plan.watch)
        problem = f"this tree has no {word}"
        hint = f"its tiers are {', '.join(case.tree.names)}"
        yield case.document.mistake(("membership", "watch"), problem, hint)
        return
    yield from _too_few(case, plan)
    options = plan.detector.options
    yield from _period(case, ("membership", "detector", "period"), options["period_ns"])
    if "timeout_ns" in options:
        yield from _timeout(case, ("membership", "detector", "timeout"), options["timeout_ns"])
    if plan.detector.kind == "swim" and options["timeout_ns"] >= options["period_ns"]:
        timeout, period = (write_duration(options[key]) for key in ("timeout_ns", "period_ns"))
        problem = f"an answer may take {timeout}, and the next probe begins after {period}"
        yield case.document.mistake(("membership", "detector", "timeout"), problem)


def _too_few(case: Case, plan: MembershipPlan) -> Iterator[Mistake]:
    """Groups of siblings in which there is nobody to ask, or to take over."""
    smallest = case.tree.counts[plan.watch] // case.tree.counts[plan.watch + 1]
    name, parent = case.tree.names[plan.watch], case.tree.names[plan.watch + 1]
    has = f"some {parent} has only {format_count(smallest, name)}"
    if parent == "root":
        has = has.replace("some root", "the root")
    if plan.detector.kind == "swim" and smallest < SWIM_MIN:
        problem = f"swim needs {SWIM_MIN} siblings to probe for each other, {has}"
        path: Path = ("membership", "detector")
        yield case.document.mistake(path, problem, "say heartbeat or phi")
    if plan.rehome and smallest < GROUP_MIN:
        problem = f"no sibling can take over: {has}"
        yield case.document.mistake(("membership", "rehome"), problem, "say rehome: false")


# How often


def _period(case: Case, path: Path, every_ns: int) -> Iterator[Mistake]:
    yield from _too_often(case, path, every_ns)
    yield from _never(case, path, every_ns)


def _too_often(case: Case, path: Path, every_ns: int) -> Iterator[Mistake]:
    if every_ns < PERIOD_MIN_NS:
        problem = f"once every {write_duration(every_ns)} is too often: at most 1000 times a second"
        hint = f"say {write_duration(PERIOD_MIN_NS)} or more"
        yield case.document.mistake(path, problem, hint)


def _timeout(case: Case, path: Path, timeout_ns: int) -> Iterator[Mistake]:
    if timeout_ns < TIMEOUT_MIN_NS:
        problem = f"{write_duration(timeout_ns)} is too short: at most 10000 times a second"
        hint = f"say {write_duration(TIMEOUT_MIN_NS)} or more"
        yield case.document.mistake(path, problem, hint)


def _never(case: Case, path: Path, every_ns: int) -> Iterator[Mistake]:
    if every_ns > case.plan.duration_ns:
        end = write_duration(case.plan.duration_ns)
        problem = f"once every {write_duration(every_ns)} never happens in a run of {end}"
        yield case.document.mistake(path, problem)
