"""The verdict is what all ways in which open findings may come out agree on."""

from itertools import product

import pytest

from sim.claims.verdict import Outcome, Verdict, verdict

HOLDS, FAILS, FORBIDDEN, OPEN = Outcome


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([HOLDS, HOLDS], Verdict.HOLDS),
        ([HOLDS, FAILS], Verdict.HOLDS_WHEN),
        ([HOLDS, FORBIDDEN], Verdict.HOLDS_WHEN),
        ([FAILS, FAILS], Verdict.REFUTED),
        ([FAILS, FORBIDDEN], Verdict.REFUTED),
        ([FORBIDDEN], Verdict.INFEASIBLE),
        ([], Verdict.INCONCLUSIVE),
        ([OPEN], Verdict.INCONCLUSIVE),
        ([HOLDS, OPEN], Verdict.INCONCLUSIVE),
        ([FAILS, OPEN], Verdict.INCONCLUSIVE),
        ([HOLDS, FAILS, OPEN, OPEN], Verdict.HOLDS_WHEN),
    ],
)
def test_a_verdict_for_every_kind_of_findings(outcomes, expected):
    assert verdict(outcomes) is expected


def test_trying_all_completions_gives_the_same():
    """The obvious version: every open finding is tried both ways, however many there are."""
    for outcomes in product(Outcome, repeat=4):
        ways = product(*[(HOLDS, FAILS) if one is OPEN else (one,) for one in outcomes])
        ends = {verdict(way) for way in ways}
        assert verdict(outcomes) is (ends.pop() if len(ends) == 1 else Verdict.INCONCLUSIVE)
