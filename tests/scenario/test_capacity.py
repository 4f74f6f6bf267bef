"""The block `capacity`: what it may say, what is refused and remarked, and what it comes to."""

import pytest

from sim.cli.explain.capacity import about_capacity
from sim.scenario import resolved_yaml
from sim.scenario.advice import advice
from sim.scenario.blocks.capacity.facts import servable_agents, servable_children, tier_demands
from sim.scenario.blocks.capacity.plan import CapacityPlan, HistoryPlan
from sim.scenario.document import read_document
from tests.scenario.texts import mistakes_in, plan_of

DAY_NS = 86_400 * 10**9


def text(capacity: str = "{}", tree: str = "local: 50, regional: 10", rate: str = "10Hz") -> str:
    """A thousand agents, in line 5 their tree and in line 6 the block."""
    return (
        f"schema: 1\nname: full\nduration: 60s\n"
        f"agents: {{count: 1000, features: 10, rate: {rate}}}\n"
        f"tree: {{{tree}}}\n"
        f"capacity: {capacity}\n"
        "topology: {kind: point}\n"
    )


def remarks(*args: str, **kwargs: str) -> list[str]:
    found = text(*args, **kwargs)
    return [str(one) for one in advice(plan_of(found), read_document(found, "scenario.yaml"))]


def test_an_empty_block_asks_for_an_account_and_limits_nothing():
    assert plan_of(text()).capacity == CapacityPlan((None,) * 4, None)


def test_who_says_nothing_has_no_account():
    assert plan_of(text().replace("capacity: {}\n", "")).capacity is None


def test_memory_is_by_tier_and_history_has_the_defaults_of_the_claim():
    plan = plan_of(text("{memory: {local: 64MB, root: 1GB}, history: {}}"))
    assert plan.capacity == CapacityPlan(
        (None, 64 * 10**6, None, 10**9), HistoryPlan(1, 30 * DAY_NS, 512)
    )


def test_history_at_agents_stays_there():
    assert plan_of(text("{history: {at: agent}}")).capacity.history.tier == 0


