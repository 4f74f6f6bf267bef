"""One run as the templates want it, and the data that its script needs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any, Final

from sim.measure.recovery import cuts
from sim.measure.tables import Tables
from sim.report.detection import words as detection_words
from sim.report.figures import names_of
from sim.report.groups import noun
from sim.report.html.agreement import agreement_section
from sim.report.html.charts import Chart, recovery_rows, staleness_charts
from sim.report.html.clock import Clock, clock_of
from sim.report.html.detection import detection_section
from sim.report.html.evolution import evolution_section
from sim.report.html.facts import Room, Run
from sim.report.html.lies import lies_section
from sim.report.html.messages import Diagram, diagram, listed
from sim.report.html.moment import Seen, seen, sentence, steps_data
from sim.report.html.network_map import NetworkMap, network_map
from sim.report.html.provenance import facts_line, provenance_rows
from sim.report.html.routing import routing_section
from sim.report.html.section import Section, Sheet, untitled
from sim.report.html.states import CUT, DOWN, WORDS, States, states_of
from sim.report.html.stops import Stopped, all_stopped, stopped, stops_aggregators
from sim.report.html.timeline import (
    HEALS_MAX,
    Row,
    bands,
    heals_s,
    legend,
    muted_entries,
    rows,
    ticks,
)
from sim.report.html.verdicts import SAID, SIGNS, Asked, Family, asked, families, overall
from sim.report.lies import words as lies_words
from sim.report.words import seconds, summary, the_root, title
from sim.scenario.plan import FaultPlan, Plan

DRAWN: Final = ("recovery", "detection", "lies")
"""Figures that the page has whole; the call that draws any other is in it."""
SUBJECTS: Final[tuple[Callable[[Run, int], Section | None], ...]] = (
    detection_section,
    lies_section,
    agreement_section,
    routing_section,
    evolution_section,
)
BANDS: Final = {
    "cut": "somebody is cut off or down",
    "fault": "another fault",
    "lies": "somebody lies",
    "heal": "a cut heals",
}
MESSAGE_HEADERS: Final = ("sent", "from", "to", "what", "became of it")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its number on the page and the same figures as a table."""

    number: int
    title: str
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Subject:
    """A section with its charts numbered."""

    key: str
    title: str
    lead: str
    charts: list[Drawn]
    sheets: list[Sheet]


@dataclass(frozen=True, slots=True)
class View:
    """What the template of a run needs."""

    number: int
    key: str
    label: str
    headline: str
    about: str
    verdict: str
    sign: str
    said: str
    facts: str
    asked: list[Asked]
    summary: str
    which: str
    steps: int
    first: int
    first_at: str
    lanes: list[tuple[str, list[Row]]]
    ticks: list[tuple[float, str]]
    legend: list[tuple[str, str]]
    bands: list[tuple[str, str]]
    """Key and words of every band that charts have."""
    members: list[Seen]
    now: str
    root_down: bool
    map: NetworkMap | None
    everywhere: Sequence[str]
    child: str
    """What is below the root: regions or agents."""
    sections: list[Subject]
    messages: Diagram
    messages_focus: str
    messages_sheet: Sheet
    families: list[Family]
    figures: list[str]
    folder: str
    replay: str
    provenance: list[tuple[str, str]]
    scenario: str
    data: dict[str, Any]
    """For the script."""


def view(run: Run, number: int, label: str, room: Room) -> View:
    """Everything about one run. Raises SimError for what cannot be shown here."""
    tables, plan = run.tables, run.plan
    single = replace(plan, replications=1)  # words are about the one replication that is shown
    states = states_of(run, room.instants)
    lanes = rows(run, states, room.parts)
    sections, clock = list(_sections(run, room.points)), clock_of(plan.duration_ns)
    kept = diagram(run, room.messages)
    verdict = overall(run)
    first = states.first_look if states else 0
    return View(
        number=number,
        key=f"run-{number}",
        label=label,
        headline=headline(run),
        about=plan.about,
        verdict=verdict,
        sign=SIGNS[verdict],
        said=SAID[verdict],
        facts=facts_line(run),
        asked=asked(run),
        summary=_worst(run, single) if states else "Nothing was sampled",
        which=_which(run),
        steps=len(states.time_s) if states else 0,
        first=first,
        first_at=states.clock.exactly(states.time_s[first]) if states else "",
        lanes=[(name, list(some)) for name, some in groupby(lanes, key=lambda lane: lane.group)],
        ticks=ticks(run.duration_s),
        legend=legend(lanes),
        bands=_bands(run, room.parts),
        members=seen(states, first) if states else [],
        now=sentence(states, first) if states else "",
        root_down=bool(states and states.root_down[first]),
        map=network_map(plan, states.members) if states else None,
        everywhere=states.badges.everywhere if states else (),
        child=noun(plan),
        sections=_numbered(sections, clock),
        messages=kept,
        messages_focus=seconds(kept.focus_ns),
        messages_sheet=Sheet("Messages", MESSAGE_HEADERS, list(listed(kept.nearest()))),
        families=families(run),
        figures=[name for name in names_of(tables, plan) if name not in DRAWN],
        folder=run.folder,
        replay=str(run.manifest.get("replay", "unknown")),
        provenance=provenance_rows(run),
        scenario=str(run.manifest.get("scenario", "")),
        data=_data(run, states, room, sections, kept),
    )


