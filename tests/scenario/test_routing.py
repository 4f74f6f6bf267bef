"""The block `routing`: what it may say, what is refused, what is remarked, and what it comes to."""

import json
import re
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.routing.policies import make_policy
from sim.protocol.routing.importance import Importance
from sim.protocol.routing.registry import DISCIPLINES, POLICIES
from sim.scenario import resolved_yaml
from sim.scenario.advice import advice
from sim.scenario.blocks.routing.facts import routing_facts, synchronised_share
from sim.scenario.blocks.routing.metrics import METRICS
from sim.scenario.blocks.routing.schema import AnyDiscipline, AnySending, Classes, Routing
from sim.scenario.document import read_document
from sim.scenario.lie_facts import lie_facts
from tests.data import ROOT
from tests.scenario.strategies import durations, variants
from tests.scenario.texts import GOOD, mistakes_in, plan_of


def routed(routing: str, *more: str) -> str:
    return GOOD + f"routing: {{{routing}}}\n" + "".join(f"{line}\n" for line in more)


def wrong(routing: str, *more: str) -> list[str]:
    """Every mistake, without its place in the file."""
    found = mistakes_in(routed(routing, *more))
    return [line.partition(":")[2].partition(" ")[2] for line in found]


def remarks(routing: str, *more: str) -> list[str]:
    text = routed(routing, *more)
    document = read_document(text, "scenario.yaml")
    return [str(one) for one in advice(plan_of(text), document)]


# What it may say

KINDS = {
    "discipline": st.one_of(
        st.sampled_from(["fifo", "fair", "age"]),
        variants("priority", within=st.sampled_from(["fifo", "fair", "age"])),
        variants("age", slot=durations(1000)),
    ),
    "send": st.one_of(
        st.just("periodic"),
        st.just({"kind": "geometric", "threshold": "-2.5sd"}),
        st.floats(0.01, 9).map(lambda delta: {"kind": "on_delta", "delta": f"{delta}sd"}),
        st.floats(0.01, 0.99).map(
            lambda share: {"kind": "adaptive", "delta": "1sd", "share": share, "gain": 0.5}
        ),
    ),
}
OTHERS = {
    "admission": st.sampled_from(["none", {"claims": "2/min"}, {"burst": 7}]),
    "rate": st.sampled_from(["none", "64kbps", "1.5Gbps"]),
    "capacity": st.integers(1, 10**6),
    "replace": st.booleans(),
    "padding": st.sampled_from(["0B", "65kB", "1KiB"]),
    "every": durations(10**7, 10**9),
    "heartbeat": durations(10**9),
    "missed": st.integers(1, 99),
    "classes": st.just({"urgent": 1.5, "critical": 99}),
    "learn": durations(0),
    "window": durations(),
}


@settings(max_examples=20, deadline=None)
@given(st.fixed_dictionaries({}, optional={**KINDS, **OTHERS}))
def test_reading_what_was_written_gives_the_same_plan(block):
    plan = plan_of(GOOD + f"routing: {json.dumps(block)}\n")
    assert plan_of(resolved_yaml(plan)).routing == plan.routing


def kinds(union) -> set[str]:
    blocks = get_args(get_args(union)[0])
    return {get_args(block.model_fields["kind"].annotation)[0] for block in blocks}


def test_every_discipline_can_be_named():
    assert kinds(AnyDiscipline) == set(DISCIPLINES)


def test_every_policy_can_be_named():
    assert kinds(AnySending) == set(POLICIES)


@pytest.mark.parametrize(
    "send",
    [
        "periodic",
        "{kind: on_delta, delta: 0.5sd}",
        "{kind: adaptive, delta: 1sd, share: 10%}",
        "{kind: geometric, threshold: 4sd}",
    ],
)
def test_every_policy_can_be_built(send):
    plan = plan_of(routed(f"send: {send}"))
    assert make_policy(plan.routing.send, 3, 2).silence.shape == (3,)


def test_every_class_but_routine_has_a_threshold():
    expected = {rank.name.lower() for rank in Importance} - {"routine"}
    assert set(Classes.model_fields) == expected


def test_a_padding_is_a_size_with_its_unit():
    assert plan_of(routed("padding: 1kB")).routing.padding_bytes == 1000
    assert "a size such as 512B or 64KiB" in wrong("padding: 1000")[0]
    assert "65000" in wrong("padding: 1MB")[0]


# What is refused


@pytest.mark.parametrize(
    "routing",
    [
        "rate: 0bps",
        "every: 0s",
        "heartbeat: 0s",
        "send: {kind: on_delta, delta: 0sd}",
        "send: {kind: on_delta, delta: -1sd}",
        "send: {kind: adaptive, delta: 1sd, share: 0%}",
        "admission: {claims: 0/s}",
        "admission: {burst: 0}",
        "missed: 0",
        "capacity: 0",
    ],
)
def test_what_would_be_nothing_at_all_is_refused(routing):
    assert len(wrong(routing)) == 1


