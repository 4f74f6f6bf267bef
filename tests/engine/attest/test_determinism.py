"""Attestation looks at a run and leaves it as it is; and it is the same wherever steps are cut."""

import pytest

from tests.engine.attest.runs import liar, run, simulation

LIARS = (liar("forge"), liar("drop", "local-7", of=0.4), liar("variance_deflation", "local-9"))
CRASH = {"kind": "crash", "nodes": ["local-1"], "durable": False, "at": "3s", "until": "3500ms"}


def parts(recording, *ingredients):
    return [recording.fingerprint_parts[name] for name in ingredients]


def test_the_same_run_twice_has_one_fingerprint():
    again = simulation(LIARS, [CRASH], attest={"audits": 3}).run()
    assert again.fingerprint == run(*LIARS, faults=[CRASH], attest={"audits": 3}).fingerprint


@pytest.mark.parametrize("every", ["70ms", "330ms", "9s"])
def test_where_steps_are_cut_changes_nothing_but_the_samples(every):
    usual = run(*LIARS, faults=[CRASH], attest={"audits": 3})
    other = run(*LIARS, faults=[CRASH], attest={"audits": 3}, measure={"every": every})
    ingredients = ("baselines", "faults", "heard", "traffic")
    assert parts(other, *ingredients) == parts(usual, *ingredients)


@pytest.mark.parametrize("faults", [[], [CRASH]])
def test_attestation_moves_nothing_of_an_honest_run(faults):
    bare, watched = run(faults=faults, attest=None), run(faults=faults, attest={"audits": 3})
    assert parts(watched, "heard", "samples") == parts(bare, "heard", "samples")


def test_an_empty_list_of_adversaries_is_none():
    assert simulation([]).run().fingerprint == run().fingerprint


def test_watchers_and_audits_draw_from_seeds_of_their_own():
    """More watchers, or audits, move no other draw: the same is convicted at the same instant."""
    few, many = run(liar("forge")), run(liar("forge"), attest={"watchers": 12, "audits": 5})
    assert parts(few, "heard", "samples") == parts(many, "heard", "samples")
