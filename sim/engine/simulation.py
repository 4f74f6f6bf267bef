"""One run: the world, the clock, and the components that act on it.

Faults, publications, samples and all else that happens at set instants are scripts on the kernel.
Each brings both planes up to its own instant before it changes or looks at anything; that is what
keeps the vector steps exact.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.assembly import assemble
from sim.engine.faults.outages import spared, with_outages
from sim.engine.fingerprint import Fingerprint
from sim.engine.invariants import check_all
from sim.engine.kernel import Kernel, Order, Script, frozen_garbage
from sim.engine.recorder import Recorder
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
    """Faults and adversaries that touched nothing, and anomalies that nobody showed: such a run is
    inconclusive."""


class Simulation:
    """A scenario under one seed. Raises InputError if a file it needs is not usable."""

    def __init__(self, plan: Plan, seed: int) -> None:
        asked, plan = plan, with_outages(plan, seed)
        self.plan = plan
        self._spared = spared(asked, plan)
        self.kernel = Kernel()
        self.fingerprint = Fingerprint(plan.journal.fingerprint)
        built = assemble(plan, seed, self.kernel, self.fingerprint)
        self.world = built.world
        self.recorder: Recorder = built.recorder
        self.components = built.components
        self.detection = built.detection
        self.control = built.control
        self.evolution = built.evolution

    def run(self, progress: Progress | None = None) -> Recording:
        """Let the scenario happen. Raises InvariantViolated if the simulator contradicts itself."""
        self.prepare(progress)
        with frozen_garbage():
            self.play()
        return self.finish()

    def prepare(self, progress: Progress | None = None) -> None:
        """Put the scripts on the kernel. Call once; `run` does it, plays and finishes."""
        for component in self.components:
            for script in component.scripts(self.kernel, self._advance):
                self.kernel.process(script)
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
        if self.control is not None:
            self.control.check()
        if self.evolution is not None:
            self.evolution.check()

    def finish(self) -> Recording:
        """Check everything once more and hand over what was recorded."""
        self._check()
        if self.control is not None:
            self.control.check_end()
        detected = {} if self.detection is None else self.detection.tables()
        idle = [*self._spared]
        for component in self.components:
            self.recorder.component(component.rows())
            idle += component.idle()
        self.recorder.finish()
        tables: dict[str, Mapping[str, NDArray[Any]]] = {**self.recorder.tables(), **detected}
        tables |= self._messages()
        telemetry = self.world.telemetry
        return Recording(
            tables,
            self.fingerprint.hexdigest(),
            self.fingerprint.parts(),
            telemetry.messages,
            telemetry.leaves.clipped,
            tuple(idle),
        )

    def _messages(self) -> dict[str, Mapping[str, NDArray[Any]]]:
        """Tables of single messages, where they are kept; no part of the fingerprint."""
        if self.world.messages is None:
            return {}
        tables: dict[str, Mapping[str, NDArray[Any]]] = {}
        tables |= self.world.messages.tables(self.world.roster)
        if self.control is not None:
            tables["control_messages"] = self.control.messages()
        return tables


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
