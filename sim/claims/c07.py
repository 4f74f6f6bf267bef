"""C07: up to 33 % of Byzantine nodes are tolerated.

Tolerated means that the published mean stays within one standard deviation between agents of the
mean of the correct ones, whatever the liars say: the largest bias of a median with a third of liars
is 0.67, of a trimmed mean 0.80 (theory 4). What is asked is a third of the agents, at random and in
the worst places, of every attack an agent has; then of groups in a tree, where the tree theorem
gives the root to prod(f + 1) agents (theory 4: 17 * 4 * 1 = 68 of 1,000); then of single
aggregators, which own what is below them; then of the replicas of the root (n > 3 f, theory 6).
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, at_most
from sim.units import parse_share

RULES: Final = ScenarioSource(
    "c07-rules",
    fast=("replications=3",),
    fast_only=("adversaries[0].share=33%", "baseline.rule.estimator=trimmed_mean"),
)
ATTACKS: Final = ScenarioSource(
    "c07-attacks", fast=("replications=3",), fast_only=("adversaries[0].kind=push",)
)
CAPTURE: Final = ScenarioSource(
    "c07-capture", fast=("replications=3",), fast_only=("adversaries[0].placement=worst",)
)
AGGREGATORS: Final = ScenarioSource("c07-aggregators", in_fast=False)
REPLICAS: Final = ScenarioSource("c07-replicas", in_fast=False)

TOLERATED_SD: Final = 1.0
BIAS: Final = "largest bias of the published mean"
SHARE: Final = "adversaries[0].share"
BUDGET: Final = "adversaries[0].budget"
PLACEMENT: Final = "adversaries[0].placement"
PLACES: Final = {"random": "liars at random", "worst": "liars in the worst places"}
OVER: Final = {"sample": "over a sample of agents", "nested": "nested in groups of 10, 5 and 6"}
ATTEST: Final = {
    "null": "one local in twenty forges sums, nobody watches",
    "{every: 5s, watchers: 6}": "one local in twenty forges sums, watchers convict it",
}


def judge(of: Evidence) -> Iterator[Finding]:
    """Rules and placements, attacks, groups of a tree, aggregators, replicas."""
    yield from _rules(of)
    for kind, bias in of.along(ATTACKS.name, "bias.max", "adversaries[0].kind"):
        when = "a third of the agents attack a median over a sample in any way"
        yield at_most(bias, TOLERATED_SD, f"largest bias: {kind}", when)
    yield from _capture(of)
    for attest, when in ATTEST.items():
        bias = of(AGGREGATORS.name, "bias.median", {"attest": attest})
        yield at_most(bias, TOLERATED_SD, "median bias while it lies", when)
    for kind, apart in of.along(
        REPLICAS.name, "agreement.divergence.max", "agreement.protocol.kind"
    ):
        when = f"one of four replicas of the root equivocates, {kind}"
        yield at_most(apart, 0.0, "difference of what two replicas publish as one version", when)


def _rules(of: Evidence) -> Iterator[Finding]:
    """Each rule, over a sample and nested, along the share of liars."""
    for over, where in OVER.items():
        for estimator in of.values(RULES.name, "baseline.rule.estimator"):
            for placement, how in PLACES.items():
                settings = {
                    "baseline.rule.over": over,
                    "baseline.rule.estimator": estimator,
                    PLACEMENT: placement,
                }
                for share, bias in of.along(RULES.name, "bias.max", SHARE, settings):
                    along = Along("with", parse_share(share), f"{share} of liars")
                    when = f"a {estimator.replace('_', ' ')} {where}, {how}"
                    yield at_most(bias, TOLERATED_SD, BIAS, when, along=along)


def _capture(of: Evidence) -> Iterator[Finding]:
    """The tree theorem at its threshold: one agent makes the difference."""
    for placement, how in PLACES.items():
        for budget, bias in of.along(CAPTURE.name, "bias.max", BUDGET, {PLACEMENT: placement}):
            along = Along("with", int(budget), f"{budget} liars of 1,000")
            when = f"groups of 50, 10 and 2 that trim a third each, {how}"
            yield at_most(bias, TOLERATED_SD, BIAS, when, along=along)


CLAIM: Final = Claim(
    id="C07",
    promise="Up to 33 % of Byzantine nodes are tolerated",
    sources=(RULES, ATTACKS, CAPTURE, AGGREGATORS, REPLICAS),
    judge=judge,
    reading="Tolerated: the published mean stays within one standard deviation between agents, "
    "whatever liars say and wherever they are. The share counts agents of the whole system; an "
    "aggregator speaks for all below it, and a rule in each group counts by group.",
)
