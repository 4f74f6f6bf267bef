"""Liars that cannot be are refused: absent, too late, nobody, made for others, or two in one."""

import pytest

from tests.scenario.texts import GOOD, mistakes_in, plan_of

FLAT = "tree: {levels: 1}\n"
SHORT = "tree: {levels: 2}\n"


def with_liars(*entries: str) -> str:
    """The good scenario with these adversaries, the first of them in line 7."""
    return GOOD + "adversaries:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("kind: push, share: 5%", "7:5: adversaries[0].where: is missing"),
        (
            "where: agents, kind: pusch, share: 5%",
            "7:21: adversaries[0].kind: unknown kind 'pusch'",
        ),
        (
            "where: agents, kind: push, share: 5%, tau: 1",
            "adversaries[0].tau: unknown key, known: budget, for, from",
        ),
        ("where: agents, kind: push, share: 120%", "share: must be from 0% to 100%, not 120%"),
        (
            "where: agents, kind: push",
            "7:5: adversaries[0]: needs a `share`, a `budget` or `under`: else every agent lies",
        ),
        (
            "where: agents, kind: push, share: 5%, until: 9s, for: 9s",
            "adversaries[0]: needs only one of `until` and `for`",
        ),
        ("where: agents, kind: push, budget: -1", "budget: must be at least 0, not -1"),
        ("where: agents, kind: push, share: 5%, to: 5", "to: must be a size such as 3sd"),
        (
            "where: agents, kind: slow_poison, share: 5%, rate: 0.03",
            "rate: must be a rate such as 0.03sd/s, not 0.03",
        ),
        ("where: agents, kind: slow_poison, share: 5%, rate: 0sd/s", "rate: must not be 0: 0sd/s"),
        ("where: local-1, kind: drop, of: 0%", "of: must be more than 0, not '0%'"),
        (
            "where: agents, kind: little_is_enough, share: 5%, z: no",
            "z: must be a number, or 'auto', not 'no'",
        ),
        (
            "where: root, kind: forge",
            "7:6: adversaries[0].where[0]: the root does not lie, name an aggregator below it",
        ),
        ("where: local-50, kind: forge", "there is no local-50, they are local-0 to local-49"),
        ("where: lokals, kind: forge", "there is no node 'lokals', did you mean locals?"),
        (
            "where: 5%, kind: push",
            "where[0]: '5%' does not name nodes of one tier, say where: agents",
        ),
        ("where: region-1, kind: push", "'region-1' does not name nodes of one tier"),
        ("where: all, kind: silence", "'all' does not name nodes of one tier"),
        (
            "where: [agent-3, local-3], kind: silence",
            "7:6: adversaries[0].where: agent-3, local-3 are of different tiers, make them two",
        ),
        (
            "where: locals, kind: push",
            "7:21: adversaries[0].kind: only agents can do this, not locals, say where: agents",
        ),
        (
            "where: agents, kind: forge, share: 5%",
            "kind: only aggregators can do this, not agents, say where: locals",
        ),
        (
            "where: agents, kind: push, share: 5%, under: agent-3",
            "under[0]: 'agent-3' names no aggregator above agents",
        ),
        ("where: agents, kind: push, under: region-8", "under[0]: there is no region-8"),
        ("where: agents, kind: push, under: 5%", "'5%' names no aggregator above agents"),
        (
            "where: local-0, kind: forge, under: region-7",
            "adversaries[0].under: none of local-0 is below region-7",
        ),
        (
            "where: agents, kind: push, share: 0.04%",
            "7:33: adversaries[0].share: 0.04% of 1,000 agents is nobody, say 0% if that is meant",
        ),
        (
            "where: agents, kind: push, share: 5%, from: 60s",
            "7:44: adversaries[0].from: 1min is not before the end of the run, 1min",
        ),
        (
            "where: agents, kind: push, share: 5%, from: 20s, until: 20s",
            "adversaries[0].until: 20s is not after `from`, 20s",
        ),
        (
            "where: agents, kind: mimic, share: 5%, knows: own",
            "knows: mimic is made of what others say, and so would never lie, say group or all",
        ),
        (
            "where: agents, kind: delay_to_bound, share: 5%, margin: 5s",
            "adversaries[0].margin: leaves no delay: the bound on staleness is 5s",
        ),
        (
            "where: locals, kind: flood_alarms, share: 5%",
            "adversaries[0].kind: there are no alarms to flood without `detection`",
        ),
        (
            "where: agents, kind: fast_liar, share: 5%",
            "kind: there is no race to win: nobody waits for a quorum, say quorum: true in",
        ),
    ],
)
def test_an_adversary_that_cannot_be_is_refused(entry, mistake):
    (found,) = mistakes_in(with_liars(entry))
    assert mistake in found


@pytest.mark.parametrize(
    "entry",
    [
        "where: agents, kind: push, share: 100%",
        "where: agents, kind: push, budget: 68",
        "where: agents, kind: push, under: [region-0, local-49]",
        "where: [agent-5, agent-7], kind: silence",
        "where: regionals, kind: drop, of: 100%",
        "where: regional-2, kind: forge, by: -3sd, for: 1s",
        "where: locals, kind: silence, under: region-3",
        "where: regionals, kind: silence, under: region-3",
        "where: agents, kind: sign_flip, share: 5%, knows: own",
        "where: agents, kind: little_is_enough, share: 5%, z: 0.5, placement: worst",
        "where: agents, kind: sleeper, share: 5%, on: 1s, off: 2s, group: night",
    ],
)
def test_an_adversary_that_can_be_is_accepted(entry):
    assert mistakes_in(with_liars(entry)) == []


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("where: locals, kind: forge", "this tree has no locals, its tiers are agent, root"),
        ("where: local-0, kind: forge", "there is no node 'local-0'"),
    ],
)
def test_a_tier_that_the_tree_does_not_have_has_no_liars(entry, mistake):
    (found,) = mistakes_in(with_liars(entry) + FLAT)
    assert mistake in found


