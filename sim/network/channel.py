"""The fabric's judgement in columns: when each message of a tier arrives, or why it never does.

A channel is the ways of all nodes of one tier to (or from) their parents. Delay = shortest path + a
draw of the jitter law + a draw of the last mile's law + how late the tail of its two sites makes it
(if they have one), rounded to whole nanoseconds and never less than the path. What a message draws
depends on its sender and report number alone: streams are opened afresh for each report number and
read in the order of senders, also where nothing is sent, so no fault and no step length moves
anybody's draws.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.network.latency.law import LatencyLaw
from sim.network.loss import LossLaw
from sim.network.rules_in_force import RulesInForce
from sim.network.tails import WayTails
from sim.network.tally import NEVER, Tally
from sim.network.uplink import Uplink
from sim.network.verdict import LOST, NO_ROUTE, RECEIVER_DOWN, Verdict

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
StreamAt = Callable[[str, int], np.random.Generator]
"""Gives a fresh generator for a purpose and a report number."""


class Channel:
    """The ways of one tier. Arrays have one row a sender.

    `uplink` are the lines on which they send (None: no queue, and no time on the line); `tails` are
    the tails of their ways, where each pair of sites has one of its own.
    `floor_ns` is the delay of the shortest path, infinite where there is none. `tally` counts what
    became of the messages.
    """

    def __init__(
        self,
        floor_ns: Floats,
        laws: Sequence[tuple[str, LatencyLaw]],
        loss: LossLaw,
        stream_at: StreamAt,
        uplink: Uplink | None = None,
        tails: WayTails | None = None,
    ) -> None:
        self.tally = Tally()
        self._laws = tuple(laws)
        self._loss = loss
        self._stream_at = stream_at
        self._uplink = uplink
        self._tails = tails
        self._streams: dict[tuple[str, int], np.random.Generator] = {}
        self.set_floors(floor_ns)
        self._bad = self._first_chain()
        self._rules: RulesInForce | None = None
        self._down_until_ns: Floats | None = None
        self._paused_until_ns: Floats | None = None

    def set_floors(self, floor_ns: Floats) -> None:
        """Change the routes from now on."""
        self.floor_ns = floor_ns
        self._gaps = np.flatnonzero(np.isinf(floor_ns))

    def open_step(self) -> None:
        """Close the streams of the last step; reports in both steps are drawn again, alike."""
        self._streams.clear()

    def apply(self, rule: NDArray[np.int16], verdicts: Sequence[Verdict]) -> None:
        """Let rule ``rule[i]`` decide about what sender i sends from now on; -1 is none."""
        self._rules = RulesInForce.of(rule, verdicts)

    def receivers_down(self, until_ns: Floats | None) -> None:
        """Drop what would arrive while the receiver is down; until when, for each sender."""
        self._down_until_ns = until_ns

    def receivers_paused(self, until_ns: Floats | None) -> None:
        """Nothing is taken in before these instants; one for each sender."""
        self._paused_until_ns = until_ns

    def is_cut(self) -> Bools:
        """Which senders cannot reach the other end now; shape (senders,)."""
        cut = np.isinf(self.floor_ns)
        if self._rules is not None:
            cut |= self._rules.is_cut()
        return cut

    def judge(
        self, first_tick: int, sent_ns: Floats, sent: Bools | None, first_child: int
    ) -> Floats:
        """Arrival instants (reports, senders) of reports first_tick..., NEVER for lost or unsent.

        `sent_ns` has the same shape; `sent` says which are sent at all (None = all). Blocks of one
        tier must be asked for in ascending order of `first_child`, beginning with 0.
        """
        senders = slice(first_child, first_child + sent_ns.shape[1])
        self.tally.sent += sent_ns.size if sent is None else int(np.count_nonzero(sent))
        delay = self._delays(first_tick, senders, sent_ns.shape)
        if sent is not None:
            delay[~sent] = NEVER
        self._count_gaps(senders, sent_ns.shape, sent)
        lost = self._lost(first_tick, senders, sent_ns.shape, sent)
        self._bend(first_tick, senders, sent_ns, delay)
        if self._uplink is not None:
            # After the rules: a slower network does not slow the sender's own line.
            left = 1.0 if self._rules is None else self._rules.rate_factors(senders)
            delay += self._uplink.wait(senders, sent_ns, sent, left)
        lost_ones = np.flatnonzero(lost)
        self.tally.drop(lost_ones[delay.ravel()[lost_ones] < NEVER], LOST, delay)
        np.rint(delay, out=delay)
        delay += sent_ns
        self._receive(senders, delay)
        return delay

    def _delays(self, first_tick: int, senders: slice, shape: tuple[int, ...]) -> Floats:
        delays = np.empty(shape)
        more = np.empty(shape[1])
        for row, delay in enumerate(delays):
            for place, (purpose, law) in enumerate(self._laws):
                law.draw(self._stream(purpose, first_tick + row, senders), more if place else delay)
                if place:
                    delay += more
            if self._tails is not None:
                uniforms = self._uniforms(first_tick + row, senders, "tail")
                delay += self._tails.excess_ns(senders, uniforms)
        delays += self.floor_ns[senders]
        return delays

    def _count_gaps(self, senders: slice, shape: tuple[int, ...], sent: Bools | None) -> None:
        """Messages that have no way at all (their delay is infinite already)."""
        first, last = np.searchsorted(self._gaps, [senders.start, senders.stop])
        cut_off = self._gaps[first:last] - senders.start
        every = len(cut_off) * shape[0]
        count = every if sent is None else int(np.count_nonzero(sent[:, cut_off]))
        if count:
            self.tally.dropped[NO_ROUTE] += count

    def _lost(
        self, first_tick: int, senders: slice, shape: tuple[int, ...], sent: Bools | None
    ) -> Bools:
        """Which are lost by the law of loss, and by the extra loss of a rule; flat, row by row."""
        extra = None if self._rules is None else self._rules.extra_loss(senders)
        needed = max(self._loss.uniforms, int(extra is not None))
        if not needed:
            return np.zeros(0, np.bool_)
        uniforms = np.empty((needed, *shape))
        for purpose, rows in enumerate(uniforms):
            for row, uniform in enumerate(rows):
                self._stream(f"loss-{purpose}", first_tick + row, senders).random(out=uniform)
        if needed == 1:
            # No chain to step: all reports at once.
            share = 0.0 if extra is None else np.tile(extra, shape[0])
            return self._loss.lost(uniforms.reshape(1, -1), share, np.zeros(0, np.bool_))
        lost = np.empty(shape, np.bool_)
        for row in range(shape[0]):
            is_sent = None if sent is None else sent[row]
            lost[row] = self._step_chains(uniforms[:, row], extra, self._bad[senders], is_sent)
        return lost.ravel()

    def _step_chains(
        self, uniforms: Floats, extra: Floats | None, bad: Bools, is_sent: Bools | None
    ) -> Bools:
        """One report of each sender; chains of those that send nothing must not move."""
        some = slice(None) if is_sent is None else np.flatnonzero(is_sent)
        chain = bad[some]
        share = 0.0 if extra is None else extra[some]
        lost = np.zeros(len(bad), np.bool_)
        lost[some] = self._loss.lost(uniforms[:, some], share, chain)
        bad[some] = chain
        return lost

    def _bend(self, first_tick: int, senders: slice, sent_ns: Floats, delay: Floats) -> None:
        if self._rules is None:
            return
        for row in range(len(delay)):
            uniforms = partial(self._uniforms, first_tick + row, senders)
            self._rules.bend(senders, sent_ns[row], delay[row], uniforms, self.tally)

    def _uniforms(self, tick: int, senders: slice, purpose: str) -> Floats:
        count = senders.stop - senders.start
        return np.asarray(self._stream(purpose, tick, senders).random(count))

    def _receive(self, senders: slice, arrival: Floats) -> None:
        """What the receivers take in: later if paused, nothing while down; (reports, senders)."""
        if self._down_until_ns is not None:
            # First, because a node that is down and paused at once takes in nothing at all.
            refused = np.flatnonzero(arrival < self._down_until_ns[senders])
            self.tally.drop(refused, RECEIVER_DOWN, arrival)
        if self._paused_until_ns is not None:
            np.maximum(arrival, self._paused_until_ns[senders], out=arrival)

    def _first_chain(self) -> Bools:
        if not self._loss.bad_share:
            return np.zeros(len(self.floor_ns), np.bool_)
        uniforms = self._stream_at("chain", 0).random(len(self.floor_ns))
        return np.asarray(uniforms < self._loss.bad_share)

    def _stream(self, purpose: str, tick: int, senders: slice) -> np.random.Generator:
        """The stream of one purpose and report number, read in the order of senders."""
        if senders.start == 0:
            self._streams[purpose, tick] = self._stream_at(purpose, tick)
        return self._streams[purpose, tick]
