"""The obvious version of `sim.network.rtt_archive`: a list of measurements for every pair."""

import math


def one_way_ns(cube, unit_ns: int, a: int, b: int, u: float) -> float | None:
    """Quantile u of half of all that was measured between two hosts; None if nothing was."""
    both = [*cube[a][b], *cube[b][a]]
    measured = sorted(value * unit_ns / 2 for value in both if value > 0 and math.isfinite(value))
    return measured[int(u * len(measured))] if measured else None


def renewal(ups, downs, end: float) -> list[tuple[float, float]]:
    """When something is down that is up and down for these times by turns, from 0 on."""
    instants, now = [], 0.0
    for up, down in zip(ups, downs, strict=True):
        instants.append((now + up, now + up + down))
        now += up + down
    return [(begin, until) for begin, until in instants if begin < end]
