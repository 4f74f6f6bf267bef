"""How long a replica takes to catch up after a heal, said beforehand; counted from the heal itself.

It takes as long as it takes to notice, to compare, to ship what is missing, and to bring the result
to whoever reads it. State size, bandwidth and probe period decide, so whoever claims "within ten
seconds" has to say these three.
"""

from typing import NamedTuple

from sim.units import NS_PER_S


class RecoveryBounds(NamedTuple):
    """In ns; the upper one holds without loss and with no other traffic on the link."""

    lower_ns: int
    upper_ns: int


def recovery_bounds(
    probe_ns: int,
    rtt_ns: int,
    rounds: int,
    missing_bytes: int,
    bandwidth_bps: float,
    pipeline_ns: int = 0,
) -> RecoveryBounds:
    """From RTT/2 + |delta|/BW to T_probe + d + rounds RTT + |delta|/BW + sum(T_i + d_i).

    `probe_ns`: every so often the replicas are compared; d = RTT/2; `rounds`: round trips until
    what is missing is on its way; `pipeline_ns`: sum over tiers of period plus delay. Raises
    ValueError unless there is a bandwidth.

    >>> bounds = recovery_bounds(NS_PER_S, 80_000_000, 3, 528_000, 1e8, 365_000_000)
    >>> round(bounds.upper_ns / 1e9, 2)
    1.69
    """
    if bandwidth_bps <= 0:
        raise ValueError(f"nothing recovers at {bandwidth_bps} bits a second")
    one_way_ns, shipping_ns = rtt_ns // 2, transfer_ns(missing_bytes, bandwidth_bps)
    upper_ns = probe_ns + one_way_ns + rounds * rtt_ns + shipping_ns + pipeline_ns
    return RecoveryBounds(one_way_ns + shipping_ns, upper_ns)


def transfer_ns(size_bytes: int, bandwidth_bps: float) -> int:
    """How long a link takes to send so many bytes, delay apart."""
    return round(size_bytes * 8 * NS_PER_S / bandwidth_bps)


def missing_items(
    partition_ns: int, period_ns: int, keys: int, *, flavour: str = "snapshots"
) -> int:
    """Items that one side lacks after a partition in which each key was written every `period_ns`.

    Of snapshots one for each key that was written at all, however long it lasted; of a log all.
    """
    versions = partition_ns // period_ns
    return keys * (min(versions, 1) if flavour == "snapshots" else versions)
