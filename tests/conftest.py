"""What holds for all tests: property tests draw the same examples every time, on any machine.

A run of the simulator begins with a full collection of garbage. In a process that has all tests and
their libraries in memory that takes longer than the run itself, and it changes nothing in it.
"""

from contextlib import nullcontext

import pytest
from hypothesis import settings

from sim.engine import simulation

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True, scope="session")
def _no_collection_before_runs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "frozen_garbage", nullcontext)
        yield
