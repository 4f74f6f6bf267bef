"""Random faults, drawn before the run: from then on they are faults like any other.

Every target has a stream of its own for the times that it is up, and one for those that it is down,
named after it and the entry of the scenario. So one target more or less moves nobody's outages,
another law of repairs leaves the times between them as they were, and who knows the seed knows the
timeline.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sim.engine.streams import Streams
from sim.errors import InputError
from sim.network.latency import LatencyLaw, make_law
from sim.network.latency.law import LONGEST_NS
from sim.network.outages import TURNS_MAX, spells
from sim.scenario.outages import OUTAGES, OUTAGES_MAX, entry_of, process_span_ns, spell, targets
from sim.scenario.plan import FaultPlan, Plan, Variant
from sim.scenario.selectors import tree_shape
from sim.units import NS_PER_S

_MS_NS: Final = NS_PER_S // 1000
_LONG_NS: Final = 3600 * NS_PER_S
"""In runs of an hour and more, outages come and go at whole seconds; milliseconds would be noise.
"""


def with_outages(plan: Plan, seed: int) -> Plan:
    """The plan with the faults that its processes draw under a seed, in the place of each.

    Raises InputError for a file of times that is not usable, and for more than `OUTAGES_MAX`.
    """
    if not any(fault.kind == OUTAGES for fault in plan.faults):
        return plan
    streams = Streams(seed)
    faults: list[FaultPlan] = []
    for fault in plan.faults:
        faults += _drawn(fault, plan, streams) if fault.kind == OUTAGES else [fault]
    return replace(plan, faults=tuple(faults))


def spared(plan: Plan, drawn: Plan) -> tuple[str, ...]:
    """The processes of a plan that brought no fault at all into what was drawn of it."""
    brought = {entry_of(fault.path) for fault in drawn.faults}
    return tuple(fault.path for fault in plan.faults if fault.path not in brought)


def _drawn(process: FaultPlan, plan: Plan, streams: Streams) -> list[FaultPlan]:
    """All spells of a process, in the order in which they begin."""
    up, down = (_law(process.options[name], plan.directory) for name in ("up", "down"))
    grain_ns = _MS_NS if plan.duration_ns < _LONG_NS else NS_PER_S
    found: list[FaultPlan] = []
    for target in targets(process.options["each"], tree_shape(plan)):
        mine = (OUTAGES, process.path, target)
        ups, downs = (streams.stream(*mine, state) for state in ("up", "down"))
        try:
            drawn = spells((up, ups), (down, downs), *process_span_ns(process, plan))
            found += _in_run(process, target, drawn, grain_ns)
        except OverflowError:
            problem = f"{target} goes down more than {TURNS_MAX:,} times; let `up` be longer"
            raise InputError(f"{process.path}: {problem}") from None
        if len(found) > OUTAGES_MAX:
            raise InputError(f"{process.path}: draws more than {OUTAGES_MAX} outages in a run")
    return sorted(found, key=lambda one: one.at_ns)


def _law(law: Variant, directory: str) -> LatencyLaw:
    return make_law(law.kind, law.options, directory)


def _in_run(
    process: FaultPlan, target: str, drawn: Iterator[tuple[float, float]], grain_ns: int
) -> Iterator[FaultPlan]:
    """What of the spells is after `at`, by the clock of the run and in whole grains."""
    late = (one for one in drawn if one[1] > 0)
    for number, span_ns in enumerate(late):
        # A law may draw an end that no int64 holds; long after the run is late enough.
        by_run = (max(ns, 0.0) / process.options["speed"] for ns in span_ns)
        begin, end = (min(ns, LONGEST_NS) // grain_ns for ns in by_run)
        at_ns = process.at_ns + int(begin) * grain_ns
        lasts_ns = max(int(end - begin), 1) * grain_ns
        yield spell(process, target, number, at_ns, at_ns + lasts_ns)
