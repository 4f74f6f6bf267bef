"""Values made by a rule: the agent's own level, drift and season around it, and noise.

value = level of the agent (standard deviation `spread` between agents) + levels of its groups +
drift + season + noise + a shock that agents have in common. Every part has random streams of its
own, so switching one on moves no other, and what is switched off costs nothing. The share of
variance between agents, spread^2 over all variance, is the intraclass correlation (ICC).
"""

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from sim.workload.behaviour import NORMAL, Floats, Ints, Labels, StreamAt
from sim.workload.common import CommonFactor
from sim.workload.drift import Drift
from sim.workload.tick_streams import TickStreams

Options = Mapping[str, Any]


class Synthetic:
    """Agents whose features all follow one law; see the arguments.

    `noise` is the standard deviation within an agent, and `correlation` (0 <= rho < 1) that
    between the noise of any two features of one report. `drift` holds sd, tau_ns and every_ns,
    `tail` the df (more than 2) of Student's t, `season` amplitude, period_ns and phase (see
    `_Season`). `groups` holds, by the name of a kind of group, the standard deviation between the
    levels of such groups, and `group_of` which of them each agent is in, (agents,). `common` holds
    the sd of shocks that agents share, and `among` whom: all, or those of a kind of group.
    """

    def __init__(
        self,
        agents: int,
        features: int,
        stream_at: StreamAt,
        *,
        spread: float = 1.0,
        noise: float = 1.0,
        drift: Options | None = None,
        tail: Options | None = None,
        season: Options | None = None,
        correlation: float = 0.0,
        groups: Mapping[str, float] | None = None,
        common: Options | None = None,
        group_of: Mapping[str, Ints] | None = None,
    ) -> None:
        self.features = features
        self._centre = np.zeros((agents, features))
        if spread:
            stream_at("spread", 0).standard_normal(out=self._centre)
            self._centre *= spread
        apart = {name: sd for name, sd in (groups or {}).items() if sd}
        for name, sd in apart.items():
            mine = (group_of or {})[name]
            levels = group_levels(name, sd, int(mine.max()) + 1, features, stream_at)
            self._centre += levels[mine]
        self._drift = Drift(self._centre, stream_at, **drift) if drift else None
        self._season = _Season(agents, stream_at, **season) if season else None
        self._noise = (
            _Noise(agents, stream_at, noise, correlation, tail["df"] if tail else None)
            if noise
            else None
        )
        self._common: CommonFactor | None = None
        if common and common["sd"]:
            whole = np.zeros(agents, np.int64)
            whose = whole if common["among"] == "all" else (group_of or {})[common["among"]]
            self._common = CommonFactor(whose, features, stream_at, common["sd"])
        shock = common["sd"] if common else 0.0
        swing = season["amplitude"] if season else 0.0
        wander = drift["sd"] if drift else 0.0
        self._deviation = math.sqrt(noise**2 + wander**2 + swing**2 / 2 + shock**2)
        self._spread = math.hypot(spread, wander, *apart.values())

    def label(self, tick: int, born_ns: Floats, first: int, out: Labels) -> None:  # noqa: ARG002
        """See `Behaviour.label`: nothing is wrong here."""
        out.fill(NORMAL)

    def deviation(self) -> Floats:
        """See `Behaviour.deviation`: noise, drift, season (half its square) and shocks."""
        return np.full(self.features, self._deviation)

    def spread(self) -> Floats:
        """See `Behaviour.spread`: levels, those of groups, and drift."""
        return np.full(self.features, self._spread)

    def fill(self, tick: int, born_ns: Floats, first: int, out: Floats) -> None:
        """See `Behaviour.fill`."""
        if self._noise:
            self._noise.fill(tick, first, out)
        else:
            out.fill(0.0)
        if self._drift:
            out += self._drift.level(tick, born_ns, first)
        else:
            out += self._centre[first : first + len(out)]
        if self._season:
            out += self._season.swing(born_ns, first)[:, None]
        if self._common:
            out += self._common.at(tick, first, len(out))


def group_levels(name: str, sd: float, groups: int, features: int, stream_at: StreamAt) -> Floats:
    """How far each group of one kind is from the mean of all, (groups, features).

    >>> group_levels("locals", 0.0, 2, 1, lambda purpose, tick: np.random.default_rng(1))
    array([[0.],
           [0.]])
    """
    if not sd:
        return np.zeros((groups, features))
    return sd * stream_at(f"spread of {name}", 0).standard_normal((groups, features))


class _Season:
    """A sine that all features of an agent share.

    With `phase` own each agent is somewhere of its own in the swing, so the mean of many agents
    stays. With common all rise together from 0 at the time 0, and the mean of all swings in full.
    """

    def __init__(
        self,
        agents: int,
        stream_at: StreamAt,
        *,
        amplitude: float,
        period_ns: float,
        phase: Literal["own", "common"] = "own",
    ) -> None:
        self._amplitude = amplitude
        self._period_ns = period_ns
        self._phase = stream_at("season", 0).random(agents) if phase == "own" else np.zeros(agents)

    def swing(self, born_ns: Floats, first: int) -> Floats:
        """Its value for agents first ... at their instants: (n,)."""
        turns = born_ns / self._period_ns + self._phase[first : first + len(born_ns)]
        return self._amplitude * np.sin(math.tau * turns)


class _Noise:
    """Independent from report to report; features equicorrelated, tails normal or Student's.

    With `df` all features of a report share one chi-square variate (the multivariate t): each is
    Student's t, any two have exactly the correlation asked for, and a bad moment of an agent is
    one in all its features. Source: Kotz and Nadarajah, Multivariate t Distributions, 2004, ch. 1.
    """

    def __init__(
        self, agents: int, stream_at: StreamAt, sd: float, correlation: float, df: float | None
    ) -> None:
        self._own = sd * math.sqrt(1.0 - correlation)
        self._shared = sd * math.sqrt(correlation)
        self._df = df
        self._normal = TickStreams(stream_at, "noise", agents)
        self._common = TickStreams(stream_at, "common noise", agents)
        self._gamma = TickStreams(stream_at, "tail", agents)

    def fill(self, tick: int, first: int, out: Floats) -> None:
        """Overwrite `out` (n, features) with noise, without a temporary in the plain case."""
        count = len(out)
        self._normal.at(tick, first, count).standard_normal(out=out)
        if self._own != 1.0:
            out *= self._own
        if self._shared:
            common = self._common.at(tick, first, count).standard_normal(count)
            common *= self._shared
            out += common[:, None]
        if self._df is not None:
            # t = z sqrt(df / chi2), with chi2 = 2 gamma(df / 2), has the variance df / (df - 2).
            gamma = self._gamma.at(tick, first, count).standard_gamma(self._df / 2, count)
            out *= np.sqrt((self._df / 2 - 1) / gamma)[:, None]
