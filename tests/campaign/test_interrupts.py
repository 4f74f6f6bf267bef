"""A Ctrl-C that a library swallows is still heard."""

import contextlib
import signal

import pytest

from sim.campaign.interrupts import Interrupts


def test_an_interrupt_that_somebody_drops_is_raised_again_when_asked_for():
    with Interrupts() as interrupts:
        interrupts.check()
        with contextlib.suppress(KeyboardInterrupt):  # as a finaliser would
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_the_handler_of_before_is_back_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) is before
