"""A part of the page about one subject: a sentence, charts, and tables of text."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.report.html.charts import Chart


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
