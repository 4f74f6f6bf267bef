"""Runs one plan twice, in columns and message by message, and shows both in the same words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.engine.component import Rows
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance
from sim.engine.simulation import Simulation
from sim.scenario.plan import Plan
from sim.scenario.plan_control import ControlPlan
from sim.stats import fixed_point
from sim.stats.moments import Layout
from sim.telemetry import holdings
from tests.reference.nodes import Ages, Summary
from tests.reference.telemetry import Outcome, Sample, TelemetryReference


class OtherPublishers:
    """Lets every further replica of the root publish, too, as replica 0 does: while it is up."""

    def __init__(self, simulation: Simulation) -> None:
        self._plan, self._world = simulation.plan, simulation.world

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for all publications."""
        yield self._publishing(kernel, advance)

    def rows(self) -> Rows:
        """Nothing."""
        return {}

    def idle(self) -> list[str]:
        """Never."""
        return []

    def _publishing(self, kernel: Kernel, advance: Advance) -> Script:
        period_ns = self._plan.baseline.publish_ns
        for version in range(1, self._plan.duration_ns // period_ns + 1):
            yield kernel.instant(version * period_ns, order=Order.PUBLISH)
            advance(kernel.now_ns)
            for replica in self._world.replicas[1:]:
                if replica.is_up():
                    mail = self._world.downlink
                    mail.publish(version, kernel.now_ns, replica=replica.number)


@dataclass(frozen=True)
class Both:
    """What the simulator and the plain reference make of one plan."""

    plan: Plan
    fast: Outcome
    plain: Outcome
    idle_faults: tuple[str, ...]


def run_both(plan: Plan, seed: int) -> Both:
    """Both runs of one plan under one seed, without what reacts message by message."""
    plan = replace(plan, control=ControlPlan())
    fast, idle_faults = _run_columns(plan, seed)
    return Both(plan, fast, TelemetryReference(plan, seed).run(), idle_faults)


def assert_same(both: Both) -> None:
    """Every message and every sample is equal, to the nanosecond and to the last bit."""
    fast, plain = (_until(run.messages, both.plan.duration_ns) for run in (both.fast, both.plain))
    _assert_equal_items(fast, plain)
    fast, plain = ({s.time_ns: s for s in run.samples} for run in (both.fast, both.plain))
    _assert_equal_items(fast, plain)


def _until(messages: dict, end_ns: int) -> dict:
    """What arrives after the end of the run is not told apart: nothing of it was simulated."""
    return {key: (sent, min(arrived, end_ns)) for key, (sent, arrived) in messages.items()}


def _assert_equal_items(fast: dict, plain: dict) -> None:
    """Names the first difference instead of printing two whole dictionaries."""
    for key in [*plain, *fast]:
        here, there = fast.get(key), plain.get(key)
        assert here == there, f"{key}: {here} in columns, {there} message by message"


def _run_columns(plan: Plan, seed: int) -> tuple[Outcome, tuple[str, ...]]:
    simulation = Simulation(plan, seed)
    outcome = Outcome()
    sample = simulation.recorder.sample

    def sample_and_look(now_ns: int) -> None:
        sample(now_ns)
        outcome.samples.append(_look(simulation, now_ns))

    simulation.recorder.sample = sample_and_look
    simulation.components += (OtherPublishers(simulation),)
    recording = simulation.run()
    outcome.messages.update(_messages(recording.tables["messages"]))
    return outcome, recording.idle_faults


def _messages(table) -> dict:
    keys = zip(*(table[name].tolist() for name in ("tier", "node", "version")), strict=True)
    instants = zip(table["sent_ns"].tolist(), table["arrived_ns"].tolist(), strict=True)
    return dict(zip(keys, instants, strict=True))


def _look(simulation: Simulation, now_ns: int) -> Sample:
    plan, world = simulation.plan, simulation.world
    running = now_ns // plan.baseline.pane_ns
    window = range(max(running - plan.baseline.panes, 0), running + 1)
    features = plan.agents.features
    (ages, panes), *others = [
        (
            _ages(replica.view(now_ns)),
            {p: _summary(replica.root.window(p, p, features), features) for p in window},
        )
        for replica in world.replicas
    ]
    mail = world.downlink
    ways = [mail.posts, *(spur.posts[:-1] for spur in mail.spurs)]
    held = [post.version_held.tolist() for posts in ways for post in reversed(posts)]
    return Sample(now_ns, ages, panes, held, others)


def _ages(view: np.ndarray) -> Ages:
    columns = (holdings.OLDEST, holdings.BORN, holdings.FRESH, holdings.HEARD, holdings.LEFT)
    return Ages(*(int(view[column]) for column in columns))


def _summary(row: np.ndarray, features: int) -> Summary:
    blocks = [row[Layout(features).block(index)] for index in range(6)]
    return Summary(
        count=int(row[0]),
        sources=int(row[1]),
        sums=blocks[0].tolist(),
        squares=fixed_point.join(blocks[1], blocks[2]),
        means=blocks[3].tolist(),
        mean_squares=fixed_point.join(blocks[4], blocks[5]),
    )
