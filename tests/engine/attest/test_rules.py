"""Attestation together with a rule: a dispute does not switch the rule off.

What was attested was added up well; whether agents told the truth is for the rule to ask. A local
forges from 5 s on and is convicted at 6.3 s, and what it said is in doubt to the end. A tenth of
the agents push as far as they can from the first second.
"""

import numpy as np
import pytest

from sim.measure.tables import DISPUTED
from tests.engine.attest.runs import liar, run

FORGER = liar("forge", begin="5s", by="8sd")
PUSHERS = {"where": "agents", "share": "10%", "kind": "push", "to": "15sd", "from": "1s"}
RULE = {"estimator": "median", "f": "20%", "sample": 60}


def disputed(*liars, **rule):
    """Publications in a dispute, as columns, with these liars besides the forger."""
    recording = run(
        FORGER,
        *liars,
        duration="9s",
        attest={"replace_after": "3s"},
        baseline={"rule": {**RULE, **rule}},
    )
    table = recording.tables["integrity"]
    found = {name: column[table["status"] == DISPUTED] for name, column in table.items()}
    assert len(found["bias"]) == 6
    return found


@pytest.mark.slow
def test_liars_among_the_agents_are_no_better_off_in_a_dispute_about_an_aggregator():
    """The attested mean is theirs by 1.6 deviations; the estimate is published, with an alert."""
    table = disputed(PUSHERS, kind="guarded_mean")
    assert table["alert"].all()
    np.testing.assert_array_equal(table["bias"], table["bias_robust"])
    assert table["bias"].max() < 0.5


@pytest.mark.slow
def test_where_no_agent_lies_the_attested_mean_is_published_in_a_dispute_and_nobody_cries():
    """It is of another window, for which the radius has room."""
    table = disputed(kind="guarded_mean", let_through="0%", false_alerts="1%")
    assert not table["alert"].any()
    assert table["bias"].max() < 0.06 < 0.5 < table["bias_plain"].max()
