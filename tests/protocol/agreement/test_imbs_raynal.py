"""Imbs and Raynal's broadcast: what is special about INIT and WITNESS."""

import pytest

from sim.protocol.agreement.imbs_raynal import ImbsRaynal, Init, Witness
from sim.protocol.effects import Broadcast, Output
from tests.protocol.agreement.broadcasts import A, B
from tests.protocol.net import Net


def node(member=1):
    return Net(ImbsRaynal, 6, 1).hosts[member].node


@pytest.mark.parametrize(("n", "f", "most"), [(4, 1, 0), (5, 1, 0), (10, 2, 1), (31, 7, 6)])
def test_five_members_for_each_liar_are_too_few(n, f, most):
    with pytest.raises(ValueError, match=f"needs n > 5f: {n} members tolerate {most}"):
        Net(ImbsRaynal, n, f)


def test_only_the_first_value_of_the_writer_is_witnessed_and_once():
    imbs = node()
    assert imbs.on_message(Init(0, 1, A), 0) == [Broadcast(Witness(1, 1, A))]
    assert imbs.on_message(Init(0, 1, A), 0) == []
    assert imbs.on_message(Init(0, 1, B), 0) == []
    assert imbs.on_message(Init(2, 2, B), 0) == []


def test_what_n_minus_2f_witness_is_witnessed_too_after_another_value():
    imbs = node()
    effects = imbs.on_message(Init(0, 1, B), 0)
    assert [effect.message for effect in effects] == [Witness(1, 1, B)]
    for sender in (0, 2, 3):
        assert imbs.on_message(Witness(sender, 1, A), 0) == []
    assert imbs.on_message(Witness(4, 1, A), 0) == [Broadcast(Witness(1, 1, A))]


def test_a_member_may_witness_two_values_and_no_third():
    imbs = node()
    for v in (B, type(A)(b"third")):
        for sender in (0, 2, 3):
            imbs.on_message(Witness(sender, 1, v), 0)
    assert imbs.on_message(Witness(4, 1, A), 0) == []
    for sender in (0, 2, 3):
        assert imbs.on_message(Witness(sender, 1, A), 0) == []


def test_n_minus_f_witnesses_decide():
    imbs = node()
    effects = [imbs.on_message(Witness(sender, 1, A), 0) for sender in (0, 2, 3, 4, 5)]
    outputs = [[e.event for e in each if isinstance(e, Output)] for each in effects]
    assert outputs[:4] == [[], [], [], []]
    assert outputs[4][0].value == A
    assert imbs.on_message(Init(0, 1, B), 0) == []
