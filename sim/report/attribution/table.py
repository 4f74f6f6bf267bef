"""What each fault and liar caused, as a table: a block of rows for each metric.

Three answers stand side by side: what an entry adds to all the others, what it does alone, and,
where all subsets were run, its Shapley share. The last rows say what all of them caused together
and what is left over. On top stands who is to blame, in one line for each metric.
"""

from collections.abc import Sequence
from typing import Final

from sim.measure.attribution import Causes, Effect, Share
from sim.report.attribution.blame import HEADING, blame, of_metric
from sim.report.attribution.words import Cause, effect, figure, name
from sim.report.columns import aligned, markdown_table

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
UNENDED: Final = (
    "at least, at most, not known: something had not ended when the run did, or when the next "
    "fault came; it counts as long as it was watched, and a difference of two of those says nothing"
)


def as_text(found: Sequence[Causes], entries: Sequence[Cause]) -> str:
    """Who is to blame, a block for each metric, for a terminal, and the sentences below them."""
    headers, touched = _headers(found), [one for one in found if one.is_touched]
    blocks = [_rows(one, entries, len(headers)) for one in touched]
    rows = [headers, *(row for block in blocks for row in block)]
    head, *lines = aligned(rows, MARKS[: len(headers)])
    told = blame(found, entries)
    for one, block in zip(touched, blocks, strict=True):
        told += ["", f"{one.metric}: {_sides(one)}", head, *lines[: len(block)]]
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
    above = _blame_in_markdown([one for one in found if one.is_touched], entries)
    below = [f"- {line}" for line in sentences(found, entries)]
    table = markdown_table(("metric", *headers), "<" + MARKS[: len(headers)], rows)
    return "\n".join([*above, *(table if rows else []), "", *below]).strip() + "\n"


def _blame_in_markdown(touched: Sequence[Causes], entries: Sequence[Cause]) -> list[str]:
    if len(entries) < 2 or not touched:
        return []
    lines = [f"- {one.metric}: {of_metric(one, entries)}" for one in touched]
    return [f"{HEADING.capitalize()}:", "", *lines, ""]


def sentences(found: Sequence[Causes], entries: Sequence[Cause]) -> list[str]:
    """How to read the table, and who had no effect."""
    told = [f"{name(one)}: {one.remark}" for one in entries if one.remark]
    same = [one.metric for one in found if not one.is_touched]
    if same:
        told.append(f"nobody had any effect on {', '.join(same)}")
    exact = [caused for one in found for caused in _every(one) if caused.bound == "exact"]
    if exact and all(caused.n < 2 for caused in exact):
        told.append("one replication has no intervals: more of them tell an effect from luck")
    if any(caused.bound != "exact" for one in found for caused in _every(one)):
        told.append(UNENDED)
    if any(_interacts(one) for one in found):
        told.append(
            f"{LEFT_OVER}: what the causes together did beyond the sum of the rows above it; "
            "effects that hide or need each other do not add up"
        )
    return told


def _headers(found: Sequence[Causes]) -> tuple[str, ...]:
    """Of one cause there is one answer; without all subsets there is no Shapley share."""
    if all(len(one.shares) == 1 for one in found):
        return ("cause", CAUSED, "95 % interval")
    is_known = any(share.shapley is not None for one in found for share in one.shares)
    return HEADERS if is_known else HEADERS[:-2]


def _rows(one: Causes, entries: Sequence[Cause], width: int) -> list[tuple[str, ...]]:
    """A row for each cause of a metric, one for all together, one for what is left over."""
    if len(one.shares) == 1:
        return [(name(entries[0]), *effect(one.shares[0].added, one.unit))]
    whole = effect(one.whole, one.unit)
    left = (*effect(one.beyond_added, one.unit), *effect(one.beyond_alone, one.unit))
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
    as_is = figure(one.as_is, one.as_is_bound, one.unit)
    clean = figure(one.clean, one.clean_bound, one.unit)
    return f"{as_is}, without any of them {clean}"


def _share(share: Share, unit: str) -> tuple[str, ...]:
    shapley = ("", "") if share.shapley is None else effect(share.shapley, unit)
    return (*effect(share.added, unit), *effect(share.alone, unit), *shapley)


def _every(one: Causes) -> list[Effect]:
    return [caused for share in one.shares for caused in (share.added, share.alone)]


def _interacts(one: Causes) -> bool:
    return not all(
        caused.is_nothing or (caused.n == 0 and caused.bound == "exact")
        for caused in (one.beyond_added, one.beyond_alone)
    )
