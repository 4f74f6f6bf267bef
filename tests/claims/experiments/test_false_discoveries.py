"""What theory 10 says of procedures over 1000 hypotheses; tolerances are four standard errors."""

import pytest

from sim.claims.experiments.false_discoveries import run


@pytest.mark.parametrize(
    ("procedure", "world", "expected", "error"),
    [
        ("bh", "honest", 0.09, 0.0025),
        ("by", "honest", 0.01202, 0.0013),
        ("bh", "missing", 0.045, 0.0025),
        ("bh_by_node", "one_place", 0.233, 0.009),
        ("bh", "liar", 0.419, 0.0015),
    ],
)
def test_the_false_share_of_discoveries_is_that_of_theory(procedure, world, expected, error):
    assert run(1, procedure, world)["fdr"] == pytest.approx(expected, abs=4 * error)


def test_lies_alone_make_up_the_false_share_that_is_left_if_nothing_else_is_false():
    found = run(1, "bh", "liar")
    assert found["made_up"] == 45 / 145 < found["fdr"]
    assert run(1, "bh", "liar_witnessed")["made_up"] == 0


def test_witnesses_give_control_back_and_power_with_it():
    alone, seen = run(1, "bh", "liar"), run(1, "bh", "liar_witnessed")
    assert seen["fdr"] < 0.09 < alone["fdr"]
    assert seen["power"] > 0.78
