"""Publication: what the root makes of what it knows, and who is told.

The exact moments are what the root has; in a dispute it goes back to those that everybody has
attested; digests say whether either can be trusted, or what to publish in their place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from sim.engine.attest.attest import Attest
from sim.engine.component import Rows
from sim.engine.control.minutes import Edition
from sim.engine.digests.digests import Digests
from sim.engine.digests.estimator import Published
from sim.engine.digests.integrity import UNATTESTED, integrity_row, unguarded
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.lies.lies import Lies
from sim.engine.parts import Advance
from sim.engine.recorder import Recorder
from sim.engine.world import World
from sim.scenario.plan import Plan
from sim.stats.moments import Moments


class Listener(Protocol):
    """Who is told of every baseline that is due."""

    def publish(self, version: int, now_ns: int, root: Moments | None, true: Moments) -> None:
        """`root` is what the root published (None: it is down), `true` what is true."""
        ...


class Publisher:
    """The root's publications; `listeners` are told in their order.

    With `by_council` the root's replicas publish by themselves, and `announce` is called for every
    version on which they have agreed.
    """

    def __init__(
        self,
        plan: Plan,
        world: World,
        recorder: Recorder,
        lies: Lies,
        digests: Digests | None,
        attest: Attest | None,
        listeners: Sequence[Listener],
        *,
        by_council: bool = False,
    ) -> None:
        self._plan = plan
        self._world = world
        self._recorder = recorder
        self._lies = lies
        self._digests = digests
        self._attest = attest
        self._listeners = tuple(listeners)
        self._by_council = by_council
        self._is_watched = bool(digests or attest or plan.adversaries or plan.muted.adversaries)
        """Whether anybody asks how far lies move a baseline."""

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for all publications."""
        if not self._by_council:
            yield self._publishing(kernel, advance)

    def rows(self) -> Rows:
        """Nothing more: publications are written down as they happen."""
        return {}

    def idle(self) -> list[str]:
        """A publication is never without effect."""
        return []

    def listen(self, listener: Listener) -> None:
        """Tell one more of every publication."""
        self._listeners = (*self._listeners, listener)

    def announce(self, edition: Edition) -> None:
        """A snapshot of a version that was due some time ago is published under its number.

        Consensus-free every replica publishes one; what readers take up, of all of them, counts.
        """
        version, due_ns, moments = edition.version, edition.due_ns, edition.moments
        if edition.is_newest:
            ages = {
                "oldest_age_ns": due_ns - edition.ages.oldest_born_ns,
                "mean_age_ns": due_ns - edition.ages.mean_born_ns,
                "coverage": edition.ages.coverage,
            }
            self._recorder.publication(due_ns, version, moments, edition.truth, ages)
            if self._is_watched and edition.is_first:
                published = unguarded(moments, self._plan.agents.count)
                self._account(version, due_ns, published, moments, edition.truth)
        for listener in self._listeners:
            listener.publish(edition.number, due_ns, moments, edition.truth)

    def _publishing(self, kernel: Kernel, advance: Advance) -> Script:
        period_ns = self._plan.baseline.publish_ns
        for version in range(1, self._plan.duration_ns // period_ns + 1):
            yield kernel.instant(version * period_ns, order=Order.PUBLISH)
            advance(kernel.now_ns)
            self._publish(version, kernel.now_ns)

    def _publish(self, version: int, now_ns: int) -> None:
        """A root that is down skips a version; regions and the central twin go on."""
        exact, true = self._recorder.baselines(now_ns)
        root = None
        if self._world.is_up(len(self._plan.tiers) - 1)[0]:
            published = self._choose(version, exact)
            root = published.moments
            self._recorder.publication(now_ns, version, root, true)
            if self._is_watched:
                self._account(version, now_ns, published, exact, true)
            self._world.downlink.publish(version, now_ns)
        for listener in self._listeners:
            listener.publish(version, now_ns, root, true)

    def _choose(self, version: int, exact: Moments) -> Published:
        """What is attested was added up well; that agents told the truth is for a rule to ask."""
        attested = None if self._attest is None else self._attest.baseline()
        if self._digests is not None:
            return self._digests.publish(version, exact, attested)
        published = unguarded(exact, self._plan.agents.count)
        return published if attested is None else replace(published, moments=attested)

    def _account(
        self, version: int, now_ns: int, published: Published, exact: Moments, true: Moments
    ) -> None:
        """How far it is off, what vouches for it, and how many lie at the moment."""
        row = integrity_row(now_ns, version, published, exact, true)
        status = UNATTESTED if self._attest is None else self._attest.status
        self._recorder.integrity({**row, "status": status, "lying": self._lies.lying(now_ns)})