@pytest.mark.parametrize(
    ("capacity", "place", "problem"),
    [
        ("{memory: {locals: 1MB}}", "capacity.memory.locals", "there is no tier 'locals'"),
        ("{history: {at: rot}}", "capacity.history.at", "there is no tier 'rot'"),
        ("{memory: {}}", "capacity.memory", ""),
        ("{memory: {root: 0B}}", "capacity.memory.root", ""),
        ("{memory: {root: much}}", "capacity.memory.root", "a size such as"),
        ("{history: {keep: 0s}}", "capacity.history.keep", ""),
        ("{history: {record: 0B}}", "capacity.history.record", ""),
        ("{queue: 5}", "capacity.queue", "unknown key"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(capacity, place, problem):
    (found,) = mistakes_in(text(capacity))
    assert found.startswith("scenario.yaml:6:")
    assert f"{place}: " in found
    assert problem in found


@pytest.mark.parametrize(
    "capacity",
    [
        "{}",
        "{memory: {agent: 1MB, regional: 3MB}}",
        "{history: {at: root, keep: 5min, record: 1kB}}",
    ],
)
def test_what_is_written_back_means_the_same(capacity):
    plan = plan_of(text(capacity))
    assert plan_of(resolved_yaml(plan)).capacity == plan.capacity


# What it comes to


def test_load_is_children_times_rate_times_service_of_the_busiest_node():
    tree = "local: 50, regional: 10, forward: 2Hz, ingress: [20us, 1ms, 10ms]"
    demands = tier_demands(plan_of(text(tree=tree)))
    assert [one.messages_per_s for one in demands] == [0, 500, 20, 4]
    assert [one.offered for one in demands] == pytest.approx([0, 0.01, 0.02, 0.04])


def test_replicas_are_nodes_with_the_load_of_what_they_copy():
    plain = text(tree="local: 50, regional: 10, ingress: 1ms")
    ring = plain.replace("point", "ring, sites: 4, length_km: 10")
    copied = ring.replace("ingress", "replicas: {root: 3}, ingress")
    (*_, one), (*_, three) = (tier_demands(plan_of(each)) for each in (ring, copied))
    assert (one.nodes, three.nodes) == (1, 3)
    assert (one.offered, one.state_max) == (three.offered, three.state_max)
    assert three.state_total == 3 * one.state_total


def test_a_flat_collector_can_serve_one_agent_for_each_service_in_a_period():
    plan = plan_of(text(tree="levels: 1, ingress: 20us"))
    assert servable_agents(plan) == servable_children(plan, 1) == 5000
    assert servable_agents(plan_of(text(tree="levels: 1"))) is None


@pytest.mark.parametrize(
    ("at", "nodes", "each_gb"), [("agent", 1000, 1.327), ("local", 20, 66.36), ("root", 1, 1327)]
)
def test_a_month_of_reports_is_1_327_tb_wherever_it_lies(at, nodes, each_gb):
    """Theory 0: 1000 agents, one report of 512 B a second: 1.3 GB a node is a thousandth of it."""
    keeper = next(
        one
        for one in tier_demands(plan_of(text(f"{{history: {{at: {at}}}}}", rate="1Hz")))
        if one.history_total
    )
    assert (keeper.name, keeper.nodes) == (at, nodes)
    assert keeper.history_total == 1000 * 86_400 * 30 * 512 == 1_327_104_000_000
    assert keeper.history_max / 1e9 == pytest.approx(each_gb, rel=5e-4)


def test_ten_reports_a_second_are_ten_times_as_much():
    demands = tier_demands(plan_of(text("{history: {at: root}}")))
    assert demands[-1].history_total == 13_271_040_000_000


# What is remarked


def test_a_load_with_time_to_spare_is_not_remarked_on():
    assert remarks(tree="levels: 1, ingress: 80us") == []


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("90us", "an offered load of 0.9: waits get long, it can keep up with 1,111 children"),
        ("200us", "of 2: its queue grows as long as the run does, it can keep up with 500"),
    ],
)
def test_a_queue_that_is_full_or_nearly_is_told_with_its_numbers(service, words):
    (found,) = remarks(tree=f"levels: 1, ingress: {service}")
    assert found.startswith("scenario.yaml:5:")
    assert "the root is asked to take in 10,000 messages a second" in found
    assert words in found


def test_a_memory_that_is_too_small_is_told_with_what_would_do():
    found, _ = remarks("{memory: {local: 1GB}, history: {at: local, keep: 1d}}")
    # 50 agents, ten reports a second, 512 B each, for a day: 22.1 GB.
    assert "capacity.memory.local: each local has 1 GB and has to hold" in found
    assert "22.1 GB of history" in found


def test_a_history_that_is_longer_than_the_run_is_told_not_to_be_full_at_its_end():
    (found,) = remarks("{history: {keep: 1d}}")
    assert (
        "capacity.history.keep: history of 24h is full after 24h, and the run ends after 1min"
        in (found)
    )
    assert remarks("{history: {keep: 1min}}") == []


# What `sim explain` says


def test_explain_tells_both_that_parts_get_smaller_and_that_the_total_does_not():
    lines = [*about_capacity(plan_of(text("{history: {at: local}}", rate="1Hz")))]
    assert ("history of 720h, 512 B a report: 66.4 GB at each of 20 local, 1.33 TB in all") in lines
    assert (
        "dealing it to more nodes makes each one's part smaller, and the total no smaller" in lines
    )


def test_explain_tells_who_keeps_up_and_how_many_agents_a_collector_could_serve():
    keeps_up = [*about_capacity(plan_of(text(tree="ingress: 100us")))]
    assert "every tier can keep up" in keeps_up
    assert "without a tree the root could take in the reports of 1,000 agents" in keeps_up
    falls_behind = [*about_capacity(plan_of(text(tree="levels: 1, ingress: 200us")))]
    assert (
        "the fullest root cannot keep up: its backlog grows by 1 s a second, and what it takes in "
        "ages by 0.5 s a second"
    ) in falls_behind
