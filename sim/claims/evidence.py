"""What was measured for a claim: figures by source, settings of a cell, and metric.

A claim asks for a figure by the settings that it cares for; those must name one cell. What was not
run (a short run leaves cells out) is there as a figure that is not known, so it settles nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.claims.measured import Measured, not_run

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """All figures of one cell of a source, by metric."""

    source: str
    settings: Settings
    figures: Mapping[str, Measured]
    seed: int = 0
    n: int = 0
    """Replications."""
    replay: str = ""
    """The command that runs it again."""

    def matches(self, source: str, settings: Settings) -> bool:
        """Whether this is a cell of the source with these settings, whatever else is set."""
        return self.source == source and all(
            self.settings.get(path) == value for path, value in settings.items()
        )

    def __str__(self) -> str:
        words = [f"{path}={value}" for path, value in self.settings.items()]
        return " ".join([self.source, *words])


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of a claim. `used` notes which figures were asked for, in order."""

    rows: Sequence[Row]
    used: dict[tuple[int, str], None] = field(default_factory=dict, compare=False)

    def __call__(
        self, source: str, metric: str, settings: Mapping[str, object] | None = None
    ) -> Measured:
        """The figure of the one cell with these settings (values as YAML or as Python has them).

        A cell or a metric that is not there is not run. Raises LookupError if several cells match.
        """
        wanted = as_settings(settings or {})
        found = [number for number, row in enumerate(self.rows) if row.matches(source, wanted)]
        if len(found) > 1:
            raise LookupError(f"{len(found)} cells of {source} have {wanted}: name one")
        if not found or metric not in self.rows[found[0]].figures:
            return not_run(" ".join([source, *(f"{k}={v}" for k, v in wanted.items()), metric]))
        self.used[found[0], metric] = None
        row = self.rows[found[0]]
        return replace(row.figures[metric], source=f"{row} {metric}")

    def values(
        self, source: str, path: str, settings: Mapping[str, object] | None = None
    ) -> list[str]:
        """What a setting takes in the cells that were run, in their order, each once."""
        wanted = as_settings(settings or {})
        there = (row.settings[path] for row in self.rows if row.matches(source, wanted))
        return list(dict.fromkeys(there))

    def along(
        self, source: str, metric: str, path: str, settings: Mapping[str, object] | None = None
    ) -> Iterator[tuple[str, Measured]]:
        """Each value of a setting with the figure there."""
        for value in self.values(source, path, settings):
            yield value, self(source, metric, {**(settings or {}), path: value})


def as_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as cells have them: every value as text, numbers as YAML writes them."""
    return {path: _text(value) for path, value in settings.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
