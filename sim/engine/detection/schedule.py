"""When detection acts: scores are sent every so often, and decided on a little later."""

from collections.abc import Iterator

from sim.engine.component import Rows
from sim.engine.detection.detection import Detection
from sim.engine.fingerprint import Fingerprint
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance
from sim.scenario.plan import Plan


class Schedule:
    """The scripts of a run's detection, as a component."""

    def __init__(self, plan: Plan, detection: Detection, fingerprint: Fingerprint) -> None:
        self._plan = plan
        self._detection = detection
        self._fingerprint = fingerprint

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for all decisions."""
        yield self._detecting(kernel, advance)

    def rows(self) -> Rows:
        """Nothing: its tables are columns (`Detection.tables`)."""
        return {}

    def idle(self) -> list[str]:
        """Anomalies that nobody ever showed."""
        shown = self._detection.shown
        return [one.path for one in self._plan.anomalies if one.number not in shown]

    def _detecting(self, kernel: Kernel, advance: Advance) -> Script:
        """Before learning ends there is nothing to decide on, so nothing is sent either."""
        plan = self._detection.plan
        period_ns, end_ns = plan.every_ns, self._plan.duration_ns
        first = max(-(-plan.learn_ns // period_ns), 1)
        for version in range(first, end_ns // period_ns + 1):
            yield kernel.instant(version * period_ns, order=Order.READ)
            advance(kernel.now_ns)
            if not plan.wait_ns:
                self._decide(kernel.now_ns)
            self._detection.send(version, kernel.now_ns)
            if plan.wait_ns and kernel.now_ns + plan.wait_ns <= end_ns:
                sent_ns = kernel.now_ns
                for after_ns in self._detection.pauses():
                    yield kernel.instant(sent_ns + after_ns, order=Order.READ)
                    advance(kernel.now_ns)
                    self._detection.go_on(kernel.now_ns)
                yield kernel.instant(sent_ns + plan.wait_ns, order=Order.READ)
                advance(kernel.now_ns)
                self._decide(kernel.now_ns)

    def _decide(self, now_ns: int) -> None:
        self._detection.record(self._fingerprint, self._detection.decide(now_ns))