def test_classes_must_ascend():
    (mistake,) = wrong("classes: {urgent: 6, critical: 6}")
    assert "urgent 6 is not below critical 6" in mistake


def test_nobody_vouches_for_a_value_that_was_not_looked_at():
    (mistake,) = wrong("every: 2s, heartbeat: 1s")
    assert mistake == (
        "routing.heartbeat: every 1s an agent would vouch for a value at which it looks every 2s, "
        "say 2s or more"
    )


def test_too_many_agents_are_refused_with_what_to_do_instead():
    found = mistakes_in(routed("every: 1s"), "agents.count=10001")
    assert len(found) == 1
    assert (
        "agents.count: updates of single agents are simulated one by one, for at most 10,000"
        in (found[0])
    )


def test_without_locals_there_is_nowhere_to_queue():
    (mistake,) = wrong("every: 1s", "tree: {levels: 1}")
    assert mistake == "routing: needs local aggregators: tree.levels of 2 or more"


def test_agents_that_change_their_local_cannot_be_routed():
    (mistake,) = wrong("every: 1s", "tree: {reseat: 20s}")
    assert (
        mistake == "routing: routers serve who sits below them all the time: no reseat, no rehoming"
    )


def test_a_look_that_never_comes_is_refused():
    (mistake,) = wrong("every: 2min")
    assert mistake == "routing.every: once every 2min never happens in a run of 1min"


FLOOD = "adversaries: [{where: [agent-0, agent-1], kind: importance_flood, times: 100000000}]"


def test_more_looks_than_can_be_simulated_are_refused_with_their_number():
    """A thousand agents for a minute, every ten microseconds."""
    (mistake,) = wrong("every: 10us")
    assert mistake == (
        "routing.every: 1,000 agents that look at themselves every 10us make 6,000,000,000 looks "
        "in 1min, more than the 50,000,000 that can be simulated, say 3ms or more"
    )
    assert wrong("every: 3ms") == []


def test_where_not_every_look_is_sent_agents_may_look_more_often():
    (mistake,) = wrong("every: 10us, send: {kind: on_delta, delta: 1sd}")
    assert mistake.endswith("say 1200us or more")
    assert wrong("every: 1200us, send: {kind: on_delta, delta: 1sd}") == []


def test_more_messages_than_can_be_simulated_are_refused_though_looks_would_do():
    (mistake,) = wrong("every: 2ms")
    assert "agents send 30,000,000 messages in 1min, more than 20,000,000" in mistake
    assert wrong("every: 2ms, send: {kind: on_delta, delta: 1sd}") == []
    (mistake,) = wrong("every: 2ms, heartbeat: 2ms, send: {kind: on_delta, delta: 1sd}")
    assert "agents send 30,000,000 messages" in mistake


def test_a_flood_that_no_run_gets_to_the_end_of_is_refused_with_what_would_do():
    """Two liars, sixty looks each."""
    (mistake,) = wrong("every: 1s", FLOOD)
    assert mistake == (
        "adversaries[0].times: 12,000,000,000 copies in 1min, more than the 20,000,000 that can be "
        "simulated, say 166,666 or fewer"
    )
    assert wrong("every: 1s", FLOOD.replace("100000000", "166666")) == []


# What is remarked


def test_a_usual_block_needs_no_advice():
    assert remarks("rate: 10Mbps, discipline: priority, heartbeat: 5s") == []


def test_a_discipline_without_a_rate_changes_nothing():
    (remark,) = remarks("discipline: priority")
    assert "lines without a rate have no queues: priority changes nothing" in remark


def test_token_buckets_where_classes_do_not_count_are_told():
    (remark,) = remarks("admission: {}, rate: 10Mbps")
    assert "fifo takes no notice of classes" in remark


def test_more_than_lines_can_carry_is_told_with_the_numbers_of_every_tier():
    """A thousand agents, one look a second, 152 bytes: 20 below a local, 140 below a regional."""
    (remark,) = remarks("rate: 100kbps")
    assert "as a share of their rate: local 0.243, regional 1.7" in remark
    assert "170240bps would just be enough" in remark


def test_silence_that_may_be_death_is_told():
    crash = "faults: [{kind: crash, nodes: agent-1, at: 10s}]"
    (remark,) = remarks("send: {kind: on_delta, delta: 1sd}", crash)
    assert "after a crash silence is no information" in remark


def test_an_anomaly_that_is_learnt_as_normal_is_told():
    anomaly = "anomalies: [{kind: shift, size: 5sd, agents: agent-1, at: 5s}]"
    (remark,) = remarks("learn: 5s", anomaly)
    assert "anomalies[0] begins while agents learn their own level, until 5s" in remark


def test_a_run_that_is_all_learning_is_told():
    (remark,) = remarks("learn: 1min")
    assert "every update is routine" in remark


