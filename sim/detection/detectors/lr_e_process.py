"""Evidence that can be read at any time: a likelihood-ratio e-process for a shift of the mean.

Under "normal" an e-value is on average at most 1, so it reaches 1 / alpha with probability at most
alpha, however often one looks (Ville's inequality; Ramdas, Grünwald, Vovk and Shafer 2023).
"""

from typing import ClassVar, Literal

import numpy as np

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.detectors.columns import index_of, standardised
from sim.detection.detectors.watched import Watched, not_negative, one_of, positive


class LrEProcess:
    """log of the average, over features and directions, of exp(sum of (+-size * z - size^2 / 2)).

    Each term is the likelihood ratio of a mean shifted by `size` standard deviations against the
    baseline; an average of e-values is an e-value under any dependence between features.

    Valid if, given the past, each z is normal with mean 0 and sd at most 1 under its baseline; so
    is clipping z at +-`cap`, for by symmetry E exp(size z) = E cosh(size |z|), which a smaller |z|
    can only lower. A baseline that is itself wrong, or values that depend on their past, void the
    guarantee. `sign` ``up`` or ``down`` looks in one direction only.

    After a long normal time the evidence against a shift has piled up and would have to be undone
    first. `restart_ns` begins anew after the reports of that span: what is given is an e-process of
    the current window, and an e-value at every instant of it. Windows are apart, so 1 / alpha is a
    threshold for each of them and not for their maximum.

    With `onset` ``start`` a shift begins with the window. With ``any`` it may begin at each of the
    W reports of the window: the average of these W e-processes, in which one that has not begun yet
    counts 1, is an e-process too. That costs ln W nats and no delay. The sum over the onsets so far
    is the R = (1 + R) LR of Shiryaev and Roberts.
    """

    evidence: ClassVar[Literal["score", "log_e"]] = "log_e"
    needs_covariance: ClassVar[bool] = False
    forgets_the_silent: ClassVar[bool] = False

    def __init__(
        self,
        watched: Watched,
        *,
        size: float = 1.0,
        sign: str = "both",
        onset: str = "start",
        restart_ns: int | None = None,
        cap: float | None = 10.0,
        floor: float = 0.01,
    ) -> None:
        self._size = positive(size, "size")
        self._cap = np.inf if cap is None else positive(cap, "cap")
        self._floor = not_negative(floor, "floor")
        one_of(sign, ("both", "down", "up"), "sign")
        signs = [number for name, number in (("up", 1.0), ("down", -1.0)) if sign in (name, "both")]
        self._any = one_of(onset, ("any", "start"), "onset") == "any"
        if self._any and restart_ns is None:
            raise ValueError("onset any needs restart_ns: the window in which it may be")
        self._begin = -np.inf if self._any else 0.0
        self._sides = [(number, watched.blank()) for number in signs]
        """Each direction, and in it for every feature the log likelihood ratio, or its sum over the
        onsets so far."""
        self._window = _window(watched, restart_ns)
        self._reports = np.zeros(watched.agents, np.int64)
        """Reports behind the evidence of the current window."""
        self._begin_anew(np.arange(watched.agents))

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Add the log likelihood ratio of one report; see `Detector.update`."""
        z = standardised(values, baseline, which, self._floor)
        missing = np.isnan(z)
        told = ~missing.all(axis=1)
        if not told.all():
            rows, z, missing = rows[told], z[told], missing[told]
        np.clip(z, -self._cap, self._cap, out=z)
        self._begin_anew(rows[self._reports[rows] >= self._window])
        index = index_of(rows)
        self._reports[index] += 1
        # A feature that is left out says nothing: factor 1.
        half = np.where(missing, 0.0, self._size**2 / 2)
        step = np.where(missing, 0.0, self._size * z)
        for sign, log_ratios in self._sides:
            before = log_ratios[index]
            known = np.logaddexp(before, 0.0) if self._any else before
            log_ratios[index] = known + (sign * step - half)

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """The logarithm of the larger e-value of every feature; (agents, F)."""
        largest = np.maximum.reduce([self._log_e(log_ratios) for _, log_ratios in self._sides])
        return np.where(self._reports[:, None] > 0, largest, np.nan)

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """The logarithm of the e-value; see `Detector.scores`."""
        sides = [self._log_e(log_ratios) for _, log_ratios in self._sides]
        terms = np.concatenate(sides, axis=1)
        largest = terms.max(axis=1)
        average = np.exp(terms - largest[:, None]).mean(axis=1)
        return np.where(self._reports > 0, largest + np.log(average), np.nan)

    def forget(self, rows: Ints) -> None:
        """See `Detector.forget`."""
        self._begin_anew(rows)

    def _log_e(self, log_ratios: Floats) -> Floats:
        """Of every feature in one direction; (agents, F)."""
        if not self._any:
            return log_ratios
        with np.errstate(divide="ignore"):
            to_come = np.log(self._window - self._reports)
        return np.asarray(np.logaddexp(log_ratios, to_come[:, None]) - np.log(self._window))

    def _begin_anew(self, rows: Ints) -> None:
        self._reports[rows] = 0
        for _, log_ratios in self._sides:
            log_ratios[rows] = self._begin


def _window(watched: Watched, restart_ns: int | None) -> int:
    """Reports in a window."""
    if restart_ns is None:
        return int(np.iinfo(np.int64).max)
    return max(1, round(watched.reports(restart_ns, "restart")))