def test_a_tree_with_locals_alone_says_that_it_has_no_regionals():
    (found,) = mistakes_in(with_liars("where: regionals, kind: drop") + SHORT)
    assert "this tree has no regionals, its tiers are agent, local, root" in found


def test_a_high_tier_is_named_by_its_number():
    tree = "tree: {local: 10, regional: 2, levels: 4}\n"
    plan = plan_of(with_liars("where: tier-4, kind: drop") + tree)
    assert (plan.adversaries[0].tier, plan.adversaries[0].nodes) == (3, ("tier-4",))


def test_a_flood_of_reports_that_no_queue_gets_to_the_end_of_is_refused():
    """Ten liars, ten reports a second for a minute; without ingress copies cost nothing."""
    flood = with_liars("where: agents, share: 1%, kind: importance_flood, times: 1000000")
    (found,) = mistakes_in(flood + "tree: {ingress: 20us}\n")
    assert "6,000,000,000 copies in 1min, more than the 1,000,000,000 that can be" in found
    assert found.endswith("say 166,666 or fewer")
    assert mistakes_in(flood) == []


def test_floods_and_races_are_fine_where_there_is_something_to_win():
    guard = "baseline: {rule: {kind: guarded_mean, quorum: true}}\ndetection: {detector: z}\n"
    liars = with_liars(
        "where: agents, kind: fast_liar, share: 5%", "where: local-1, kind: flood_alarms"
    )
    assert mistakes_in(liars + guard) == []


@pytest.mark.parametrize("zero", ["share: 0%", "budget: 0", "share: 5%, budget: 0"])
def test_a_share_or_a_budget_of_nothing_is_nobody_and_no_mistake(zero):
    assert plan_of(with_liars(f"where: agents, kind: push, {zero}")).adversaries == ()


def test_of_nobody_the_names_are_looked_at_all_the_same():
    (found,) = mistakes_in(with_liars("where: local-99, kind: drop, share: 0%"))
    assert "there is no local-99" in found


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        (
            "where: local-3, kind: drop",
            "where: [local-2, local-3], kind: forge",
            "local-3 lies for adversaries[0] (line 7) already: no node has two parts in a run",
        ),
        (
            "where: local-3, kind: drop, until: 10s",
            "where: local-3, kind: drop, from: 20s",
            "local-3 lies for adversaries[0] (line 7) already: no node has two parts in a run",
        ),
        (
            "where: agents, kind: push, under: region-0",
            "where: agent-5, kind: silence",
            "agent-5 lies for adversaries[0] (line 7) already: no node has two parts in a run",
        ),
        (
            "where: agents, kind: push, share: 60%",
            "where: agents, kind: mimic, share: 41%",
            "with adversaries[0] (line 7) 1,010 of 1,000 agents lie: no node has two parts in a "
            "run",
        ),
        (
            "where: agents, kind: push, share: 100%",
            "where: agent-5, kind: silence",
            "agent-5 lies for adversaries[0] (line 7) already: no node has two parts in a run",
        ),
    ],
)
def test_two_adversaries_without_room_for_both_are_refused(first, second, problem):
    (found,) = mistakes_in(with_liars(first, second))
    assert found == f"scenario.yaml:8:5: adversaries[1]: {problem}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("where: agents, kind: push, share: 60%", "where: agents, kind: mimic, share: 40%"),
        ("where: local-3, kind: drop", "where: local-4, kind: forge"),
        ("where: locals, kind: drop, share: 50%", "where: local-4, kind: forge"),
        (
            "where: agents, kind: push, under: region-0",
            "where: agents, kind: push, under: region-1",
        ),
        ("where: local-0, kind: forge", "where: agents, kind: push, under: local-0"),
        ("where: local-3, kind: drop, share: 0%", "where: local-3, kind: forge"),
    ],
)
def test_two_adversaries_with_room_for_both_are_accepted(first, second):
    assert mistakes_in(with_liars(first, second)) == []


def test_three_who_fit_two_by_two_but_not_together_are_refused_once():
    share = "where: agents, kind: push, share: 40%"
    (found,) = mistakes_in(with_liars(share, share, share))
    assert (
        "9:5: adversaries[2]: with adversaries[0] (line 7) and adversaries[1] (line 8) 1,200 of"
        in found
    )


def test_mistakes_of_all_adversaries_are_told_at_once():
    found = mistakes_in(
        with_liars(
            "where: root, kind: forge",
            "where: agents, kind: puhs, share: 5%",
            "where: locals, kind: push, from: 2min",
        )
    )
    assert [line.split(": ")[1] for line in found] == [
        "adversaries[0].where[0]",
        "adversaries[1].kind",
        "adversaries[2].kind",
        "adversaries[2].from",
    ]


def test_a_sweep_over_shares_may_begin_with_nobody_and_end_with_half():
    sweep = 'sweep:\n  "adversaries[0].share": [0%, 10%, 45%]\n'
    assert mistakes_in(with_liars("where: agents, kind: push, share: 20%") + sweep) == []


def test_in_a_sweep_the_share_that_is_nobody_by_accident_is_blamed():
    sweep = 'sweep:\n  "adversaries[0].share": [0%, 0.01%, 10%]\n'
    (found,) = mistakes_in(with_liars("where: agents, kind: push, share: 20%") + sweep)
    assert "9:32: adversaries[0].share: 0.01% of 1,000 agents is nobody" in found
