"""Maps made of measured round-trip times: a matrix of medians, or all that was ever measured.

Half a round trip is one way, and the same both ways: which way was slow cannot be told from its
sum. `read_rtt_csv` reads a CSV matrix, with a second one for how late every tenth message is;
`read_rtt_npz` reads measurements over time. numpy is imported only where there are tails.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.network.input_files import parse_cell, read_rows
from sim.network.sites import Link, SiteGraph

if TYPE_CHECKING:
    from sim.network.tails import AboveMedian

Rows = Sequence[Sequence[str]]


def read_rtt_csv(file: str, within_ns: int = 0, p90_file: str | None = None) -> SiteGraph:
    """A matrix of round-trip times in ms: row = from, column = to, first row and column = names.

    Half a round trip is one way; two different directions give their mean. An empty cell means no
    direct link. The diagonal is the round trip within the site, or `within_ns` where it is empty.
    `p90_file` has the 90th percentiles of the same sites and gives each pair its tail. Raises
    InputError with file, row and column.
    """
    rows = read_rows(file)
    names = _matrix_names(file, rows)
    count = len(names)
    links = []
    for a in range(count):
        for b in range(a + 1, count):
            way_ns = _one_way_ns(file, rows, (a, b), (b, a))
            if way_ns is not None:
                links.append(Link(a, b, way_ns))
    diagonal = [_one_way_ns(file, rows, (site, site)) for site in range(count)]
    within = tuple(within_ns if delay_ns is None else delay_ns for delay_ns in diagonal)
    tails = None if p90_file is None else _tails(file, rows, names, p90_file)
    return SiteGraph(names, (None,) * count, tuple(links), within, measured=True, tails=tails)


def _tails(file: str, medians: Rows, names: tuple[str, ...], p90_file: str) -> "AboveMedian":
    """By how much the 90th percentile of half a round trip exceeds the median, pair by pair."""
    import numpy as np

    from sim.network.tails import AboveMedian

    rows = read_rows(p90_file)
    if _matrix_names(p90_file, rows) != names:
        raise InputError(f"{p90_file}: has other sites, or another order of them, than {file}")
    excess_ns = np.full((len(names), len(names)), math.nan)
    for a in range(len(names)):
        for b in range(a, len(names)):
            median_ns = _one_way_ns(file, medians, (a, b), (b, a))
            p90_ns = _one_way_ns(p90_file, rows, (a, b), (b, a))
            if median_ns is not None and p90_ns is not None:
                if p90_ns < median_ns:
                    where = f"row {a + 2}, column {b + 2}, or where they are swapped"
                    raise InputError(f"{p90_file}: {where}: is less than the median in {file}")
                excess_ns[a, b] = excess_ns[b, a] = p90_ns - median_ns
    return AboveMedian.through_p90(excess_ns)


def _matrix_names(file: str, rows: Rows) -> tuple[str, ...]:
    names = tuple(rows[0][1:])
    for column, name in enumerate(names):
        if not name or name in names[:column]:
            problem = f"the name {name!r} stands twice" if name else "a site has no name"
            raise InputError(f"{file}: row 1, column {column + 2}: {problem}")
    if not names or len(rows) != len(names) + 1:
        found = f"{len(rows) - 1} rows and {len(names)} columns"
        raise InputError(f"{file}: a matrix needs as many rows as columns, but it has {found}")
    for row, name in enumerate(names, start=1):
        if rows[row][0] != name:
            found = f"{rows[row][0]!r} where the columns have {name!r}"
            raise InputError(f"{file}: row {row + 1}, column 1: {found}")
        if len(rows[row]) != len(names) + 1:
            found = f"{len(rows[row]) - 1} cells for {len(names)} columns"
            raise InputError(f"{file}: row {row + 1}: {found}")
    return names


def _one_way_ns(file: str, rows: Rows, *directions: tuple[int, int]) -> int | None:
    """Half the mean round trip of the directions that were measured, at least 1 ns; or None."""
    measured = []
    for source, target in directions:
        if rows[source + 1][target + 1]:
            rtt_ms = parse_cell(file, rows, source + 1, target + 1)
            if rtt_ms < 0:
                where = f"row {source + 2}, column {target + 2}"
                raise InputError(f"{file}: {where}: a round trip of {rtt_ms} ms is less than 0")
            measured.append(rtt_ms)
    return max(1, round(fmean(measured) / 2 * 1e6)) if measured else None


def read_rtt_npz(file: str, options: Mapping[str, Any], within_ns: int = 0) -> SiteGraph:
    """The hosts of an archive of round trips; `options` are array, unit_ns, sites and delays.

    A link is the least measurement of its pair. With the delays ``measured`` each message is as
    late as one of all measurements, with ``median`` as late as the median; so both have one map,
    and who stands where is the same. `sites` of the hosts are taken, evenly through the file (None
    = all). Raises InputError.
    """
    import numpy as np

    from sim.network.rtt_archive import read_measurements

    found = read_measurements(file, options["array"], options["unit_ns"]).some(options["sites"])
    way_ns = found.least_ns()
    a, b = np.triu_indices(len(found.hosts), 1)
    links = tuple(
        Link(int(a[pair]), int(b[pair]), max(1, round(float(way_ns[pair]))))
        for pair in np.flatnonzero(np.isfinite(way_ns)).tolist()
    )
    return SiteGraph(
        tuple(f"host-{host}" for host in found.hosts),
        (None,) * len(found.hosts),
        links,
        (within_ns,) * len(found.hosts),
        measured=True,
        tails=found.tails(only_median=options["delays"] == "median"),
    )
