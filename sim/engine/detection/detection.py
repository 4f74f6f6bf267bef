"""Detection inside a run: what arrives is watched, scores travel, and somebody decides.

At every `detection.every` the local aggregators score their agents on what has arrived and send the
scores up; `detection.wait` later the deciding node turns the newest scores that it holds into
alarms. Beside it runs the central twin: the same detector on the same values, each at its birth and
against true baselines.
Nothing is put in by hand: what distribution costs is whatever the network does to what arrives.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.detection.decider import Decider
from sim.detection.watch import Watch
from sim.engine.detection.baselines import Baselines
from sim.engine.detection.exchange import Exchange
from sim.engine.detection.points import PointLog
from sim.engine.detection.truth import Truth
from sim.engine.detection.witnesses import Witness
from sim.engine.fingerprint import Fingerprint
from sim.engine.roster import Nodes
from sim.engine.world import World
from sim.errors import InvariantViolated
from sim.scenario.plan import DetectionPlan
from sim.stats.moments import Moments
from sim.telemetry.emission import Emission
from sim.telemetry.mail import Mail
from sim.telemetry.moves import Heard

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Distort = Callable[[Floats, int, Ints], Floats]
"""What scores (agents,) become at an instant, at the locals that send them; (agents,)."""


@dataclass(frozen=True, slots=True)
class Side:
    """One way to detect: a watch, what publishes its baselines, and who decides."""

    watch: Watch
    baselines: Baselines | None
    """None where agents are held against what their own aggregator has learnt."""
    decider: Decider


class Detection:
    """The detection of one run.

    `local_of` (agents,) is the aggregator next to each agent; `scores_mail` takes scores to the
    deciding nodes (None: they are the locals themselves), `decides_at` (agents,) are those nodes in
    tier `deciding_tier`.
    """

    def __init__(
        self,
        plan: DetectionPlan,
        world: World,
        here: Side,
        central: Side,
        truth: Truth,
        points: PointLog,
        scores_mail: Mail | None,
        local_of: Ints,
        deciding_tier: int,
        decides_at: Ints,
    ) -> None:
        self.plan = plan
        self.here = here
        self.central = central
        self.truth = truth
        self.points = points
        self.scores_mail = scores_mail
        self._world = world
        self._local_of = local_of
        self._deciding_tier = deciding_tier
        self._decides_at = decides_at
        self._snapshots: dict[int, tuple[int, list[Floats]]] = {}
        """Per version that is still on its way: when it was sent, and all scores of each watch."""
        self._frozen = False
        self.witnesses: tuple[Witness, ...] = ()
        """Who watches agents beside their own locals."""
        self.exchange: Exchange | None = None
        """Between deciding nodes that tell each other p-values."""
        self.distort: Distort | None = None
        """What liars make of the scores that are sent, or decided on at once."""
        self.correct: Callable[[], Bools] | None = None
        """Whom there are points of now; None = all. What a liar shows is nobody's accuracy."""
        self.latest: tuple[Floats, Bools] | None = None
        """Scores and alarms of the last decision, (agents,); None before the first."""
        self.seats: Callable[[], Ints] | None = None
        """The row of each agent now, (agents,); None where agent i always sits in row i.

        Watches, scores and alarms are of rows; truth and points are of agents."""
        self.shown: tuple[int, ...] = ()
        """Anomalies that some agent showed while decisions were made; known once there are tables.

        Of all agents, also of those of whom no points are kept."""

    def heard(self, moves: Iterable[Heard]) -> None:
        """Values have arrived at the aggregators next to the agents."""
        for move in moves:
            if len(move.child):
                born_ns = move.state[:, 0].astype(np.float64)
                self.here.watch.take(move.child, move.vector, born_ns, move.known_ns)

    def measured(self, first: int, part: Emission, vectors: Floats) -> None:
        """Agents first ... have measured; only the truth and the central twin may know."""
        self.truth.measured(first, part)
        for row, born_ns in enumerate(part.sent_ns):
            if part.sent is None:
                rows = np.arange(first, first + len(born_ns))
                self.central.watch.take(rows, vectors[row], born_ns, born_ns)
            elif part.sent[row].any():
                sent = np.flatnonzero(part.sent[row])
                rows = first + sent
                self.central.watch.take(rows, vectors[row, sent], born_ns[sent], born_ns[sent])

    def publish(self, version: int, now_ns: int, root: Moments | None, true: Moments) -> None:
        """A baseline is due; `root` is what the root knows (None if it is down), `true` the truth.

        Regions and locals publish theirs at the same instants.
        """
        for side, population in ((self.here, root), (self.central, true)):
            if side.baselines is not None:
                side.baselines.publish(version, now_ns, population)
        for witness in self.witnesses:
            if witness.baselines is not None:
                witness.baselines.publish(version, now_ns, root)

    def advance(self, until_ns: int) -> None:
        """Deliver copies of reports, and scores, that arrive before `until_ns`."""
        for witness in self.witnesses:
            witness.advance(until_ns)
        if self.scores_mail is None:
            return
        self.scores_mail.advance(until_ns)
        arrived = self.scores_mail.arrived
        for version in np.unique(arrived.version).tolist():
            locals_ = np.zeros(int(self._local_of[-1]) + 1, np.bool_)
            locals_[arrived.node[arrived.version == version]] = True
            sent_ns, each = self._snapshots[version]
            for number, (at, scores) in enumerate(zip(self._seen_at(), each, strict=True)):
                self.here.decider.receive(locals_[at], scores, sent_ns, number)

    def send(self, version: int, now_ns: int) -> None:
        """Send the scores of all agents up, from the locals that are there."""
        self._freeze(now_ns)
        if self.exchange is not None:
            self._know_at_once(self.here, now_ns, now_ns, self.distort)
            self.exchange.begin(now_ns, self._world.is_up(1))
        elif self.scores_mail is not None:
            self._send(self.scores_mail, version, now_ns)

    def pauses(self) -> tuple[int, ...]:
        """When, after scores are sent, an exchange goes on; nothing without one."""
        parts = 1 if self.exchange is None else self.exchange.parts
        return tuple(part * self.plan.wait_ns // parts for part in range(1, parts))

    def go_on(self, now_ns: int) -> None:
        """A part of an exchange is over, and the next begins."""
        if self.exchange is not None:
            self.exchange.go_on(now_ns, self._world.is_up(1))

    def decide(self, now_ns: int) -> tuple[Floats, Bools] | None:
        """Decide on what is known; None before decisions begin."""
        self._freeze(now_ns)
        sent_ns = now_ns - self.plan.wait_ns
        if self.exchange is not None:
            self.exchange.end()
        elif self.scores_mail is None:
            self._know_at_once(self.here, now_ns, sent_ns, self.distort)
        there = self._world.is_up(self._deciding_tier)[self._decides_at]
        members = self._world.registered()
        found = self.here.decider.decide(now_ns, there, members)
        self._know_at_once(self.central, now_ns, sent_ns)
        central = self.central.decider.decide(now_ns, present=members)
        if found is not None and central is not None:
            self._add_points(now_ns, found, central)
        self.latest = found
        return found

    def _add_points(
        self, now_ns: int, found: tuple[Floats, Bools], central: tuple[Floats, Bools]
    ) -> None:
        present = self._world.is_up(0)
        if self.correct is not None:
            present = present & self.correct()
        if self.seats is not None:
            seat = self.seats()
            present = present[seat]
            found, central = ((scores[seat], alarm[seat]) for scores, alarm in (found, central))
        self.points.add(now_ns, self.truth.label, present, found, central)

    def forget(self, nodes: Nodes) -> None:
        """Nodes (a bool array a tier) lose what they knew."""
        self.here.watch.forget(np.flatnonzero(nodes[1][self._local_of]))
        for witness in self.witnesses:
            witness.watch.forget(np.flatnonzero(nodes[1][witness.at]))
        self.here.decider.forget(nodes[self._deciding_tier][self._decides_at])

    def reseat(self, rows: Ints) -> None:
        """Other agents sit in these rows than before, and nothing was said of them; `rows` (k,)."""
        self._unsay(rows)
        held = self._world.telemetry.aggregators[0].intake.held[:, 0]
        for side in (self.here, self.central):
            side.watch.forget(rows)
        self.here.watch.newest_ns[rows] = held[rows]
        for witness in self.witnesses:
            witness.reseat(rows)

    def _unsay(self, rows: Ints) -> None:
        """Scores that are known or on their way, and what was decided, were of others."""
        moved = np.isin(np.arange(len(self._local_of)), rows)
        for side in (self.here, self.central):
            side.decider.forget(moved)
        for _, each in self._snapshots.values():
            for scores in each:
                scores[rows] = np.nan
        if self.latest is not None:
            scores, alarms = self.latest
            self.latest = np.where(moved, np.nan, scores), alarms & ~moved

    def check(self) -> None:
        """Nobody has seen a value that has not arrived. Raises InvariantViolated."""
        locals_ = self._world.telemetry.aggregators[0]
        seen, held = self.here.watch.newest_ns, locals_.intake.held[:, 0]
        wrong = np.flatnonzero(seen != held)
        if len(wrong):
            agent = int(wrong[0])
            raise InvariantViolated(
                f"causality: the watch of agent {agent} has seen a value born at {seen[agent]:.0f},"
                f" its aggregator holds one born at {held[agent]}"
            )

    def tables(self) -> Mapping[str, Mapping[str, NDArray[Any]]]:
        """The tables of points and of segments; call once, at the end."""
        segments = self.truth.segments(self.plan.learn_ns + self.plan.calibrate_ns)
        self.shown = tuple(np.unique(segments["anomaly"]).tolist())
        kept = np.isin(segments["agent"], self.points.agents)
        tables: dict[str, Mapping[str, NDArray[Any]]] = {
            "segments": {name: column[kept] for name, column in segments.items()}
        }
        points = self.points.table()
        return tables | {"points": points} if points else tables

    def record(self, fingerprint: Fingerprint, found: tuple[Floats, Bools] | None) -> None:
        """Add what was decided to the identity of the run."""
        if found is not None:
            fingerprint.add("detection", found[0], found[1])

    def _freeze(self, now_ns: int) -> None:
        """What was learnt holds from the first instant at or after the end of learning."""
        if not self._frozen and now_ns >= self.plan.learn_ns:
            self._frozen = True
            for watch in (*self._watches(), self.central.watch):
                watch.freeze()

    def _watches(self) -> list[Watch]:
        """All that watch what arrives: at each agent's own local, and at its witnesses."""
        return [self.here.watch, *(witness.watch for witness in self.witnesses)]

    def _seen_at(self) -> list[Ints]:
        """The locals of each of them, (agents,)."""
        return [self._local_of, *(witness.at for witness in self.witnesses)]

    def _know_at_once(
        self, side: Side, now_ns: int, sent_ns: int, distort: Distort | None = None
    ) -> None:
        """Take the scores of now as known; they count as sent when all locals sent theirs.

        So whoever decides shows the same decisions as normal.
        """
        scores = side.watch.scores(now_ns)
        scores = scores if distort is None else distort(scores, now_ns, self._local_of)
        side.decider.receive(slice(None), scores, sent_ns)

    def _send(self, mail: Mail, version: int, now_ns: int) -> None:
        each = [watch.scores(now_ns) for watch in self._watches()]
        if self.distort is not None:
            seen_at = zip(each, self._seen_at(), strict=True)
            each = [self.distort(scores, now_ns, at) for scores, at in seen_at]
        self._snapshots[version] = (now_ns, each)
        mail.publish(version, now_ns, self._world.is_up(1))
        # Not "all since the oldest": one that is held up must not keep all that came after it.
        under_way = set(np.unique(np.concatenate([post.version for post in mail.posts])).tolist())
        for old in [key for key in self._snapshots if key not in under_way]:
            del self._snapshots[old]
