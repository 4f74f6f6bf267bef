"""What tests of random scenarios share."""

import math

import pytest

from sim.scenario import outage_checks


@pytest.fixture(scope="module")
def outages_without_end():
    """Random scenarios have more outages than a run can have; none of these is run."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outage_checks, "MARGIN", math.inf)
        yield
