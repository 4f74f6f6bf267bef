"""Pure keepers under a schedule that an adversary draws: loss, delay, reordering, repetition.

No engine: messages that were sent lie in a pool, and each step delivers, repeats or loses one, or
lets a timer fire. After that the network is good and timers fire until all is settled.
"""

from dataclasses import replace

from sim.protocol.alerts.contract import Alert, AlertState
from sim.protocol.alerts.messages import Content, Knowledge, Known, Raise
from sim.protocol.effects import Output, Send
from tests.protocol.alerts.small import COMMITTEE, NOTARY, RAISERS, keeper, vote

SECOND = 1_000_000_000
CORRECT = (0, 1, 2)
LIAR = 3


def contents(number):
    """Two contents of one alert, both signed by a lying raiser."""
    said = [Alert("regional-0", number, 0, subject, b"") for subject in ("yes", "no")]
    seal = RAISERS.seal("regional-0")
    return [replace(one, signature=seal.sign(one.digest)) for one in said]


class Schedule:
    """`make` builds a keeper from its number; 3 is a liar who votes as the schedule says."""

    def __init__(self, make=keeper):
        self.now_ns = 0
        self.keepers = [make(member) for member in CORRECT]
        self.shown = {COMMITTEE.names[member]: [] for member in CORRECT}
        self.pool = []
        for member in CORRECT:
            self._carry_out(member, self.keepers[member].start(0))

    def step(self, action, which, member, number, content):
        self.now_ns += SECOND // 4
        match action:
            case "raise":
                self._deliver(member, Raise(contents(number)[content]))
            case "lie":
                said = contents(number)[content]
                known = Knowledge((Content(said, (vote(LIAR, said),)),))
                self._deliver(member, Known(LIAR, (known,)))
            case "timer":
                self._timer(member)
            case "expire":
                name = f"expire {number} regional-0"
                self._carry_out(member, self.keepers[member].on_timer(name, self.now_ns))
            case _ if self.pool:
                self._from_pool(action, which % len(self.pool))

    def settle(self, rounds=4):
        """Everything arrives, and all summaries are exchanged a few times."""
        for _ in range(rounds):
            self._drain()
            self.now_ns += SECOND
            for member in CORRECT:
                self._timer(member)
        self._drain()

    @property
    def ledgers(self):
        return {COMMITTEE.names[member]: self.keepers[member].ledger for member in CORRECT}

    def _from_pool(self, action, place):
        if action == "repeat":
            self._deliver(*self.pool[place])
            return
        message = self.pool.pop(place)
        if action == "deliver":
            self._deliver(*message)

    def _drain(self):
        while self.pool:
            self._deliver(*self.pool.pop(0))

    def _timer(self, member):
        self._carry_out(member, self.keepers[member].on_timer("sync", self.now_ns))

    def _deliver(self, member, message):
        self._carry_out(member, self.keepers[member].on_message(message, self.now_ns))

    def _carry_out(self, member, effects):
        for effect in effects:
            match effect:
                case Send(to, message) if to in COMMITTEE.names[:LIAR]:
                    self.pool.append((COMMITTEE.names.index(to), message))
                case Output(AlertState() as state):
                    self.shown[COMMITTEE.names[member]].append(state)


def check(schedule):
    """All invariants of a schedule that has settled."""
    from sim.protocol.alerts.checks import (
        check_commitments,
        check_nothing_lost,
        check_transitions,
    )

    check_commitments(schedule.shown, COMMITTEE, NOTARY)
    check_transitions(schedule.shown)
    check_nothing_lost(schedule.ledgers)
