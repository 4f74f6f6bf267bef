"""How much of the spread liars can leave in a round: theory section 6, forced in runs.

The liars of these runs hear all correct members of a round before they speak, tell each something
else, and search what leaves most; `worst_lies` in the reference is their search.
"""

import itertools
import random

import pytest

from sim.protocol.agreement.combine import RULES, contraction
from tests.protocol.agreement.averages import run
from tests.reference.approximate_agreement import spread, worst_lies

ROUNDS = 5


def spreads(rule, n, f, start, plan):
    """The spread of the correct members' values before each round and at the end."""
    rounds = run(n, f, [(v,) for v in start], plan, rule=rule, rounds=ROUNDS)
    values = [[v for (v,) in those] for those in rounds]
    for before, after in itertools.pairwise(values):
        assert min(before) <= min(after) <= max(after) <= max(before)
    return [spread(those) for those in values]


def searching(rule, f):
    def plan(round, vectors):
        told = worst_lies(rule, [v for (v,) in vectors], f, far=1e6)
        return [[(lie,) for lie in lies] for lies in told]

    return plan


@pytest.mark.parametrize(
    ("rule", "n", "f", "left"),
    [
        ("trimmed_mean", 25, 8, 0.889),
        ("trimmed_mean", 10, 3, 0.75),
        ("midpoint", 4, 1, 1 / 2),
        ("midpoint", 25, 8, 1 / 2),
        ("select_mean", 4, 1, 1 / 2),
        ("select_mean", 13, 3, 1 / 3),
        ("select_mean", 25, 4, 1 / 5),
    ],
)
def test_liars_force_the_worst_case_round_after_round_and_no_more(figure, rule, n, f, left):
    start = [float(member >= (n - f) // 2) for member in range(n - f)]
    found = spreads(rule, n, f, start, searching(rule, f))
    shares = [after / before for before, after in itertools.pairwise(found)]
    assert shares == pytest.approx([left] * ROUNDS, abs=5e-4)
    assert max(shares) <= contraction(rule, n, f) * (1 + 1e-9)
    what = f"{rule}, n = {n}, f = {f}: share of the spread that the worst lies leave"
    figure("6", what, left, max(shares), allowed=5e-4)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("n", "f"), [(4, 1), (10, 3), (13, 3), (16, 5)])
def test_no_lies_leave_more_than_the_bound(rule, n, f):
    rng = random.Random(f"{rule} {n}")
    for searches in (True, False):
        start = [rng.gauss(0, 1) for _ in range(n - f)]
        lies = lambda round, vectors: [  # noqa: E731
            [(rng.choice([-1e6, 1e6, rng.gauss(0, 1)]),) for _ in range(f)] for _ in vectors
        ]
        found = spreads(rule, n, f, start, searching(rule, f) if searches else lies)
        for before, after in itertools.pairwise(found):
            assert after <= before * contraction(rule, n, f) * (1 + 1e-9) + 1e-15
