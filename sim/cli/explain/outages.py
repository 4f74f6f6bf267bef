"""What a process of random faults amounts to under the seed of the scenario."""

from typing import TYPE_CHECKING

from sim.units import format_count, format_duration

if TYPE_CHECKING:
    from sim.scenario.plan import FaultPlan, Plan, Variant


def about_outages(process: "FaultPlan", drawn: "Plan") -> str:
    """Its laws, and how many faults of the drawn plan are of it, how long they last together."""
    from sim.scenario.outages import entry_of, targets
    from sim.scenario.selectors import tree_shape

    options, each = process.options, targets(process.options["each"], tree_shape(drawn))
    fast = f", {options['speed']:g} times as fast as that" if options["speed"] != 1 else ""
    laws = f"up {_law(options['up'])}, down {_law(options['down'])}{fast}"
    spans_ns = [
        min(one.until_ns or drawn.duration_ns, drawn.duration_ns) - one.at_ns
        for one in drawn.faults
        if one.path != process.path and entry_of(one.path) == process.path
    ]
    until_ns = min(process.until_ns or drawn.duration_ns, drawn.duration_ns)
    watched_ns = len(each) * max(until_ns - process.at_ns, 1)
    found = format_count(len(spans_ns), "outage") if spans_ns else "no outage"
    if spans_ns:
        longest = format_duration(max(spans_ns))
        found += f", the longest {longest}; down for {sum(spans_ns) / watched_ns:.2%} of their time"
    targeted = format_count(len(each), "target")
    return f"{process.path}: {targeted}, {laws}. Seed {drawn.seed} brings {found}"


def _law(law: "Variant") -> str:
    from sim.scenario.written_values import written_variant

    told = written_variant(law)
    kind = told.pop("kind")
    return f"{kind} ({', '.join(f'{name} {value}' for name, value in told.items())})"
