"""How long until an e-process is sure of a shift: samples, and seconds at a rate of sampling.

The detector of a run, tuned to the very shift that comes, one feature, one agent a repetition; so
no detector that keeps the same promise is faster on average. Shifts begin anywhere in a period.
"""

import math
from typing import Final

import numpy as np

from sim.detection.contract import Baseline
from sim.detection.detectors import make_detector
from sim.stats.anytime import expected_delay, ville_threshold

UNITS: Final = {
    "samples": "samples",
    "samples_expected": "samples",
    "samples_floor": "samples",
    "delay": "s",
    "delay_floor": "s",
}
AGENTS: Final = 2000
ALPHA: Final = 1e-3
STANDARD: Final = Baseline(np.array([1000]), np.zeros((1, 1)), np.ones((1, 1)))


def run(seed: int, size: float, rate_hz: float) -> dict[str, float]:
    """Mean `samples` until 1 / alpha is reached, and mean `delay` from the begin of the shift.

    `samples_floor` is ln(1 / alpha) / KL, and never below the one sample that there has to be: the
    log of the likelihood ratio of any test with that chance of a false alarm is at least ln(1 /
    alpha) on average when it stops (Wald 1945), and grows by KL a sample. `size` in sd.
    """
    draw = np.random.default_rng(seed)
    samples = first_crossings(size, draw)
    before_first = draw.random(AGENTS)
    kl = size**2 / 2
    floor = max(1.0, math.log(1 / ALPHA) / kl)
    return {
        "samples": float(samples.mean()),
        "samples_expected": expected_delay(ALPHA, size),
        "samples_floor": floor,
        "delay": float((samples - 1 + before_first).mean() / rate_hz),
        "delay_floor": (floor - 0.5) / rate_hz,
    }


def first_crossings(size: float, draw: np.random.Generator) -> np.ndarray:
    """After how many samples each agent's evidence is enough, (AGENTS,)."""
    detector = make_detector(
        "lr_e_process",
        {"size": size, "sign": "up", "cap": None},
        agents=AGENTS,
        features=1,
        period_ns=1,
        groups=np.zeros(AGENTS, np.int64),
    )
    everyone, crossed, step = np.arange(AGENTS), np.zeros(AGENTS, np.int64), 0
    while not crossed.all():
        step += 1
        detector.update(everyone, draw.normal(size, 1.0, (AGENTS, 1)), STANDARD, None)
        over = detector.scores(STANDARD, None) >= ville_threshold(ALPHA)
        crossed[over & (crossed == 0)] = step
    return crossed
