"""Windows of vectors, obviously: everything that was ever told, by agent and report number."""

import numpy as np


class PlainWindows:
    """See `sim.engine.dependence.windows`; remembers all, whatever is too old for the rows."""

    def __init__(self, rows, agents, width, period_ns):
        self.rows, self.agents, self.width, self.period_ns = rows, agents, width, period_ns
        self.told, self.newest = {}, -1

    def tell(self, agent, born_ns, vector):
        tick = int(born_ns // self.period_ns)
        self.newest = max(self.newest, tick)
        if tick > self.newest - self.rows:
            self.told[agent, tick] = vector

    def forget(self, agent):
        self.told = {key: one for key, one in self.told.items() if key[0] != agent}

    def between(self, begin_ns, end_ns):
        ticks = [
            tick
            for tick in range(1000)
            if tick * self.period_ns >= begin_ns and (tick + 1) * self.period_ns <= end_ns
        ]
        nothing = np.full(self.width, np.nan)
        found = [
            [self.told.get((agent, tick), nothing) for agent in range(self.agents)]
            for tick in ticks
        ]
        return np.array(found).reshape(len(ticks), self.agents, self.width)
