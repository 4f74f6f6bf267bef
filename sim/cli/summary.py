"""What ``sim run`` prints: the heading before, the table and the way back after.

The heading comes first and names the seed, so that a run that hangs or breaks can be repeated.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.output import say
from sim.units import format_count, format_duration

if TYPE_CHECKING:
    from sim.campaign.outcome import Outcome
    from sim.scenario.plan import Plan


def heading(plan: "Plan") -> str:
    """The first line: everything that decides what will happen."""
    parts = (
        plan.name,
        f"seed {plan.seed}",
        format_count(plan.replications, "replication"),
        format_count(plan.agents.count, "agent"),
        format_duration(plan.duration_ns),
    )
    return "   ".join(parts)


def tell_results(outcome: "Outcome", plan: "Plan") -> None:
    """The table, what liars did, what intervals were worth, and the verdict on all of it."""
    from sim.measure.deeds import deeds
    from sim.report.confidence.words import about_confidence
    from sim.report.dependence.words import about_error
    from sim.report.lies.deeds import deeds_table
    from sim.report.table import about_n, as_text

    width = max(shutil.get_terminal_size((100, 24)).columns, 100)
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    say(as_text(outcome.values, outcome.verdicts, width, colour).rstrip())
    say("")
    for line in about_n(outcome.values):
        say(line)
    lies = deeds(outcome.first)
    if lies:
        say(deeds_table(lies, plan))
    for line in (*about_confidence(outcome.standings, plan), *about_error(plan)):
        say(line)
    for line in verdict_lines(outcome, plan):
        say(line)


def verdict_lines(outcome: "Outcome", plan: "Plan") -> Iterator[str]:
    """The verdict, and below it what a reader must know to trust it."""
    asked = "" if outcome.verdicts else " (the scenario has no thresholds)"
    # A run of which nothing was asked is neither good nor bad, whatever its exit code.
    verdict = "none" if asked and outcome.verdict == "pass" else outcome.verdict
    yield f"verdict:  {verdict}{asked}"
    if outcome.finished < outcome.wanted:
        yield f"          {outcome.finished} of {outcome.wanted} replications finished and are kept"
    kinds = {fault.path: fault.kind for fault in plan.faults}
    kinds |= {anomaly.path: anomaly.kind for anomaly in plan.anomalies}
    liars = {adversary.path: adversary.kind for adversary in plan.adversaries}
    liars |= {liar.path: liar.kind for liar in plan.control.liars}
    for part in outcome.idle_faults:
        kind, nothing = (kinds | liars).get(part), _nothing(part, part in liars)
        named = part if kind is None else f"{part} ({kind})"
        yield f"          {named} {nothing}, so its effect was not tested"
    if outcome.clipped:
        values = format_count(outcome.clipped, "value")
        yield f"          out of range and clipped: {values}; raise agents.scale"


def _nothing(part: str, is_liar: bool) -> str:
    """What a part of the scenario without effect has failed to do."""
    if is_liar:
        return "told no lie"
    done = {
        "alerts": "was not raised",
        "reads": "read nothing",
        "confidence": "stated nothing",
        "tree": "never came",
    }
    return done.get(part.split(".")[0].split("[")[0], "touched nothing")


def tell_way_back(outcome: "Outcome", figures: Sequence[Path]) -> None:
    """Where everything is, and how to get it again."""
    shown = ", ".join(fingerprint[:16] for fingerprint in outcome.fingerprints[:3])
    more = ", ..." if len(outcome.fingerprints) > 3 else ""
    say(f"identity: {shown}{more} (fingerprints of the replications)")
    say(f"time:     {outcome.simulation_s:.1f} s of simulation")
    for figure in figures:
        if figure.suffix == ".png":
            say(f"figure:   {figure} (also .svg and .pdf)")
    say(f"results:  {outcome.folder}")
    say(f"replay:   {outcome.replay}")


def as_json(outcome: "Outcome", plan: "Plan", figures: Sequence[Path]) -> Any:
    """The same for programs; an undefined number is null and an infinite one ``"inf"``."""
    from dataclasses import asdict

    from sim.campaign.store import plain
    from sim.measure.deeds import deeds

    return plain(
        {
            "name": plan.name,
            "seed": plan.seed,
            "verdict": outcome.verdict,
            "finished": outcome.finished,
            "wanted": outcome.wanted,
            "idle_faults": outcome.idle_faults,
            "clipped": outcome.clipped,
            "metrics": [asdict(value) for value in outcome.values],
            "thresholds": [asdict(verdict) for verdict in outcome.verdicts],
            "intervals": [asdict(standing) for standing in outcome.standings],
            "adversaries": [asdict(deed) for deed in deeds(outcome.first)],
            "fingerprints": outcome.fingerprints,
            "simulation_s": outcome.simulation_s,
            "figures": [str(figure) for figure in figures],
            "folder": str(outcome.folder),
            "replay": outcome.replay,
        }
    )
