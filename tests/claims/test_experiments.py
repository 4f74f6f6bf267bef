"""Experiments on pure code give what theory says, and the same from the same seed."""

import math

import pytest

from sim.claims.experiments import evidence_orders, evidence_sums, merkle_proofs, merkle_tampering


@pytest.mark.parametrize("field", merkle_tampering.FIELDS)
def test_all_tampering_is_refused_and_honesty_is_not(field):
    refused = merkle_tampering.run(1, field, children=2)["refused"]
    assert refused == (0.0 if field == "nothing" else 1.0)


def test_a_checker_that_makes_no_merge_of_its_own_is_found_out(monkeypatch):
    from sim.protocol.merkle import checks

    monkeypatch.setattr(checks, "_wrong_merge", lambda _opening, _registry: [])
    assert merkle_tampering.run(1, "the merged summary", children=2)["refused"] < 1


def test_a_proof_has_the_siblings_of_every_tier():
    """Theory 7: siblings times the bytes of a hash and a summary."""
    one, two = (merkle_proofs.run(1, children=4, tiers=tiers)["size"] for tiers in (1, 2))
    assert two == 2 * one


def test_products_end_where_theory_says():
    """Theory 3: half a nat each, so that e ** 709 is passed after some 1,400 factors."""
    assert evidence_sums.run(1, "product", "uniform", 1_000)["error"] < 1e-9
    assert evidence_sums.run(1, "product", "uniform", 2_000)["error"] == math.inf


def test_exact_sums_have_one_root_and_rounded_ones_several():
    few = {"n": 2_000, "arrangements": 8, "groups": 10}
    roots = {way: evidence_orders.run(1, way, **few)["roots"] for way in evidence_orders.WAYS}
    assert roots["fixed point"] == roots["exact_sum"] == 1 < roots["np.sum (pairwise)"]