def headline(run: Run) -> str:
    """The title of that figure which shows most of a run: its cuts, else its lies or detection.

    Of several replications it says which one it is of: figures of all of them may differ.
    """
    told = _headline(run.tables, replace(run.plan, replications=1), stopped(run.tables, run.plan))
    muted = ", ".join(entry.path for entry in muted_entries(run.plan))
    aside = "; ".join([run.which] * bool(run.which) + [f"with {muted} muted"] * bool(muted))
    return f"{told} ({aside})" if aside else told


def _headline(tables: Tables, plan: Plan, stops: Stopped) -> str:
    found = cuts(tables, plan.duration_ns)
    if not found:
        if len(tables.adversaries["adversary"]):
            return untitled(lies_words.headline(tables, plan), plan)
        if plan.detection is not None:
            return untitled(detection_words.headline(tables, plan), plan)
    told = untitled(title(tables, plan), plan)
    # Who crashed was not cut off from anybody: the same word as in its lane.
    crashed = [cut for cut in found if cut.regions and all_stopped(cut.regions, cut.at_ns, stops)]
    return told.replace(WORDS[CUT], WORDS[DOWN]) if found and crashed == found else told


def _worst(run: Run, plan: Plan) -> str:
    """The worst of what is shown; of several roots it is what the first of them has."""
    told = summary(run.tables, plan).removeprefix("Worst of the run")
    view = "" if plan.replicas is None else f", as {the_root(plan)} has it"
    return f"Worst of {run.which or 'the run'}{view}{told}"


def _which(run: Run) -> str:
    if not run.which:
        return ""
    return (
        f"Lanes, map, curves and messages are of {run.which}; "
        "verdicts and figures are of all of them."
    )


def _bands(run: Run, parts: int) -> list[tuple[str, str]]:
    there = {band.key for band in bands(run.tables, run.plan, parts)}
    there |= {"heal"} if heals_s(run.tables, run.plan) else set()
    return [(key, words) for key, words in BANDS.items() if key in there]


def _sections(run: Run, points: int) -> Iterator[Section]:
    """What the run has something to say about."""
    header, heals = recovery_rows(run)
    yield Section(
        key="staleness",
        title="What the root knows, and how it comes back",
        lead=_restarts(run.plan),
        charts=staleness_charts(run, points),
        sheets=[Sheet(_heals_caption(heals), header, heals[:HEALS_MAX])],
    )
    for make in SUBJECTS:
        section = make(run, points)
        if section is not None:
            yield section


def _restarts(plan: Plan) -> str:
    """Why ages may jump after a restart, where something restarts with nothing in it."""
    if not any(stops_aggregators(fault, plan) for fault in plan.faults if _forgets(fault)):
        return ""
    return (
        "A node that crashes here restarts with nothing in it. Until those below it have reported "
        "again, what it tells is newer than what was known before, but of fewer agents; agents "
        "that it does not know yet count as old as the run."
    )


def _forgets(fault: FaultPlan) -> bool:
    return fault.options.get("durable") is False


def _heals_caption(heals: Sequence[object]) -> str:
    more = f" (the first {HEALS_MAX} of {len(heals)} heals)" if len(heals) > HEALS_MAX else ""
    return f"How long after each heal until all was well again{more}"


def _numbered(sections: Sequence[Section], clock: Clock) -> list[Subject]:
    """The sections, with the charts numbered through the run, as its script has them."""
    found, before = [], 0
    for one in sections:
        drawn = [_drawn(before + place, chart, clock) for place, chart in enumerate(one.charts)]
        before += len(drawn)
        found.append(Subject(one.key, one.title, one.lead, drawn, one.sheets))
    return found


def _drawn(number: int, chart: Chart, clock: Clock) -> Drawn:
    header, cells = chart.rows(clock)
    return Drawn(number, chart.title, Sheet(f"{chart.title}: {chart.unit}", header, cells))


def _data(
    run: Run, states: States | None, room: Room, sections: Sequence[Section], kept: Diagram
) -> dict[str, Any]:
    return {
        "duration": run.duration_s,
        "clock": asdict(clock_of(run.plan.duration_ns)),
        "first": states.first_look if states else 0,
        "steps": steps_data(states) if states else None,
        "bands": [asdict(band) for band in bands(run.tables, run.plan, room.parts)],
        "heals": heals_s(run.tables, run.plan),
        "charts": [asdict(chart) for section in sections for chart in section.charts],
        "messages": kept.as_data() if kept.messages else None,
    }