CRASH = "faults: [{kind: crash, nodes: agent-1, at: 10s}]"
FLOODING = "adversaries: [{where: local-1, kind: importance_flood, from: 10s}]"


@pytest.mark.parametrize(
    ("routing", "more", "problem"),
    [
        ("missed: 5", "", "routing.missed: nobody misses heartbeats that are not sent"),
        ("window: 250ms", "", "at most 25% are heard within 250ms, say 1s or more"),
        ("send: {kind: on_delta, delta: 1e308sd}", "", "ever moves by 1e+308sd: each sends once"),
        ("send: {kind: geometric, threshold: -200sd}", "", "200sd: nobody ever doubts its side"),
        ("learn: 0s", "", "routing.learn: agents learn their own level from a single look"),
        ("every: 1s", FLOODING, "adversaries[0].where: does nothing: of updates only agents"),
    ],
)
def test_what_can_do_nothing_is_told(routing, more, problem):
    (remark,) = remarks(routing, more)
    assert problem in remark


def test_a_flood_of_an_aggregator_does_something_where_reports_queue():
    tree = "tree: {ingress: 20us}"
    assert not [one for one in remarks("every: 1s", FLOODING, tree) if "does nothing" in one]


BEATING = "heartbeat: 5s"
OF_LOCAL = CRASH.replace("agent-1", "local-1")


@pytest.mark.parametrize(
    ("metric", "routing", "more", "problem"),
    [
        ("delay.critical", "every: 1s", "", "has no value in a scenario without anomalies"),
        ("age.critical", "every: 1s", "", "has no value in a scenario without anomalies"),
        ("death.median", BEATING, "", "has no value in a scenario where no agent ever stops"),
        ("death.median", BEATING, OF_LOCAL, "has no value in a scenario where no agent ever stops"),
        ("death.median", "every: 1s", CRASH, "is infinite: without heartbeats nobody is ever"),
        ("death.median", BEATING, CRASH, ""),
    ],
)
def test_a_threshold_on_what_cannot_have_a_value_is_told(metric, routing, more, problem):
    found = remarks(routing, more, f"thresholds: {{routing.{metric}: {{max: 9s}}}}")
    told = [one for one in found if f"thresholds.routing.{metric}:" in one]
    assert [problem in one for one in told] == ([True] if problem else [])


# A thousand agents, noise of 1, moves of sd 1.414: theory's slack of 3 and 4 deviations of a move.
STEADY = "{kind: synthetic, spread: 1, noise: 1, drift: none}"


def test_a_threshold_so_near_that_monitoring_thrashes_is_told_with_the_numbers():
    text = routed("send: {kind: geometric, threshold: 4.2426sd}")
    plan = plan_of(text, f"agents.behaviour={STEADY}")
    (remark,) = advice(plan, read_document(text, "scenario.yaml"))
    assert remark.path == "routing.send.threshold"
    assert "in 74.1 % of all looks" in remark.problem
    assert "1,482 messages a look, more than sending everything" in remark.problem


def test_a_threshold_far_enough_away_saves_what_theory_says():
    text = routed("send: {kind: geometric, threshold: 5.6569sd}")
    plan = plan_of(text, f"agents.behaviour={STEADY}")
    assert advice(plan, read_document(text, "scenario.yaml")) == ()
    assert synchronised_share(plan) == pytest.approx(0.0312, abs=1e-4)


# What it comes to


def test_what_liars_add_is_told_apart_from_what_agents_send():
    flood = "adversaries: [{where: [agent-0, agent-1], kind: importance_flood, times: 10}]"
    local = routing_facts(plan_of(routed("every: 1s", flood))).lines[0]
    assert (local.updates_per_s, local.flood_per_s) == (20, 20)


def test_of_aggregators_that_flood_routing_makes_no_cost():
    notes = {
        where: lie_facts(plan_of(routed("every: 1s", FLOODING.replace("local-1", where)))).notes
        for where in ("local-1", "agent-1")
    }
    costless = "adversaries[0]: without tree.ingress copies cost their receivers no time"
    assert [costless in notes[where] for where in ("local-1", "agent-1")] == [True, False]


def test_without_the_block_there_are_no_facts():
    assert routing_facts(plan_of(GOOD)) is None


# The page about it

PAGE = (ROOT / "docs" / "routing.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_is_good_and_has_every_key():
    example = PAGE.partition("```yaml\n")[2].partition("```")[0]
    plan = plan_of(GOOD + example)
    assert plan.routing is not None
    told = set(re.findall(r"^  (\w+):", example, re.M))
    assert told == set(Routing.model_fields) - {"padding"}


@pytest.mark.parametrize("name", [*DISCIPLINES, *POLICIES, "padding"])
def test_every_choice_is_on_the_page(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_on_the_page(metric):
    assert f"`{metric.name}`" in PAGE
