"""The scorecard as plain values: what is stored, sent, and held against the next one.

`as_document` and `read` are each other's inverse as far as judging goes: the findings of a stored
scorecard are worked out again from the figures in it.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.claims.claim import Claim, Judged, judged
from sim.claims.evidence import Evidence, Row
from sim.claims.finding import Finding
from sim.claims.measured import Measured
from sim.claims.verdict import Outcome
from sim.claims.words import in_words
from sim.errors import SimError

FORMAT: Final = 1


def as_document(cards: Iterable[Judged], short: bool) -> dict[str, Any]:
    """Claims, verdicts and the figures that were asked for, as JSON has them."""
    return {
        "format": FORMAT,
        "short": short,
        "claims": {card.claim.id: _claim(card) for card in cards},
    }


def read(path: Path, claims: Sequence[Claim]) -> list[Judged]:
    """The claims of a stored scorecard that are among these, judged again.

    Raises SimError for a file that cannot be read or is none.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise SimError(f"{path}: a scorecard of another version")
        stored = {name: _evidence(one["rows"]) for name, one in document["claims"].items()}
    except OSError as error:
        raise SimError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SimError(f"{path}: is no scorecard") from error
    return [judged(claim, stored[claim.id]) for claim in claims if claim.id in stored]


@dataclass(frozen=True, slots=True)
class Compared:
    """A finding that is settled in two scorecards."""

    claim: str
    before: Finding
    now: Finding

    @property
    def agrees(self) -> bool:
        """Whether it came out the same."""
        return self.before.outcome is self.now.outcome


def compared(before: Iterable[Judged], now: Iterable[Judged]) -> list[Compared]:
    """The findings that both scorecards have settled; what is open in either says nothing."""
    known = dict(_named(before))
    return [
        Compared(name[0], old, finding)
        for name, finding in _named(now)
        if (old := known.get(name)) is not None
        and Outcome.OPEN not in (old.outcome, finding.outcome)
    ]


def _named(cards: Iterable[Judged]) -> Iterator[tuple[tuple[str, str, str], Finding]]:
    """All findings, each after what tells it from all others."""
    for card in cards:
        for one in card.findings:
            yield (card.claim.id, one.asked, one.condition), one


def _claim(card: Judged) -> dict[str, Any]:
    return {
        "promise": card.claim.promise,
        "verdict": str(card.verdict),
        "in_words": in_words(card),
        "rows": [_row(row, metrics) for row, metrics in _used(card.evidence)],
        "findings": [_finding(one) for one in card.findings],
    }


def _used(evidence: Evidence) -> list[tuple[Row, list[str]]]:
    """The rows that were asked for anything, with the metrics that were asked for."""
    asked: dict[int, list[str]] = {}
    for number, metric in evidence.used:
        asked.setdefault(number, []).append(metric)
    return [(evidence.rows[number], asked[number]) for number in sorted(asked)]


def _row(row: Row, metrics: Sequence[str]) -> dict[str, Any]:
    return {
        "source": row.source,
        "settings": dict(row.settings),
        "seed": row.seed,
        "n": row.n,
        "replay": row.replay,
        "figures": {name: _figure(row.figures[name]) for name in sorted(metrics)},
    }


def _figure(figure: Measured) -> list[Any]:
    ends = [_json(end) for end in (figure.value, figure.low, figure.high)]
    return [*ends, figure.unit, figure.n]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "asked": finding.asked,
        "when": finding.condition,
        "measured": _figure(finding.measured),
        "source": finding.measured.source,
        "relation": str(finding.relation),
        "bound": finding.bound,
        "floor": None if finding.floor is None else [finding.floor.value, finding.floor.why],
        "decides": finding.decides,
        "outcome": str(finding.outcome),
    }


def _evidence(rows: Sequence[Mapping[str, Any]]) -> Evidence:
    return Evidence([_row_of(row) for row in rows])


def _row_of(row: Mapping[str, Any]) -> Row:
    figures = {name: _measured(*stored) for name, stored in row["figures"].items()}
    return Row(row["source"], row["settings"], figures, row["seed"], row["n"], row["replay"])


def _measured(value: Any, low: Any, high: Any, unit: str, n: int) -> Measured:
    return Measured(_number(value), _number(low), _number(high), unit, n)


def _json(value: float) -> float | str | None:
    """JSON has no infinities and no NaN."""
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


def _number(value: float | str | None) -> float:
    return math.nan if value is None else float(value)
