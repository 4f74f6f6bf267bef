"""The adversaries of one tier, put between its nodes and the telemetry plane.

The plane hands over blocks of reports; each strategy gets the rows of its own liars that are sent
while it acts, and what it gives back is put in their place. Running totals are differences, so the
shim remembers of every liar what is true of each open pane and what it has said of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.engine.lies.actor import Actor
from sim.engine.lies.memory import Memory
from sim.stats import fixed_point
from sim.telemetry.emission import Emission

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Refused = tuple[Actor, int, Ints]
"""Liars of an actor whose reports of that number are not to be taken in."""
Judge = Callable[[int, Ints, Ints], Bools]
"""Of a row of reports and some liars (k,), which of their claims (k, columns) are refused."""
Implausible = Callable[[Ints, int, Floats, Ints], Bools]
"""Of some nodes (k,), a pane and the instants of their reports (k,): which of these sums
(k, columns) they cannot truly hold by then; (k,)."""


@dataclass(slots=True)
class Account:
    """What is true of a pane, and what was said of it, since it began; (liars, columns) each."""

    true: Ints
    said: Ints


@dataclass(slots=True)
class Ledgered:
    """The accounts of one actor: of the open panes."""

    panes: dict[int, Account] = field(default_factory=dict)

    def account(self, pane: int, liars: int, columns: int) -> Account:
        """That of a pane; those that nobody can report of any more are forgotten."""
        for old in [key for key in self.panes if key < pane - 2]:
            del self.panes[old]
        if pane not in self.panes:
            nothing = np.zeros((liars, columns), np.int64)
            self.panes[pane] = Account(nothing, nothing.copy())
        return self.panes[pane]


class TierShim:
    """All adversaries of one tier; see `sim.telemetry.shim.Shim`."""

    def __init__(
        self, nodes: int, actors: Sequence[Actor], implausible: Implausible | None = None
    ) -> None:
        self.actors = tuple(actors)
        self.liars = np.zeros(nodes, np.bool_)
        self.note_liars()
        self.memories: list[Memory] = []
        """What the liars of each actor truly measured; none if nobody looks."""
        self.roll: Callable[[], None] = lambda: None
        """Whom to tell that a pane of the agents is over."""
        self._accounts = [Ledgered() for _ in actors]
        self._implausible = implausible
        self._refused: list[list[Refused]] = []
        """What each receiver who asks has not been told yet."""

    def note_liars(self) -> None:
        """Look up anew where the liars stand."""
        self.liars = np.zeros(len(self.liars), np.bool_)
        for actor in self.actors:
            self.liars[actor.nodes] = True

    def claim(self, part: Emission, first: int, values: Floats) -> int:
        """See `Shim.claim`."""
        clipped = 0
        for actor, memory in zip(self.actors, self.memories, strict=False):
            who = actor.within(first, values.shape[1])
            for row in range(part.ticks):
                at = actor.nodes[who] - first
                sent = slice(None) if part.sent is None else part.sent[row, at]
                memory.add(who[sent], values[row, at[sent]])
        for actor in self.actors:
            if actor.overrides("claim"):
                who = actor.within(first, values.shape[1])
                for row in range(part.ticks) if len(who) else ():
                    clipped += self._claim_row(actor, part, row, who, first, values[row])
        return clipped

    def _claim_row(
        self, actor: Actor, part: Emission, row: int, who: Ints, first: int, values: Floats
    ) -> int:
        who = who[_sent(actor, part, row, who, first)]
        if not len(who):
            return 0
        at = actor.nodes[who] - first
        measured = values[at] * fixed_point.QUANTUM
        born_ns = part.sent_ns[row, at]
        claimed = np.array(actor.strategy.claim(part.first_tick + row, born_ns, who, measured))
        clipped, _ = fixed_point.quantise(claimed)
        changed = (claimed != values[at]).any(axis=1)
        values[at] = claimed
        actor.note(who[changed], born_ns[changed])
        return clipped

    def tell(self, pane: int, part: Emission, first: int, totals: Ints | Floats) -> Ints | Floats:
        """See `Shim.tell`."""
        for actor, accounts in zip(self.actors, self._accounts, strict=True):
            who = actor.within(first, totals.shape[1])
            if actor.overrides("tell") and len(who):
                totals = totals.astype(np.int64)
                account = accounts.account(pane, len(actor.nodes), totals.shape[2])
                judge = self._judge_of(actor, pane, part, first)
                _retell(actor, account, pane, part, first, who, totals, judge)
        return totals

    def _judge_of(self, actor: Actor, pane: int, part: Emission, first: int) -> Judge:
        """What receivers will not take in, because it cannot be true; and remember whose it was."""

        def judge(row: int, who: Ints, claimed: Ints) -> Bools:
            if self._implausible is None:
                return np.zeros(len(who), np.bool_)
            nodes = actor.nodes[who]
            refused = self._implausible(nodes, pane, part.sent_ns[row, nodes - first], claimed)
            for waiting in self._refused:
                waiting.append((actor, part.first_tick + row, nodes[refused]))
            return refused

        return judge

    def ages(self, part: Emission, states: Ints) -> None:
        """See `Shim.ages`."""
        for actor in self.actors:
            if actor.overrides("ages"):
                everybody = np.arange(len(actor.nodes))
                for row in range(part.ticks):
                    who = everybody[_sent(actor, part, row, everybody, 0)]
                    nodes = actor.nodes[who]
                    now_ns = part.sent_ns[row, nodes]
                    states[row, nodes] = actor.strategy.ages(now_ns, who, states[row, nodes])

    def add_receiver(self) -> int:
        """Somebody more to whom this tier reports; the number under which he asks."""
        self._refused.append([])
        return len(self._refused) - 1

    def take_refused(self, part: Emission, first: int, receiver: int = 0) -> Iterator[Refused]:
        """Whose reports in a block claimed what cannot be: rows, and nodes, once for each pane."""
        kept = []
        for actor, tick, nodes in self._refused[receiver]:
            mine = (nodes >= first) & (nodes < first + part.sent_ns.shape[1])
            if mine.any():
                yield actor, tick - part.first_tick, nodes[mine]
            if not mine.all():
                kept.append((actor, tick, nodes[~mine]))
        self._refused[receiver] = kept

    def forget(self, nodes: Bools) -> None:
        """See `Shim.forget`."""
        for actor, accounts in zip(self.actors, self._accounts, strict=True):
            for account in accounts.panes.values():
                account.true[nodes[actor.nodes]] = 0
                account.said[nodes[actor.nodes]] = 0


def _sent(actor: Actor, part: Emission, row: int, who: Ints, first: int) -> Bools:
    """Which of the liars send a lie in a row of reports; (k,)."""
    at = actor.nodes[who] - first
    acting = actor.acting(who, part.sent_ns[row, at])
    return acting if part.sent is None else acting & part.sent[row, at]


def _retell(
    actor: Actor,
    account: Account,
    pane: int,
    part: Emission,
    first: int,
    who: Ints,
    totals: Ints,
    judge: Judge,
) -> None:
    """Replace, in place, the running totals of these liars by what they say they are.

    What is refused was never said: later reports must not bring it.
    """
    at = actor.nodes[who] - first
    truth = account.true[who] + totals[:, at]
    before = account.said[who]
    said = before.copy()
    for row in range(part.ticks):
        sends = np.ones(len(who), np.bool_) if part.sent is None else part.sent[row, at]
        lies = _sent(actor, part, row, who, first)
        stands = said.copy()
        # What is not sent says nothing: the newest report stands.
        said[sends] = truth[row + 1, sends]
        if lies.any():
            now_ns = part.sent_ns[row, at[lies]]
            claimed = actor.strategy.tell(pane, now_ns, who[lies], truth[row + 1, lies])
            changed = (claimed != said[lies]).any(axis=1)
            actor.note(who[lies][changed], now_ns[changed])
            refused = judge(row, who[lies], claimed)
            said[lies] = np.where(refused[:, None], stands[lies], claimed)
        totals[row + 1, at] = said - before
    account.true[who], account.said[who] = truth[-1], said
