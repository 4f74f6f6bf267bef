"""What a parent knows of one agent, as plainly as it can be written: the newest version replaces.

A report carries the agent's sums of the running pane and of the last finished one, so whoever holds
the newest that arrived holds those of all before it. What a closed pane held stays as it was.
"""

from collections.abc import Iterable, Mapping, Sequence

Reports = Sequence[tuple[int, int]]
"""Sent and arrived, ns, of the reports of one agent, oldest first; -1 = it never arrives."""
Sums = tuple[int, list[int], list[int]]
"""Count, sums and sums of squares, in quanta."""


def known(
    reports: Reports,
    values: Mapping[int, Sequence[int]],
    now_ns: int,
    pane_ns: int,
    agent_forgets_ns: Iterable[int] = (),
    parent_down_ns: tuple[int, int] | None = None,
) -> dict[int, Sums]:
    """Per pane the sums known just before `now_ns`; `values` are the vectors by instant of sending.

    A parent forgets everything when it goes down, before anybody looks, and takes in nothing until
    it is up again. An agent that forgets starts from nothing.
    """
    panes: dict[int, Sums] = {}
    newest_ns, is_forgotten = -1, parent_down_ns is None
    for arrived_ns, sent_ns in sorted((a, s) for s, a in reports if 0 <= a < now_ns):
        if parent_down_ns is not None and arrived_ns >= parent_down_ns[0] and not is_forgotten:
            panes, newest_ns, is_forgotten = {}, -1, True
        if parent_down_ns is not None and parent_down_ns[0] <= arrived_ns < parent_down_ns[1]:
            continue
        if sent_ns > newest_ns:
            newest_ns = sent_ns
            since_ns = max([0, *(at for at in agent_forgets_ns if at <= sent_ns)])
            for pane in (arrived_ns // pane_ns - 1, arrived_ns // pane_ns):
                panes[pane] = _sums(values, pane, pane_ns, since_ns, sent_ns)
    if parent_down_ns is not None and now_ns >= parent_down_ns[0] and not is_forgotten:
        panes = {}
    return {pane: sums for pane, sums in panes.items() if sums[0]}


def _sums(
    values: Mapping[int, Sequence[int]], pane: int, pane_ns: int, since_ns: int, until_ns: int
) -> Sums:
    mine = [v for at, v in values.items() if at // pane_ns == pane and since_ns <= at <= until_ns]
    columns = list(zip(*mine, strict=True))
    squares = [sum(value * value for value in column) for column in columns]
    return len(mine), [sum(column) for column in columns], squares
