import dataclasses

import pytest

from sim.protocol.effects import Broadcast, CancelTimer, Record, Send, SetTimer
from sim.protocol.messages import Message, Update


@pytest.mark.parametrize(
    ("newer", "older"),
    [((0, 2), (0, 1)), ((1, 1), (0, 99)), ((2, 5), (2, 4))],
)
def test_epoch_counts_before_version(newer, older):
    new, old = Update("a", *newer, born_ns=0), Update("a", *older, born_ns=9)
    assert new.is_newer_than(old)
    assert not old.is_newer_than(new)


def test_an_update_is_not_newer_than_itself_but_newer_than_nothing():
    update = Update("a", 0, 1, 0)
    assert not update.is_newer_than(update)
    assert update.is_newer_than(None)


@pytest.mark.parametrize(
    "value",
    [
        Update("a", 0, 1, 0),
        Send("a", Message()),
        Broadcast(Message()),
        SetTimer("t", 1),
        CancelTimer("t"),
        Record((1,)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_sent_or_asked_for_cannot_be_changed_afterwards(value):
    field = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, "changed")
