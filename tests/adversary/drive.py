"""Drives one strategy by hand through two seconds of reports, cut into blocks in any way.

Six of twenty nodes lie. Looks fall between two reports of a tick, so that ticks are cut by them.
"""

import numpy as np

from sim.adversary import STRATEGIES
from sim.adversary.contract import Liars, View
from sim.stats import fixed_point
from sim.stats.moments import COUNT, SOURCES, Layout
from tests.adversary.examples import OPTIONS, WINDOW

FEATURES, MANY, POPULATION, PERIOD_NS, PANE_NS = 3, 6, 20, 100_000_000, 1_000_000_000
PHASES_NS = np.arange(1, MANY + 1) * 15_000_000
LOOKS_NS = range(WINDOW["begin_ns"], WINDOW["end_ns"], 500_000_000)
TICKS = range(10, 31)
MEASURED = np.random.default_rng(1).normal(size=(TICKS.stop, MANY, FEATURES))
OTHERS = np.random.default_rng(2).normal(1.0, 0.5, size=(len(LOOKS_NS), POPULATION, FEATURES))


def make_liars(**changes):
    given = {
        "nodes": np.arange(MANY) * 3,
        "tier": 0,
        "group": np.arange(MANY) // 2,
        "knows": "all",
        "population": POPULATION,
        "f": 0.3,
        "layout": Layout(FEATURES),
        "scale_sd": np.array([1.0, 0.5, 2.0]),
        "period_ns": PERIOD_NS,
        "bound_ns": 5_000_000_000,
        "stream": np.random.default_rng(7),
        "children": 4 if changes.get("tier") else 0,
    }
    return Liars(**given | changes)


def make(kind, tier=0, **options):
    """The strategy of this name with its example's options, changed by `options`."""
    return STRATEGIES[kind](make_liars(tier=tier), WINDOW | OPTIONS.get(kind, {}) | options)


def make_view(others, now_ns=WINDOW["begin_ns"], own=None, nodes=None):
    others = np.asarray(others, float)
    own = np.zeros((MANY, others.shape[1])) if own is None else own
    return View(now_ns, own, others, np.arange(len(others)) if nodes is None else nodes)


def blind_view(now_ns=WINDOW["begin_ns"]):
    """What is seen before the first value."""
    return make_view(np.empty((0, FEATURES)), now_ns, np.full((MANY, FEATURES), np.nan))


def claim(strategy, measured, born_ns=WINDOW["begin_ns"], tick=10):
    """What the first liars claim if they measure these vectors at one instant."""
    measured = np.asarray(measured, float)
    return strategy.claim(
        tick, np.full(len(measured), float(born_ns)), np.arange(len(measured)), measured
    )


def sums_of(tick, layout, tier):
    """True sums of all liars since the pane of report `tick` began; narrow, or wide above."""
    first = tick * PERIOD_NS // PANE_NS * PANE_NS // PERIOD_NS
    values = MEASURED[first : tick + 1].copy()
    fixed_point.quantise(values)
    values = values.astype(np.int64)
    rows = np.zeros((MANY, layout.narrow), np.int64)
    rows[:, COUNT], rows[:, SOURCES] = len(values), 1
    means = np.rint(values.mean(axis=0)).astype(np.int64)
    blocks = (values.sum(axis=0), (values**2).sum(axis=0), means, means**2)
    for index, block in enumerate(blocks):
        rows[:, layout.block(index)] = block
    return layout.widen(rows) if tier else rows


def states_of(born_ns):
    """A row of ages for each instant: ten sources, heard of half a second ago."""
    born = (born_ns - 500_000_000).astype(np.int64)
    ten = np.full(len(born), 10)
    sent = born_ns.astype(np.int64)
    return np.stack([sent, born, ten * born, ten * born, ten, ten, 0 * ten], axis=1)


def frozen(array):
    """A copy that nobody can write to."""
    copy = np.array(array)
    copy.setflags(write=False)
    return copy


class Story:
    """What every liar said in every report: hook -> (tick, liar) -> its row."""

    def __init__(self, strategy, blocks=1, repeats=1):
        self.strategy, self.blocks, self.repeats = strategy, blocks, repeats
        self.layout = strategy.liars.layout
        self.rows = {}
        self._before = []
        for number, now_ns in enumerate(LOOKS_NS):
            if strategy.looks:
                strategy.look(make_view(OTHERS[number], now_ns))
            self._step(now_ns, min(now_ns + LOOKS_NS.step, WINDOW["end_ns"]))

    def _step(self, begin_ns, end_ns):
        reports = []
        for tick in TICKS:
            born_ns = PHASES_NS + tick * PERIOD_NS
            who = np.flatnonzero((born_ns >= begin_ns) & (born_ns < end_ns))
            reports += [(tick, part) for part in np.array_split(who, self.blocks) if len(part)]
        # A step may also ask again for the last reports of the one before.
        for report in self._before[-2:] * (self.repeats - 1) + reports:
            for _ in range(self.repeats):
                self._ask(*report)
        self._before = reports

    def _ask(self, tick, who):
        """All hooks for one block of a tick, in the order in which the engine calls them."""
        strategy, tier = self.strategy, self.strategy.liars.tier
        born_ns = frozen((PHASES_NS[who] + tick * PERIOD_NS).astype(float))
        who = frozen(who)
        if tier == 0:
            claimed = strategy.claim(tick, born_ns, who, frozen(MEASURED[tick, who]))
            self._keep("claim", tick, who, claimed)
        pane = tick * PERIOD_NS // PANE_NS
        sums = frozen(sums_of(tick, self.layout, tier)[who])
        self._keep("tell", tick, who, strategy.tell(pane, born_ns, who, sums))
        if tier:
            self._keep("ages", tick, who, strategy.ages(born_ns, who, frozen(states_of(born_ns))))
        sent_ns = frozen(born_ns[None])
        arrivals = strategy.arrive(sent_ns, who, frozen(sent_ns + 20_000_000))
        self._keep("arrive", tick, who, arrivals.T)

    def _keep(self, hook, tick, who, said):
        known = self.rows.setdefault(hook, {})
        for liar, row in zip(who.tolist(), said, strict=True):
            earlier = known.setdefault((tick, liar), np.array(row))
            same = row.tobytes() == earlier.tobytes()
            assert same, f"{hook} of report {tick}, liar {liar}: {earlier}, asked again {row}"

    def table(self, hook):
        """All rows of a hook, one below the other, in the order of reports and liars."""
        return np.array([self.rows[hook][key] for key in sorted(self.rows[hook])])
