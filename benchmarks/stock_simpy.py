"""The reference workload as one would write it with SimPy: a Timeout with a callback per event.

Welford's update per vector at the local aggregators, Chan's merge per summary above: the same
statistics (count, means, squared deviations), one Python call per message.
"""

import time

import numpy as np
import simpy

FEATURES = 8
PERIOD_S = 0.1
MEDIAN_S = (0.002, 0.005, 0.020)
SIGMA = 0.5
LOSS = 0.001


class Draws:
    """Variates one by one from blocks, which is the quickest way to get them in Python."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.Generator(np.random.SFC64(seed))
        self._at = 0
        self._refill()

    def _refill(self) -> None:
        self._vectors = self._rng.standard_normal((4096, FEATURES))
        self._latencies = np.exp(SIGMA * self._rng.standard_normal(4096)).tolist()
        self._uniforms = self._rng.random(4096).tolist()
        self._at = 0

    def next(self) -> tuple[np.ndarray, float, float]:
        if self._at == 4096:
            self._refill()
        at = self._at
        self._at += 1
        return self._vectors[at], self._latencies[at], self._uniforms[at]


class Summary:
    """Count, means and squared deviations of vectors."""

    __slots__ = ("count", "m2", "mean")

    def __init__(self) -> None:
        self.count = 0
        self.mean = np.zeros(FEATURES)
        self.m2 = np.zeros(FEATURES)

    def add(self, vector: np.ndarray) -> None:
        self.count += 1
        delta = vector - self.mean
        self.mean += delta / self.count
        self.m2 += delta * (vector - self.mean)

    def merge(self, other: "Summary") -> None:
        count = self.count + other.count
        if not count:
            return
        delta = other.mean - self.mean
        self.mean += delta * (other.count / count)
        self.m2 += other.m2 + delta * delta * (self.count * other.count / count)
        self.count = count


class Tree:
    """Agents, locals, regionals and the root on one Environment."""

    def __init__(self, agents: int, seed: int = 1) -> None:
        self.env = simpy.Environment()
        self.draws = Draws(seed)
        self.delivered = 0
        locals_ = -(-agents // 20)
        self.summaries = [
            [Summary() for _ in range(count)] for count in (locals_, -(-locals_ // 7), 1)
        ]
        self.parents = [
            [i * locals_ // agents for i in range(agents)],
            [i * len(self.summaries[1]) // locals_ for i in range(locals_)],
            [0] * len(self.summaries[1]),
        ]
        rng = np.random.Generator(np.random.SFC64(seed + 1))
        for tier, count in enumerate((agents, locals_, len(self.summaries[1]))):
            for node, phase in enumerate((rng.random(count) * PERIOD_S).tolist()):
                self._after(phase, self._report, tier, node)

    def _after(self, delay: float, call, *args) -> None:
        self.env.timeout(delay).callbacks.append(lambda _: call(*args))

    def _report(self, tier: int, node: int) -> None:
        vector, latency, uniform = self.draws.next()
        if tier:
            payload = self.summaries[tier - 1][node]
            self.summaries[tier - 1][node] = Summary()
        else:
            payload = vector
        if uniform >= LOSS:
            self._after(latency * MEDIAN_S[tier], self._deliver, tier, node, payload)
        self._after(PERIOD_S, self._report, tier, node)

    def _deliver(self, tier: int, node: int, payload) -> None:
        self.delivered += 1
        summary = self.summaries[tier][self.parents[tier][node]]
        if tier:
            summary.merge(payload)
        else:
            summary.add(payload)


def run_stock(agents: int, seconds: float) -> tuple[int, float]:
    """Messages delivered and seconds of the loop."""
    tree = Tree(agents)
    begin = time.perf_counter()
    tree.env.run(until=seconds)
    return tree.delivered, time.perf_counter() - begin
