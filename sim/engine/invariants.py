"""What must hold in every run, checked at every sample and at the end.

* Causality: nothing is faster than its path (`telemetry.way` watches each message), and nobody
  holds anything that was born or sent later than now.
* Conservation: of every kind, sent = delivered + dropped + in flight.
* Exact counts: every value that was measured is at the root, on its way, taken back, or was too
  late for its pane - one by one, none twice.

A violation is a bug of the simulator, never of the scenario.
"""

from sim.engine.world import World
from sim.errors import InvariantViolated
from sim.stats.moments import COUNT
from sim.telemetry import holdings
from sim.telemetry.leaves import Leaves
from sim.telemetry.parents import Aggregators
from sim.telemetry.plane import Telemetry


def check_all(world: World) -> None:
    """Check all invariants now. Raises InvariantViolated with the figures that disagree."""
    check_messages(world)
    check_baselines(world)
    check_counts(world.telemetry)
    check_births(world.telemetry)


def check_messages(world: World) -> None:
    """Reports: sent = delivered + dropped + in flight, tier by tier."""
    telemetry = world.telemetry
    senders: tuple[Leaves | Aggregators, ...] = (telemetry.leaves, *telemetry.aggregators)
    parents = (*telemetry.aggregators, telemetry.root)
    for line, sender, parent, way in zip(world.up, senders, parents, telemetry.ways, strict=True):
        counts = parent.intake.counts
        dropped = line.channel.dropped.total() + counts.refused
        accounted = counts.delivered + dropped + parent.intake.in_flight()
        _same(f"conservation: reports of {way.name}", sender.messages, accounted)
        _same(f"conservation: reports of {way.name} judged", sender.messages, line.channel.sent)


def check_baselines(world: World) -> None:
    """Baselines: the same on the way down."""
    for line, post in zip(world.down, world.downlink.posts, strict=True):
        accounted = post.delivered + post.refused + post.in_flight() + line.channel.dropped.total()
        _same(f"conservation: {post.way.name}", line.channel.sent, accounted)


def check_counts(telemetry: Telemetry) -> None:
    """Every measured value is somewhere, exactly once."""
    measured = sum(int(row[COUNT]) for row in telemetry.leaves.truth.values())
    found = telemetry.withdrawn + telemetry.root.closed_count
    found += sum(int(row[COUNT]) for row in telemetry.root.panes.values())
    for parent in (*telemetry.aggregators, telemetry.root):
        found += int(parent.intake.flight.values[:, COUNT].sum()) + parent.intake.counts.expired
    for aggregator in telemetry.aggregators:
        found += sum(int(row[:, COUNT].sum()) for row in aggregator.unsent.values())
    _same("exact counts: values", measured, found)


def check_births(telemetry: Telemetry) -> None:
    """Nobody holds anything that was born, or sent, at or after now."""
    now_ns = telemetry.now_ns
    for parent in (*telemetry.aggregators, telemetry.root):
        held = parent.intake.held
        newest = int(held[:, holdings.SENT].max(initial=0))
        if newest >= now_ns > 0:
            raise InvariantViolated(f"causality: a version sent at {newest} is held at {now_ns}")
        if held.shape[1] == holdings.COLUMNS and (held[:, holdings.OLDEST] > held[:, 0]).any():
            raise InvariantViolated("causality: a version is older than the values in it")


def _same(what: str, expected: int, found: int) -> None:
    if expected != found:
        raise InvariantViolated(f"{what}: {expected} expected, {found} found")
