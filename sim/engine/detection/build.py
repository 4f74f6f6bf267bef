"""From a plan to a running detection: who watches, against what, who decides, how scores travel."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Baseline, Detector
from sim.detection.controls import make_control
from sim.detection.controls.qute import Qute
from sim.detection.decider import Decider
from sim.detection.detectors import make_detector
from sim.detection.history import History
from sim.detection.normal import Learnt, Normal, Published, Snapshot
from sim.detection.watch import Watch
from sim.engine.build import baselines_down
from sim.engine.dependence.methods import MethodSummary
from sim.engine.detection.baselines import Baselines, OfGroups, OfPopulation, baseline_of_covariance
from sim.engine.detection.detection import Detection, Side
from sim.engine.detection.exchange import add_exchange
from sim.engine.detection.points import PointLog, sample_agents
from sim.engine.detection.scores_mail import add_scores_mail
from sim.engine.detection.truth import Truth
from sim.engine.detection.witnesses import Witness, draw_witnesses, way_of_copies
from sim.engine.lies.detection import Scores, Told
from sim.engine.lies.lies import Lies
from sim.engine.parts import Parts
from sim.engine.world import World
from sim.scenario.detection_facts import decisions_in
from sim.scenario.plan import DetectionPlan
from sim.telemetry.mail import Mail
from sim.telemetry.parents import Aggregators

Ints = NDArray[np.int64]


def add_detection(
    parts: Parts,
    world: World,
    plan: DetectionPlan,
    lies: Lies,
    covariances: MethodSummary | None = None,
) -> Detection:
    """Put the detection of a plan into a world: its mail, and its eyes in the telemetry plane.

    `covariances` knows those of the population, where they are gathered.
    """
    wiring = _Wiring(parts, world, plan, Told(lies, parts.roster.tree), covariances)
    tier = wiring.deciding_tier
    here = wiring.side(wiring.here())
    detection = Detection(
        plan,
        world,
        here,
        wiring.side(wiring.central(), twin=True),
        Truth(parts.behaviour, parts.plan.agents.count, parts.plan.agents.period_ns),
        wiring.points(),
        add_scores_mail(parts, world, plan, tier),
        wiring.ancestor(1),
        tier,
        wiring.ancestor(tier),
    )
    detection.witnesses = wiring.witnesses()
    telemetry = world.telemetry
    telemetry.leaves.copies += [witness.report for witness in detection.witnesses]
    if isinstance(here.decider.control, Qute):
        detection.exchange = add_exchange(parts, world, here.decider.control)
    if lies.actors:
        detection.distort = Scores(lies, parts.roster.tree)
        detection.correct = lambda: ~lies.is_liar(0)
    telemetry.leaves.watches.append(detection.measured)
    telemetry.aggregators[0].watches.append(detection.heard)
    world.seat_forgetters.append(detection.forget)
    return detection


class _Wiring:
    """The pieces of one detection, made from the pieces of a world."""

    def __init__(
        self,
        parts: Parts,
        world: World,
        plan: DetectionPlan,
        told: Told,
        covariances: MethodSummary | None,
    ) -> None:
        self.parts = parts
        self.told = told
        self.covariances = covariances
        self.world = world
        self.plan = plan
        self.agents = parts.plan.agents.count
        self.features = parts.layout.features
        top = parts.top
        self.local_tier = 1
        self.region_tier = top - 1
        self.deciding_tier = {"local": 1, "region": top - 1, "root": top}[plan.decide]
        self.detector = self._detector()

    def ancestor(self, tier: int, of: int = 0) -> Ints:
        """The node of a tier that each agent, or each node of tier `of`, is below; (nodes,)."""
        return self.parts.roster.tree.ancestor_of(of, tier).astype(np.int64)

    def side(self, normal: tuple[Normal, Baselines | None], *, twin: bool = False) -> Side:
        """A watch with a detector of its own, and who decides on its scores."""
        plan, run = self.plan, self.parts.plan
        bound_ns = run.staleness.anomaly_ns
        watch = self._watch(normal[0])
        control = make_control(
            plan.control.kind, plan.control.options, self.ancestor(self.local_tier)
        )
        tier = self.deciding_tier
        if twin and isinstance(control, Qute):
            # Where everybody hears everybody at once there is but one node that decides.
            tier = self.parts.top
        decider = Decider(
            control,
            watch.detector.evidence,
            self._first_below(tier, run.tiers[tier].count + 1),
            plan.learn_ns,
            plan.learn_ns + plan.calibrate_ns,
            bound_ns + plan.every_ns,
            1 if twin else plan.witnesses,
        )
        return Side(watch, normal[1], decider)

    def witnesses(self) -> tuple[Witness, ...]:
        """Who watches agents beside their own locals."""
        others = self.plan.witnesses - 1
        if not others:
            return ()
        stream = self.parts.streams.stream("witnesses")
        found = []
        for number, at in enumerate(draw_witnesses(self.parts.roster.tree, others, stream), 2):
            post = way_of_copies(self.parts, self.world, number, at)
            normal, baselines = self.here(at)
            found.append(Witness(at, self._watch(normal), baselines, post))
        return tuple(found)

    def _watch(self, normal: Normal) -> Watch:
        run = self.parts.plan
        bound_ns = run.staleness.anomaly_ns + run.agents.period_ns
        return Watch(self._detector(), normal, self.agents, self.plan.learn_ns, bound_ns)

    def here(self, at: Ints | None = None) -> tuple[Normal, Baselines | None]:
        """What agents are held against at the locals `at`, (agents,), or at their own."""
        if self._learns:
            return self._learnt(), None
        if self.plan.scope == "population":
            downlink = self.world.downlink
            if self.told.any:
                # Each local may have been told another one, so each is a publisher of its own.
                publisher = self.ancestor(self.local_tier) if at is None else at
                normal = self._travelled(publisher, downlink, at)
                return normal, OfPopulation(normal, self.told, self._gathered("read"))
            normal = self._travelled(np.zeros(self.agents, np.int64), downlink, at)
            return normal, OfPopulation(normal, None, self._gathered("read"))
        return self._of_aggregators(self._scope_tier)

    def central(self) -> tuple[Normal, Baselines | None]:
        """What agents are held against by the twin, which knows everything at once."""
        if self._learns:
            return self._learnt(), None
        if self.plan.scope == "population":
            everybody = np.zeros(self.agents, np.int64)
            normal = Snapshot(everybody, self.features, covariance=self._needs_covariance)
            return normal, OfPopulation(normal, None, self._gathered("true"))
        leaves, tier = self.world.telemetry.leaves, self._scope_tier
        leaves.truth_of_groups = {}
        starts = self._first_below(tier, self.parts.plan.tiers[tier].count, of=1)

        def sums(now_ns: int) -> Ints:
            panes = leaves.truth_of_groups or {}
            return np.add.reduceat(self._window(panes, now_ns, leaves.groups.parents), starts)

        snapshot = Snapshot(self.ancestor(tier), self.features)
        return snapshot, OfGroups(snapshot, sums, self.parts.layout)

    def points(self) -> PointLog:
        """The table of points, with the agents that it keeps."""
        decisions = decisions_in(self.parts.plan, self.plan)
        stream = self.parts.streams.stream("points")
        return PointLog(*sample_agents(self.parts.hit, decisions, stream))

    @property
    def _learns(self) -> bool:
        """Whether agents are held against what their own local has learnt of them."""
        near = self.plan.scope != "population"
        return self.plan.scope == "own" or (near and self._needs_covariance)

    @property
    def _needs_covariance(self) -> bool:
        return self.detector.needs_covariance

    def _gathered(self, side: Literal["read", "true"]) -> Callable[[], Baseline] | None:
        """What makes a baseline with covariances; None where exact moments will do.

        read: of what the root has of all agents; true: of what a central observer has.
        """
        summary = self.covariances
        if not self._needs_covariance:
            return None
        assert summary is not None, "the scenario has covariances gathered, or it was refused"
        return lambda: baseline_of_covariance(getattr(summary, side), self.features)

    @property
    def _scope_tier(self) -> int:
        return self.local_tier if self.plan.scope == "local" else self.region_tier

    def _detector(self) -> Detector:
        run = self.parts.plan
        return make_detector(
            self.plan.detector.kind,
            self.plan.detector.options,
            agents=self.agents,
            features=self.features,
            period_ns=run.agents.period_ns,
            groups=self.ancestor(self.local_tier),
        )

    def _learnt(self) -> Learnt:
        history = History(self.agents, self.features, self.detector.needs_covariance)
        return Learnt(history, None if self.plan.scope == "own" else self.ancestor(1))

    def _of_aggregators(self, tier: int) -> tuple[Normal, Baselines]:
        """Baselines that the aggregators of a tier publish, of what they know."""
        aggregator = self.world.telemetry.aggregators[tier - 1]
        aggregator.panes = {}
        aggregator.panes_kept = self.parts.plan.baseline.panes
        sums = self._known_sums(aggregator)
        publisher = self.ancestor(tier)
        if tier == self.local_tier:
            snapshot = Snapshot(publisher, self.features)
            return snapshot, OfGroups(snapshot, sums, self.parts.layout)
        kind = "region baseline"
        mail, hops = baselines_down(self.parts, tier, "region-baseline", kind)
        self.world.mails.append(mail)
        self.world.hops.extend(hops)
        normal = self._travelled(publisher, mail)
        up = lambda: self.world.is_up(tier)[self.parts.levels[tier - 1].parent_of]  # noqa: E731
        return normal, OfGroups(normal, sums, self.parts.layout, mail, up)

    def _travelled(
        self, publisher: Ints, mail: Mail, at: Ints | None = None
    ) -> Published | Snapshot:
        """A normal that comes by mail; where there is no way to go, it is there at once."""
        if not mail.posts:
            return Snapshot(publisher, self.features, covariance=self._needs_covariance)
        return Published(
            publisher,
            self.ancestor(1) if at is None else at,
            self.features,
            mail.held_at,
            lambda: mail.posts[-1].version_held,
            covariance=self._needs_covariance,
        )

    def _known_sums(self, aggregator: Aggregators) -> Callable[[int], Ints]:
        return lambda now_ns: self._window(
            aggregator.panes or {}, now_ns, aggregator.groups.parents
        )

    def _window(self, panes: dict[int, Ints], now_ns: int, nodes: int) -> Ints:
        """Sums over the panes that a baseline covers; (nodes, wide)."""
        first, running = self.parts.plan.baseline.panes_at(now_ns)
        total = np.zeros((nodes, self.parts.layout.wide), np.int64)
        for pane in range(first, running + 1):
            total += panes.get(pane, 0)
        return total

    def _first_below(self, tier: int, count: int, of: int = 0) -> Ints:
        """First agent, or node of tier `of`, below each of the first nodes of a tier; (count,)."""
        return np.searchsorted(self.ancestor(tier, of), np.arange(count))
