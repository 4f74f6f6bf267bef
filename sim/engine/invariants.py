"""What must hold in every run, checked at every sample and at the end.

* Causality: nothing is faster than its path (`telemetry.way` watches each message), and nobody
  holds anything that was born or sent later than now, or whose ages contradict each other.
* Conservation: of every kind, sent = delivered + dropped + in flight; and every baseline that an
  aggregator takes up goes on to all its children, as do the scores that one sends up.
* Exact counts: every value that was reported is at the root, on its way, taken back, or was too
  late for its pane - one by one, none twice, and no agent is two sources.
* Exact sums: in the panes that are still open the same holds for the values themselves.

Where upper tiers have replicas, all of this holds for each, on the whole way to its root.

What liars claim counts as reported, and what lying aggregators make of it is known to the bit, so
these hold under every attack.

A violation is a bug of the simulator, never of the scenario.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine.world import World
from sim.errors import InvariantViolated
from sim.stats.fixed_point import LIMB_BITS
from sim.stats.moments import COUNT, SOURCES, Layout
from sim.telemetry import holdings
from sim.telemetry.leaves import Leaves
from sim.telemetry.mail import Mail, Spur
from sim.telemetry.parents import Aggregators
from sim.telemetry.plane import Path, Telemetry

IntArray = NDArray[np.int64]


def check_all(world: World) -> None:
    """Check all invariants now. Raises InvariantViolated with the figures that disagree."""
    check_messages(world)
    check_mail(world)
    for mail in world.mails:
        check_passing_on(mail)
    check_counts(world.telemetry)
    check_sums(world.telemetry)
    check_births(world.telemetry)


def check_messages(world: World) -> None:
    """Reports: sent = delivered + dropped + in flight, tier by tier."""
    for inlet in world.inlets:
        tally, intake, name = inlet.line.channel.tally, inlet.parent.intake, inlet.way.name
        dropped = tally.dropped.total() + intake.counts.refused + inlet.way.taken_out
        accounted = intake.counts.delivered + dropped + intake.in_flight()
        _same(f"conservation: reports of {name}", inlet.sender.messages, accounted)
        _same(f"conservation: reports of {name} judged", inlet.sender.messages, tally.sent)


def check_mail(world: World) -> None:
    """Baselines on their way down, scores on their way up: the same."""
    for hop in world.hops:
        post, tally = hop.post, hop.line.channel.tally
        accounted = post.delivered + post.refused + post.in_flight() + tally.dropped.total()
        accounted += post.way.taken_out
        _same(f"conservation: {post.way.name}", tally.sent, accounted)


def check_passing_on(mail: Mail) -> None:
    """Mail: who takes a version up, and does not keep it, sends it on to all that are behind."""
    starts: tuple[Mail | Spur, ...] = (mail, *mail.spurs)
    for start in starts:
        expected = start.sent
        for post in start.posts:
            _same(f"passing on: {post.way.name}", expected, post.sent + post.spared)
            if post.groups is not None:
                expected = int((post.passed * np.diff(post.groups.starts)).sum())


def check_counts(telemetry: Telemetry) -> None:
    """Every measured value is somewhere, exactly once, and no agent is two sources of a pane.

    This holds on the way to each replica of the root.
    """
    for path in telemetry.paths:
        _check_counts(telemetry, path)


def _check_counts(telemetry: Telemetry, path: Path) -> None:
    measured = telemetry.leaves.closed_count
    for kept in (telemetry.leaves.truth, telemetry.leaves.lies):
        measured += sum(int(row[COUNT]) for row in kept.values())
    found = telemetry.withdrawn + path.root.closed_count
    found += sum(int(row[COUNT]) for row in path.root.panes.values()) - path.root.mended_count
    for parent in path.parents:
        found += int(parent.intake.flight.values[:, COUNT].sum()) + parent.intake.counts.expired
    for aggregator in path.aggregators:
        found += sum(int(row[:, COUNT].sum()) for row in aggregator.unsent.values())
        measured += aggregator.forged_count
    _same("exact counts: values", measured, found)
    senders: tuple[Leaves | Aggregators, ...] = (telemetry.leaves, *path.aggregators)
    if any(sender.shim is not None for sender in senders):
        return  # liars may claim to be more
    for pane, row in path.root.panes.items():
        if row[SOURCES] > telemetry.leaves.groups.children:
            raise InvariantViolated(f"exact counts: {row[SOURCES]} sources in pane {pane}")


def check_sums(telemetry: Telemetry) -> None:
    """The values themselves, in the panes that take any: nothing was changed on its way.

    Squares are compared modulo 2**64. Agents that took something back have no truth to compare to.
    """
    if telemetry.withdrawn:
        return
    for path in telemetry.paths:
        _check_sums(telemetry, path)


def _check_sums(telemetry: Telemetry, path: Path) -> None:
    layout = telemetry.layout
    first_pane = (telemetry.now_ns - 1) // telemetry.pane_ns - 1
    found = np.zeros(1 + 2 * layout.features, np.int64)
    for parent in path.parents:
        flight = parent.intake.flight
        is_open = flight.pane >= first_pane
        values = flight.values if is_open.all() else flight.values[is_open]
        found += _known(values.sum(axis=0), layout)
        for pane, row in parent.intake.given_up.items():
            found += _known(row, layout) if pane >= first_pane else 0
    for aggregator in path.aggregators:
        for pane, rows in aggregator.unsent.items():
            found += _known(rows.sum(axis=0), layout) if pane >= first_pane else 0
    for pane, row in path.root.panes.items():
        found += _known(row, layout) if pane >= first_pane else 0
    said = [
        (pane, rows.sum(axis=0)) for tier in path.aggregators for pane, rows in tier.forged.items()
    ]
    said += [*telemetry.leaves.truth.items(), *telemetry.leaves.lies.items()]
    for pane, row in said:
        found -= _known(row, layout) if pane >= first_pane else 0
    if found.any():
        raise InvariantViolated(f"exact sums: off by {found.tolist()} at {telemetry.now_ns}")


def _known(row: IntArray, layout: Layout) -> IntArray:
    """Count, sums and squares (modulo 2**64) of a narrow or a wide row."""
    squares = row[layout.block(1)]
    if len(row) == layout.wide:
        squares = (squares << LIMB_BITS) + row[layout.block(2)]
    return np.concatenate((row[:1], row[layout.block(0)], squares))


def check_births(telemetry: Telemetry) -> None:
    """Nobody holds anything from the future, and ages are in order: oldest, mean, newest, sent."""
    for path in telemetry.paths:
        _check_births(telemetry, path)


def _check_births(telemetry: Telemetry, path: Path) -> None:
    now_ns = telemetry.now_ns
    agents = np.ones(telemetry.leaves.groups.children, np.int64)
    for parent in path.parents:
        held = parent.intake.held
        newest = int(held[:, holdings.SENT].max(initial=0))
        if newest >= now_ns > 0:
            raise InvariantViolated(f"causality: a version sent at {newest} is held at {now_ns}")
        if held.shape[1] == holdings.COLUMNS:
            _check_rows(held, agents)
        agents = np.add.reduceat(agents, parent.groups.starts[:-1])


def _check_rows(held: IntArray, agents: IntArray) -> None:
    """Rows of seven of aggregators that have this many agents each below them."""
    sent, oldest, born = held[:, holdings.SENT], held[:, holdings.OLDEST], held[:, holdings.BORN]
    if (oldest > sent).any() or (born > sent * agents).any():
        raise InvariantViolated("causality: a version is older than the values in it")
    if (oldest * (agents - held[:, holdings.LEFT]) > born).any():
        raise InvariantViolated("causality: values are in the mean older than the oldest of them")
    fresh, heard = held[:, holdings.FRESH], held[:, holdings.HEARD]
    if (fresh > heard).any() or (heard > agents).any():
        raise InvariantViolated("causality: more sources are fresh, or heard of, than there are")


def _same(what: str, expected: int, found: int) -> None:
    if expected != found:
        raise InvariantViolated(f"{what}: {expected} expected, {found} found")
