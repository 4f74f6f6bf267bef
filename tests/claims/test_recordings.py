"""What drives a claim about recordings, where there are none."""

from sim.claims.c18 import CLAIM
from sim.claims.run import Manner, run_claims
from sim.claims.verdict import Verdict


def test_without_recordings_nothing_is_run_and_nothing_is_claimed(tmp_path, monkeypatch):
    monkeypatch.delenv("SIM_DATA", raising=False)
    (card,) = run_claims([CLAIM], Manner(root=tmp_path, scenarios=tmp_path))
    assert card.verdict is Verdict.INCONCLUSIVE
    assert card.findings
    assert all("not run" in finding.measured.source for finding in card.findings)
