"""A part of the page about one subject: a sentence, charts, and tables of text."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.report.html.charts import Chart
from sim.report.html.facts import Run
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text with a caption."""

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """What a page says of one subject."""

    key: str
    title: str
    lead: str
    charts: list[Chart] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)


def lead(run: Run, title: str, sentence: str) -> str:
    """Title and sentence of a figure; of several replications they say which one they are of."""
    first = untitled(title, run.plan)
    if not run.which:
        return f"{first}. {sentence}."
    which, told = run.which[:1].upper() + run.which[1:], sentence.removeprefix("The run: ")
    return f"{which}: {first}. {told[:1].upper()}{told[1:]}."


def untitled(words: str, plan: Plan) -> str:
    """The title of a figure without the name of its run: a page says that once."""
    told = words.removeprefix(f"{plan.name}: ")
    return told[:1].upper() + told[1:]
