"""The parsed blocks about lies turned into their part of a `Plan`. Nothing is checked here.

An adversary with a share or a budget of 0 is nobody and stands in no plan; the others keep the
place that they have in the file, on which depends what is drawn for them.
"""

import re
from collections.abc import Sequence
from typing import Final

from sim.scenario import plan
from sim.scenario.catalogue import ADVERSARIES
from sim.scenario.schema import adversaries, integrity, robust
from sim.scenario.variants import options, variant
from sim.units import NS_PER_S

MEAN: Final = plan.RulePlan("mean", None, 0.0, "sample", 0, 0.01, 0, 0.0, 0.0, quorum=False)
LEAD_NS: Final = 2 * NS_PER_S // 5
"""From digests to the publication: several times the delay of a tree across a continent."""


def resolve_rule(block: robust.AnyRule, publish_ns: int) -> plan.RulePlan:
    """How the root makes one baseline, which it publishes every `publish_ns`."""
    if isinstance(block, robust.Mean):
        return MEAN
    let_through = block.let_through if isinstance(block, robust.GuardedMean) else None
    return plan.RulePlan(
        kind=block.kind,
        estimator=variant(block.estimator),
        f=block.f,
        over=block.over,
        sample=block.sample,
        accuracy=block.accuracy,
        lead_ns=min(LEAD_NS, publish_ns // 2) if block.lead is None else block.lead,
        false_alerts=block.false_alerts if isinstance(block, robust.GuardedMean) else 0.0,
        let_through=block.f if let_through is None else let_through,
        quorum=block.quorum,
    )


def every_adversary(
    entries: Sequence[adversaries.AnyAdversary], tiers: Sequence[str]
) -> tuple[plan.AdversaryPlan, ...]:
    """The adversaries as they stand in the file, with those that are nobody.

    `tiers` are the names of the tiers from the agents up.
    """
    return tuple(
        _adversary(entry, f"adversaries[{number}]", tiers) for number, entry in enumerate(entries)
    )


def is_anybody(adversary: plan.AdversaryPlan) -> bool:
    """Whether some node is to lie: a share or a budget of 0 is how a sweep says nobody."""
    return adversary.share > 0 and adversary.budget != 0


def _adversary(
    entry: adversaries.AnyAdversary, path: str, tiers: Sequence[str]
) -> plan.AdversaryPlan:
    attack = ADVERSARIES[entry.kind]
    return plan.AdversaryPlan(
        kind=entry.kind,
        tier=tier_of(entry.where[0], tiers),
        nodes=tuple(entry.where),
        under=tuple(entry.under or ()),
        share=1.0 if entry.share is None else entry.share,
        budget=entry.budget,
        placement=entry.placement or attack.placement,
        knows=entry.knows or ("all" if attack.looks else "own"),
        group=entry.group or path,
        at_ns=entry.begin,
        until_ns=entry.until if entry.lasting is None else entry.begin + entry.lasting,
        options=options(entry, skip=("kind", *adversaries.Adversary.model_fields)),
        path=path,
    )


def tier_of(selector: str, tiers: Sequence[str]) -> int:
    """The tier of ``agents``, ``local-3`` or ``tier-4``; 0 for what is no name of a tier.

    What is wrong with such a name is for the checks to say.
    """
    for tier, name in enumerate(tiers):
        if selector in (name, f"{name}s") or re.fullmatch(rf"{name}-\d+", selector):
            return tier
    return 0


def resolve_attest(block: integrity.Attest | None) -> plan.AttestPlan | None:
    """How aggregators are checked; None if they are not."""
    if block is None:
        return None
    return plan.AttestPlan(
        every_ns=block.every,
        step_ns=block.step,
        watchers=block.watchers,
        audits=block.audits,
        agents_check=block.agents_check,
        replace=block.replace,
        replace_ns=block.replace_after,
    )


def resolve_evidence(block: integrity.Evidence | None) -> plan.EvidencePlan | None:
    """What evidence is gathered; None if none is."""
    if block is None:
        return None
    return plan.EvidencePlan(block.effect, block.threshold, block.f, block.cap)
