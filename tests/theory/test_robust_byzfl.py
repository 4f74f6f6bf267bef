"""The rules give what ByzFL 0.0.11 gives; its numbers were made once and are data here.

They were made outside this repository by calling `byzfl.aggregators` on numpy arrays (with an empty
stand-in for torch, which it imports but does not need for arrays). Where its conventions differ
from the papers', the options that reproduce it are given: Krum counts n - f - 1 neighbours, the
geometric median is three steps from 0, centred clipping has an absolute radius and starts at 0.
"""

import numpy as np
import pytest

from sim.stats.robust.centred_clipping import clip_towards
from sim.stats.robust.contract import prepare
from sim.stats.robust.geometric_median import weiszfeld
from sim.stats.robust.mixing import mix
from sim.stats.robust.registry import make_rule
from tests.theory import byzfl_attacks as byzfl

ITEMS = np.array([*byzfl.CORRECT, [40.0, -20.0, 9.0], [41.5, -19.0, 8.5], [-3.25, 30.0, -12.0]])
ONES = np.ones((1, len(ITEMS)))

THREE_LIARS = {
    "mean": ({}, [6.96875, 0.7083333333333334, 1.6354166666666667]),
    "median": ({}, [0.375, 1.9375, 1.8125]),
    "trimmed_mean": ({}, [0.625, 1.9166666666666667, 1.6875]),
    "krum": ({"others": 1}, [0.0, 0.875, 1.75]),
    "multi_krum": (
        {"others": 1},
        [0.5972222222222222, 1.9444444444444444, 1.5694444444444444],
    ),
}
AMONG_THE_CORRECT = {
    "krum": [0.75, 3.25, 1.875],
    "multi_krum": [0.609375, 2.515625, 2.015625],
}
FOUR_LIARS_MIXED = {
    "trimmed_mean": ({}, [0.6640625, 2.0234375, 1.6640625]),
    "median": ({}, [0.75, 2.0234375, 1.78125]),
    "krum": ({"others": 1}, [0.75, 2.234375, 1.78125]),
    "multi_krum": ({"others": 1}, [0.609375, 2.076171875, 1.60546875]),
}
MIXED = [
    [0.375, 1.8125, 1.3125],
    [0.75, 2.234375, 1.78125],
    [0.375, 1.8125, 1.3125],
    [0.75, 2.234375, 1.78125],
    [0.75, 2.234375, 1.78125],
    [0.375, 1.8125, 1.3125],
    [0.75, 2.234375, 1.78125],
    [0.75, 2.234375, 1.78125],
    [0.375, 1.8125, 1.3125],
    [10.84375, -3.734375, 3.328125],
    [10.84375, -3.734375, 3.328125],
    [0.40625, 5.890625, 0.03125],
]


@pytest.mark.parametrize("kind", THREE_LIARS)
def test_a_rule_gives_what_byzfl_gives(kind):
    options, expected = THREE_LIARS[kind]
    found = make_rule(kind, options).centre(ITEMS[None], ONES, 3)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("kind", AMONG_THE_CORRECT)
def test_it_also_does_where_liars_hide_among_correct_items(kind):
    items = np.array([[*byzfl.CORRECT, [2.0, 3.5, 3.0], [2.0, 3.5, 3.25]]])
    found = make_rule(kind, {"others": 1}).centre(items, np.ones((1, 11)), 3)[0]
    np.testing.assert_allclose(found, AMONG_THE_CORRECT[kind], rtol=1e-14)


@pytest.mark.parametrize("kind", FOUR_LIARS_MIXED)
def test_a_rule_on_mixed_items_gives_what_byzfl_gives(kind):
    options, expected = FOUR_LIARS_MIXED[kind]
    found = make_rule(kind, {"mix": True, **options}).centre(ITEMS[None], ONES, 4)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_mixing_gives_what_byzfl_gives():
    np.testing.assert_allclose(mix(prepare(ITEMS[None], ONES, 4))[0], MIXED, rtol=1e-14)


def test_three_steps_of_the_geometric_median_are_those_of_byzfl():
    expected = [0.8021265142292116, 1.9440763902090363, 1.492982926403085]
    found = weiszfeld(ITEMS[None], ONES, np.zeros((1, 3)), 3, smoothing=0.1)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_the_geometric_median_is_where_byzfl_ends_after_5000_steps():
    expected = [0.9360655880843791, 2.177771889825787, 1.5155950387503734]
    found = make_rule("geometric_median").centre(ITEMS[None], ONES, 3)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_four_steps_of_centred_clipping_are_those_of_byzfl():
    expected = [0.9512733715349091, 1.9108454101908776, 1.4709006238722826]
    found = clip_towards(ITEMS[None], ONES, np.zeros((1, 3)), 2.0, 4)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_what_byzfl_makes_liars_send_is_what_the_theory_says():
    correct = np.array(byzfl.CORRECT)
    mean, deviation = correct.mean(axis=0), correct.std(axis=0, ddof=1)
    np.testing.assert_allclose(byzfl.SIGN_FLIP, -mean, rtol=1e-14)
    for tau, lie in byzfl.INNER_PRODUCT.items():
        np.testing.assert_allclose(lie, -tau * mean, rtol=1e-14)
    for tau, lie in byzfl.LITTLE_IS_ENOUGH.items():
        np.testing.assert_allclose(lie, mean + tau * deviation, rtol=1e-13)
    for index, lie in byzfl.MIMIC.items():
        np.testing.assert_array_equal(lie, correct[index])
