"""One run: the world, the clock, and the scripts that act on it.

Faults, publications and samples are scripts on the kernel. Each brings both planes up to its own
instant before it changes or looks at anything; that is what keeps the vector steps exact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.attest.build import add_attest
from sim.engine.build import build
from sim.engine.component import Component
from sim.engine.detection.build import add_detection
from sim.engine.detection.detection import Detection
from sim.engine.digests.build import add_digests
from sim.engine.digests.integrity import UNATTESTED, integrity_row, unguarded
from sim.engine.evidence.build import add_evidence
from sim.engine.faults import Fault, make_fault
from sim.engine.fingerprint import Fingerprint
from sim.engine.invariants import check_all
from sim.engine.kernel import Kernel, Order, Script, frozen_garbage
from sim.engine.lies.build import add_lies
from sim.engine.message_log import Messages
from sim.engine.parts import prepare
from sim.engine.recorder import Recorder
from sim.engine.reseating import Reseating, take_seats
from sim.engine.roster import Nodes
from sim.scenario.plan import Plan

Progress = Callable[[int], None]
"""Is told the simulated instant, in ns, now and then."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What one run leaves behind."""

    tables: Mapping[str, Mapping[str, NDArray[Any]]]
    fingerprint: str
    fingerprint_parts: Mapping[str, str]
    messages: int
    """Reports that were sent, all tiers."""
    clipped: int
    """Values that were outside the range of the fixed point."""
    idle_faults: tuple[str, ...]
    """Faults that touched nothing, and anomalies that nobody showed: such a run is inconclusive."""


