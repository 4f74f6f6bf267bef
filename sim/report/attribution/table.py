"""What each fault and liar caused, as a table: a block of rows for each metric.

Three answers stand side by side: what an entry adds to all the others, what it does alone, and,
where all subsets were run, its Shapley share. The last rows say what all of them caused together
and what is left over. A change of a share is told in points.
"""

import math
from collections.abc import Sequence
from typing import Final, Protocol

from sim.measure.attribution import Causes, Effect, Share
from sim.report.checks.contrast_table import signed
from sim.report.checks.finding_words import amount, interval
from sim.report.columns import aligned, markdown_table
from sim.report.table import written

MARKS: Final = "<>>>>>>"
ADDED: Final = "adds to the rest"
ALONE: Final = "alone"
CAUSED: Final = "caused"
HEADERS: Final = (
    "cause",
    ADDED,
    "95 % interval",
    ALONE,
    "95 % interval",
    "Shapley share",
    "95 % interval",
)
TOGETHER: Final = "all together"
LEFT_OVER: Final = "interaction"


class Cause(Protocol):
    """One entry; `sim.campaign.attribution` makes them."""

    @property
    def path(self) -> str:
        """Its place in the file."""
        ...

    @property
    def kind(self) -> str:
        """Partition, crash, push ..."""
        ...

    @property
    def remark(self) -> str:
        """That it had no effect, if so."""
        ...


def as_text(found: Sequence[Causes], entries: Sequence[Cause]) -> str:
    """A block for each metric, for a terminal, and the sentences below them."""
    headers, touched = _headers(found), [one for one in found if one.is_touched]
    blocks = [_rows(one, entries, len(headers)) for one in touched]
    rows = [headers, *(row for block in blocks for row in block)]
    head, *lines = aligned(rows, MARKS[: len(headers)])
    told = [head] if touched else []
    for one, block in zip(touched, blocks, strict=True):
        told += ["", f"{one.metric}: {_sides(one)}", *lines[: len(block)]]
        del lines[: len(block)]
    return "\n".join([*told, "", *sentences(found, entries)]).strip() + "\n"


def as_markdown(found: Sequence[Causes], entries: Sequence[Cause]) -> str:
    """The same in GitHub's Markdown, the metric in front of its first row."""
    headers = _headers(found)
    rows = [
        (f"{one.metric}: {_sides(one)}" if not number else "", *row)
        for one in found
        if one.is_touched
        for number, row in enumerate(_rows(one, entries, len(headers)))
    ]
    below = [f"- {line}" for line in sentences(found, entries)]
    table = markdown_table(("metric", *headers), "<" + MARKS[: len(headers)], rows)
    return "\n".join([*(table if rows else []), "", *below]).strip() + "\n"


def sentences(found: Sequence[Causes], entries: Sequence[Cause]) -> list[str]:
    """How to read the table, and who had no effect."""
    told = [f"{name(one)}: {one.remark}" for one in entries if one.remark]
    same = [one.metric for one in found if not one.is_touched]
    if same:
        told.append(f"nobody had any effect on {', '.join(same)}")
    if all(effect.n < 2 for one in found for effect in _every(one)):
        told.append("one replication has no intervals: more of them tell an effect from luck")
    if any(_interacts(one) for one in found):
        told.append(
            f"{LEFT_OVER}: what the causes together did beyond the sum of the rows above it; "
            "effects that hide or need each other do not add up"
        )
    return told


def name(entry: Cause) -> str:
    """``faults[0] partition``."""
    return f"{entry.path} {entry.kind}"


def _headers(found: Sequence[Causes]) -> tuple[str, ...]:
    """Of one cause there is one answer; without all subsets there is no Shapley share."""
    if all(len(one.shares) == 1 for one in found):
        return ("cause", CAUSED, "95 % interval")
    is_known = any(share.shapley is not None for one in found for share in one.shares)
    return HEADERS if is_known else HEADERS[:-2]


def _rows(one: Causes, entries: Sequence[Cause], width: int) -> list[tuple[str, ...]]:
    """A row for each cause of a metric, one for all together, one for what is left over."""
    if len(one.shares) == 1:
        return [(name(entries[0]), *_effect(one.shares[0].added, one.unit))]
    whole = _effect(one.whole, one.unit)
    left = (*_effect(one.beyond_added, one.unit), *_effect(one.beyond_alone, one.unit))
    rows = [
        *(
            (name(entry), *_share(share, one.unit))
            for entry, share in zip(entries, one.shares, strict=True)
        ),
        (TOGETHER, *whole, *whole, *whole),
        (LEFT_OVER, *left, "", ""),
    ]
    return [row[:width] for row in rows]


def _sides(one: Causes) -> str:
    """What the metric was, and would have been."""
    as_is, clean = (written(figure, one.unit).strip() for figure in (one.as_is, one.clean))
    return f"{as_is}, without any of them {clean}"


def _share(share: Share, unit: str) -> tuple[str, ...]:
    shapley = ("", "") if share.shapley is None else _effect(share.shapley, unit)
    return (*_effect(share.added, unit), *_effect(share.alone, unit), *shapley)


def _effect(effect: Effect, unit: str) -> tuple[str, str]:
    """The mean, and the interval around it; of what is the same in all replications none."""
    if effect.is_nothing:
        return "0", ""
    if math.isinf(effect.value):
        return "without bound", ""
    if math.isnan(effect.value):
        return "–", ""
    return signed(effect.value, unit), _interval(effect, unit)


def _interval(effect: Effect, unit: str) -> str:
    if effect.low == effect.high:
        return "exactly"
    return interval(effect.low, effect.high, unit, amount)


def _every(one: Causes) -> list[Effect]:
    return [effect for share in one.shares for effect in (share.added, share.alone)]


def _interacts(one: Causes) -> bool:
    return any(
        not effect.is_nothing and effect.n > 0 for effect in (one.beyond_added, one.beyond_alone)
    )
