"""An agent passes off what another agent measured as its own.

A victim always stands before its liar: agents are asked in ascending order, so what the victim
measured is then known, however the agents are cut into blocks. Each report is the victim's report
before, which was born before the liar's own: nobody knows what has not been measured yet.
"""

import numpy as np

from sim.workload.anomalies.base import Anomaly, Injection
from sim.workload.behaviour import Behaviour, Bools, Floats, Ints, StreamAt


class Impersonate(Anomaly):
    """No options. The victim is drawn once for each liar, from all agents before it.

    Agent 0 has nobody before it and stays honest. The very first report of a run has none before it
    and is the liar's own. Raises InputError if only agent 0 is to lie.
    """

    has_memory = True

    def __init__(self, behaviour: Behaviour, injection: Injection, stream_at: StreamAt) -> None:
        super().__init__(behaviour, injection, stream_at)
        self._choose(self.members[self.members > 0])
        if not len(self.members):
            raise injection.refused("agent-0 has no agent before it that it could impersonate")
        # One uniform an agent, so that a victim does not depend on who else lies.
        uniform = stream_at(f"anomaly {injection.number} victims", 0).random(len(injection.agents))
        victims = (uniform[self.members] * self.members).astype(np.int64)
        self._victims, self._victim_of = np.unique(victims, return_inverse=True)
        self._reports: dict[int, Floats] = {}
        """What the victims measured in the ticks that some liar may still ask for."""

    def measure(self, tick: int, born_ns: Floats, first: int, out: Floats) -> None:
        """Take down what the victims among these agents measured."""
        super().measure(tick, born_ns, first, out)
        begin, end = np.searchsorted(self._victims, (first, first + len(out)))
        if begin < end:
            if tick not in self._reports:
                self._reports[tick] = np.empty((len(self._victims), self.features))
            self._reports[tick][begin:end] = out[self._victims[begin:end] - first]

    def watch(self, tick: int, who: slice, values: Floats, active: Bools) -> None:  # noqa: ARG002
        """Forget what no liar can ask for any more."""
        if who.stop == len(self.members):
            for old in [known for known in self._reports if known < tick - 1]:
                del self._reports[old]

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:  # noqa: ARG002
        """The victims' reports before this one."""
        before = self._reports.get(tick - 1)
        return values if before is None else before[self._victim_of[who]]
