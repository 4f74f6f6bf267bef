"""C18: detection accuracy is maintained, on real data.

Eight recorded servers with labelled anomalies, at the measured delays of a cloud; the same detector
sees all values at their birth, centrally. What distribution loses of the areas under the curves is
held against the design's own epsilon, 0.01, in the regimes of theory 9. The recordings are not part
of the repository: without $SIM_DATA nothing is run, and nothing is claimed.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sim.claims.c04 import EPSILON
from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, at_most, told
from sim.claims.measured import largest

DECIDE: Final = "detection.decide"
WHEN: Final[Mapping[str, str]] = {
    "c18-whole": "nothing fails",
    "c18-cut": "half of all servers are cut off",
    "c18-loss": "three messages in ten are lost",
    "c18-liar": "one of four locals makes alarms up",
}
AREAS: Final = ("detection.roc_auc.loss", "detection.pr_auc.loss")


def judge(of: Evidence) -> Iterator[Finding]:
    """In each regime, with the root or the locals to decide."""
    for source, regime in WHEN.items():
        for decide, who in (("root", "the root decides"), ("local", "locals decide")):
            when, settings = f"{regime} and {who}", {DECIDE: decide}
            areas = largest([of(source, metric, settings) for metric in AREAS])
            asked = "lost of the area under ROC or precision and recall, whichever is more"
            yield at_most(areas, EPSILON, asked, when)
            alarms = of(source, "detection.f1.loss", settings)
            yield told(at_most(alarms, EPSILON, "lost of F1, of alarms", when))


CLAIM: Final = Claim(
    id="C18",
    promise="Detection accuracy is maintained on real data",
    sources=[
        ScenarioSource(name, in_fast=name == "c18-cut", fast=("replications=2",), needs_data=True)
        for name in WHEN
    ],
    judge=judge,
    reading="What the areas under the curves lose against the same detector run centrally, on "
    "recorded servers with labels ($SIM_DATA; without it nothing is run). Delay costs nothing; "
    "what does not arrive, and what is made up, costs.",
)
