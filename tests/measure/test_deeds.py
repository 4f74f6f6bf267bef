import math
from dataclasses import replace

from sim.measure.deeds import deeds
from sim.measure.tables import empty
from tests.measure.lied import FROM_NS, LIES, UNTIL_NS, lied


def test_there_is_a_deed_for_each_adversary_in_the_order_of_the_file():
    first, second = deeds(lied())
    assert (first.adversary, first.kind, first.tier, first.nodes) == (
        "adversaries[0]",
        "little_is_enough",
        0,
        160,
    )
    assert (second.kind, second.acts, second.refused) == ("forge", 55, 3)
    assert (first.never_ends, second.never_ends) == (False, True)


def test_a_deed_has_the_biases_of_its_own_time():
    one = deeds(lied())[0]
    assert (one.at_ns, one.until_ns) == (FROM_NS, UNTIL_NS)
    assert (one.bias, one.bias_plain) == (LIES["bias"], -LIES["bias_plain"])


def test_a_deed_after_the_last_publication_has_no_bias():
    late = lied(adversaries={"at_ns": [60 * 10**9] * 2, "until_ns": [-1, -1]})
    assert all(math.isnan(one.bias) for one in deeds(late))


def test_an_honest_run_has_no_deeds():
    assert deeds(replace(lied(), adversaries=empty("adversaries"))) == []


def test_a_liar_that_moves_no_median_still_has_a_largest_bias():
    forger = deeds(lied())[1]
    assert forger.bias < forger.bias_max == LIES["bias"]