class Simulation:
    """A scenario under one seed. Raises InputError if a file it needs is not usable."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.kernel = Kernel()
        self.fingerprint = Fingerprint(plan.journal.fingerprint)
        self.messages = Messages() if plan.journal.messages else None
        parts = prepare(plan, seed)
        self.world = build(parts, self.messages)
        seats = None if plan.reseat_ns is None else take_seats(parts, self.world, plan.reseat_ns)
        parts = parts if seats is None else seats.parts
        self.lies = add_lies(parts, self.world)
        self.components: list[Component] = [self.lies]
        if seats is not None:
            self.components.insert(0, Reseating(seats, self.world, self.lies))
        self.digests = None
        if plan.baseline.rule.kind != "mean":
            self.digests = add_digests(parts, self.world, self.lies)
            self.components.append(self.digests)
        self.attest = None
        if plan.attest is not None:
            self.attest = add_attest(parts, self.world, self.lies, plan.attest)
            self.components.append(self.attest)
        self.evidence = None
        if plan.evidence is not None:
            self.evidence = add_evidence(parts, self.world, self.lies, plan.evidence)
            self.components.append(self.evidence)
        self.detection = None
        if plan.detection is not None:
            self.detection = add_detection(parts, self.world, plan.detection, self.lies)
        self.recorder = Recorder(plan, self.world, self.fingerprint)
        self._is_watched_for_lies = (
            self.digests is not None or self.attest is not None or bool(plan.adversaries)
        )
        self._faults = [make_fault(fault) for fault in plan.faults]
        self._idle: list[str] = []
        self._cuts: dict[str, list[int]] = {}
        """Regions that each fault cut off from the root."""
        self._silenced: dict[str, bool] = {}
        """Whether each fault kept anybody from reporting."""
        self._touched: dict[str, int] = {}

    def run(self, progress: Progress | None = None) -> Recording:
        """Let the scenario happen. Raises InvariantViolated if the simulator contradicts itself."""
        self.prepare(progress)
        with frozen_garbage():
            self.play()
        return self.finish()

    def prepare(self, progress: Progress | None = None) -> None:
        """Put the scripts on the kernel. Call once; `run` does it, plays and finishes."""
        for fault in self._faults:
            self.kernel.process(self._fault_script(fault))
        for component in self.components:
            for script in component.scripts(self.kernel, self._advance):
                self.kernel.process(script)
        self.kernel.process(self._publishing())
        if self.detection is not None:
            self.kernel.process(self._detecting(self.detection))
        self.kernel.process(self._sampling(progress))

    def play(self) -> None:
        """The loop itself: everything that is due until the end, and nothing else."""
        self.kernel.run(self.plan.duration_ns)
        self._advance(self.plan.duration_ns)

    def _advance(self, now_ns: int) -> None:
        """Bring the plane and all mail up to an instant.

        Baselines go first: what arrives is held against the one that was there by then.
        """
        for mail in self.world.mails:
            if self.detection is None or mail is not self.detection.scores_mail:
                mail.advance(now_ns)
        self.world.telemetry.advance(now_ns)
        if self.detection is not None:
            self.detection.advance(now_ns)

    def _fault_script(self, fault: Fault) -> Script:
        yield self.kernel.instant(fault.plan.at_ns, order=Order.FAULT)
        self._advance(self.kernel.now_ns)
        before = self.world.cut_nodes()
        could_reach = self.world.reachable_regions()
        self._touched[fault.name] = fault.begin(self.world)
        self.world.refresh()
        newly_cut = could_reach & ~self.world.reachable_regions()
        self._cuts[fault.name] = np.flatnonzero(newly_cut).tolist()
        self._silenced[fault.name] = fault.silences and self._is_anybody_newly_cut(before)
        if fault.plan.until_ns is not None and fault.plan.until_ns <= self.plan.duration_ns:
            yield self.kernel.instant(fault.plan.until_ns, order=Order.FAULT)
            self._advance(self.kernel.now_ns)
            fault.end(self.world)
            self.world.refresh()

    def _is_anybody_newly_cut(self, before: Nodes) -> bool:
        """Whether some node can no longer report that could before."""
        after = self.world.cut_nodes()
        return any(bool((now & ~then).any()) for now, then in zip(after, before, strict=True))

    def _publishing(self) -> Script:
        period_ns = self.plan.baseline.publish_ns
        for version in range(1, self.plan.duration_ns // period_ns + 1):
            yield self.kernel.instant(version * period_ns, order=Order.PUBLISH)
            self._advance(self.kernel.now_ns)
            self._publish(version, self.kernel.now_ns)

    def _publish(self, version: int, now_ns: int) -> None:
        """A root that is down skips a version; regions and the central twin go on."""
        is_up = bool(self.world.is_up(len(self.plan.tiers) - 1)[0])
        exact, true = self.recorder.baselines(now_ns)
        root = exact
        if is_up:
            published = unguarded(exact) if self.digests is None else self.digests.publish(exact)
            root = published.moments
            if self.attest is not None:
                # In a dispute the root goes back to what everybody has attested.
                root = self.attest.baseline() or root
                published = replace(published, moments=root)
            self.recorder.publication(now_ns, version, root, true)
            if self._is_watched_for_lies:
                row = integrity_row(now_ns, version, published, exact, true)
                status = UNATTESTED if self.attest is None else self.attest.status
                lying = self.lies.lying(now_ns)
                self.recorder.integrity({**row, "status": status, "lying": lying})
            self.world.downlink.publish(version, now_ns)
        if self.evidence is not None:
            self.evidence.publish(version, now_ns, root if is_up else None)
        if self.detection is not None:
            self.detection.publish(version, now_ns, root if is_up else None, true)

    def _detecting(self, detection: Detection) -> Script:
        """Before learning ends there is nothing to decide on, so nothing is sent either."""
        period_ns, wait_ns = detection.plan.every_ns, detection.plan.wait_ns
        first = max(-(-detection.plan.learn_ns // period_ns), 1)
        for version in range(first, self.plan.duration_ns // period_ns + 1):
            yield self.kernel.instant(version * period_ns, order=Order.READ)
            self._advance(self.kernel.now_ns)
            if not wait_ns:
                self._decide(detection)
            detection.send(version, self.kernel.now_ns)
            if wait_ns and self.kernel.now_ns + wait_ns <= self.plan.duration_ns:
                yield self.kernel.instant(self.kernel.now_ns + wait_ns, order=Order.READ)
                self._advance(self.kernel.now_ns)
                self._decide(detection)

    def _decide(self, detection: Detection) -> None:
        detection.record(self.fingerprint, detection.decide(self.kernel.now_ns))

    def _sampling(self, progress: Progress | None) -> Script:
        period_ns = self.plan.measure.every_ns
        for number in range(1, self.plan.duration_ns // period_ns + 1):
            yield self.kernel.instant(number * period_ns, order=Order.SAMPLE)
            self._advance(self.kernel.now_ns)
            self._check()
            self.recorder.sample(self.kernel.now_ns)
            if progress is not None:
                progress(self.kernel.now_ns)

    def _check(self) -> None:
        check_all(self.world)
        if self.detection is not None:
            self.detection.check()

    def finish(self) -> Recording:
        """Check everything once more and hand over what was recorded."""
        self._check()
        for fault in self._faults:
            self._record_fault(fault)
        for component in self.components:
            self.recorder.component(component.rows())
            self._idle += component.idle()
        self.recorder.finish()
        tables: dict[str, Mapping[str, NDArray[Any]]] = dict(self.recorder.tables())
        if self.detection is not None:
            tables |= self.detection.tables()
            self._note_idle_anomalies(self.detection.shown)
        if self.messages is not None:
            tables["messages"] = self.messages.table()
        telemetry = self.world.telemetry
        return Recording(
            tables,
            self.fingerprint.hexdigest(),
            self.fingerprint.parts(),
            telemetry.leaves.messages + sum(tier.messages for tier in telemetry.aggregators),
            telemetry.leaves.clipped,
            tuple(self._idle),
        )

    def _note_idle_anomalies(self, found: Sequence[int]) -> None:
        """An anomaly that nobody ever showed makes the run inconclusive, as an idle fault does."""
        for number, anomaly in enumerate(self.plan.anomalies, start=1):
            if number not in found:
                self._idle.append(anomaly.path)

    def _record_fault(self, fault: Fault) -> None:
        hits = sum(line.channel.tally.hits[fault.name] for line in self.world.lines)
        touched = self._touched.get(fault.name, 0) + hits
        if touched == 0:
            self._idle.append(fault.name)
        regions = self._cuts.get(fault.name, [])
        until_ns = fault.plan.until_ns
        self.recorder.fault(
            {
                "fault": fault.name,
                "kind": fault.plan.kind,
                "at_ns": fault.plan.at_ns,
                "until_ns": -1 if until_ns is None else until_ns,
                "touched": touched,
                "regions": " ".join(map(str, regions)),
                "cuts": self._silenced.get(fault.name, False),
            }
        )


def simulate(plan: Plan, seed: int, progress: Progress | None = None) -> Recording:
    """Build and run one replication of a scenario."""
    return Simulation(plan, seed).run(progress)


def replication_seed(seed: int, replication: int) -> int:
    """Seed of the given replication: the scenario's own for number 0, independent ones after it."""
    if replication == 0:
        return seed
    words = np.random.SeedSequence([seed, replication]).generate_state(2, np.uint32)
    # 63 bits, so that a scenario file may name any of them.
    return (int(words[0]) << 32 | int(words[1])) >> 1
