"""Every injected anomaly, one agent and one report at a time, from the table of all true values."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Truth = np.ndarray
"""(ticks, agents, features): what would have been measured."""


def shift(truth: Truth, tick: int, agent: int, done: float, options: Mapping[str, Any]):
    return truth[tick, agent] + options["size"] * options["deviation"]


def ramp(truth: Truth, tick: int, agent: int, done: float, options: Mapping[str, Any]):
    return truth[tick, agent] + done * options["size"] * options["deviation"]


def zero(truth: Truth, tick: int, agent: int, done: float, options: Mapping[str, Any]):
    return 0 * truth[tick, agent]


def freeze(truth: Truth, tick: int, agent: int, done: float, options: Mapping[str, Any]):
    return truth[max(options["onset"] - 1, 0), agent]


def scale(truth: Truth, tick: int, agent: int, done: float, options: Mapping[str, Any]):
    if tick == 0:
        return truth[0, agent]
    level = np.zeros(truth.shape[2])
    for count, value in enumerate(truth[:tick, agent], start=1):
        level = level + (value - level) / min(count, 50)
    return level + options["factor"] * (truth[tick, agent] - level)


def impersonate(truth: Truth, tick: int, agent: int, done: float, options: Mapping[str, Any]):
    if tick == 0 or agent == 0:
        return truth[tick, agent]
    return truth[tick - 1, int(options["uniform"][agent] * agent)]


def decorrelate(truth: Truth, tick: int, agent: int, done: float, options: Mapping[str, Any]):
    delays = options["delays"](agent)
    return [truth[max(tick - delay, 0), agent, f] for f, delay in enumerate(delays)]


OBVIOUS: Mapping[str, Callable[..., Any]] = {
    "decorrelate": decorrelate,
    "freeze": freeze,
    "impersonate": impersonate,
    "ramp": ramp,
    "scale": scale,
    "shift": shift,
    "zero": zero,
}
