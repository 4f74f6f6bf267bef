"""A scenario becomes a plan: short forms spelled out, units gone, tiers counted."""

import pytest

from sim.scenario.plan import Variant
from sim.units import NS_PER_S
from tests.scenario.texts import GOOD, plan_of, with_fault

TOPOLOGY = "topology: {kind: topohub, name: topozoo/Abilene}"


def topology_of(text: str):
    return plan_of(GOOD.replace(TOPOLOGY, f"topology: {text}")).topology


def behaviour_of(text: str) -> Variant:
    agents = f"agents: {{count: 10, features: 2, behaviour: {text}}}"
    return plan_of(
        GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", agents)
    ).agents.behaviour


def fault_of(text: str):
    return plan_of(with_fault(text)).faults[0]


@pytest.mark.parametrize(
    ("tree", "counts"),
    [
        ("{}", [1000, 50, 8, 1]),
        ("{local: 10, regional: 5}", [1000, 100, 20, 1]),
        ("{levels: 1}", [1000, 1]),
        ("{levels: 2, local: 30}", [1000, 34, 1]),
        ("{levels: 5, local: 10, regional: 3}", [1000, 100, 34, 12, 4, 1]),
        ("{levels: auto}", [1000, 50, 8, 2, 1]),
        ("{levels: auto, local: 200}", [1000, 5, 1]),
        ("{levels: auto, local: 20, regional: 50}", [1000, 50, 1]),
        ("{levels: auto, local: 20, regional: 49}", [1000, 50, 2, 1]),
        ("{levels: auto, local: 1000}", [1000, 1, 1]),
    ],
)
def test_tiers_are_counted_from_the_agents_up(tree, counts):
    assert [tier.count for tier in plan_of(f"{GOOD}tree: {tree}\n").tiers] == counts


def test_tiers_above_the_regionals_are_numbered():
    names = [tier.name for tier in plan_of(GOOD + "tree: {levels: 5}\n").tiers]
    assert names == ["agent", "local", "regional", "tier-4", "tier-5", "root"]


def test_agents_and_aggregators_report_at_their_own_rates():
    tiers = plan_of(GOOD + "tree: {forward: 2Hz, levels: 2}\n").tiers
    assert [tier.period_ns for tier in tiers] == [100_000_000, 500_000_000, 500_000_000]


def test_one_ingress_time_is_that_of_every_aggregator():
    tiers = plan_of(GOOD + "tree: {ingress: 5us}\n").tiers
    assert [tier.ingress_ns for tier in tiers] == [0, 5000, 5000, 5000]


def test_a_list_of_ingress_times_and_links_goes_from_the_bottom_up():
    tree = "tree: {ingress: [1us, 2us, 3us], links: [1ms, {kind: exponential, mean: 2ms}, 0s]}"
    tiers = plan_of(GOOD + tree + "\n").tiers
    assert [tier.ingress_ns for tier in tiers] == [0, 1000, 2000, 3000]
    assert [tier.link for tier in tiers] == [
        Variant("constant", {"value_ns": 1_000_000}),
        Variant("exponential", {"mean_ns": 2_000_000}),
        Variant("constant", {"value_ns": 0}),
        None,
    ]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("0.1%", Variant("independent", {"share": 0.001})),
        ("0.25", Variant("independent", {"share": 0.25})),
        ("none", Variant("none", {})),
        (
            "{kind: gilbert_elliott, to_bad: 1%, to_good: 0.5}",
            Variant(
                "gilbert_elliott",
                {"to_bad": 0.01, "to_good": 0.5, "loss_good": 0.0, "loss_bad": 1.0},
            ),
        ),
    ],
)
def test_loss_is_a_share_or_a_law(loss, expected):
    assert topology_of(f"{{kind: point, loss: {loss}}}").loss == expected


@pytest.mark.parametrize(
    ("jitter", "expected"),
    [
        ("3ms", Variant("constant", {"value_ns": 3_000_000})),
        (
            "{kind: lognormal, sigma: 0.3}",
            Variant("lognormal", {"median_ns": 1_000_000, "sigma": 0.3}),
        ),
        (
            "{kind: uniform, high: 2us}",
            Variant("uniform", {"low_ns": 0, "high_ns": 2000}),
        ),
    ],
)
def test_jitter_is_a_duration_or_a_law_with_spans_in_ns(jitter, expected):
    assert topology_of(f"{{kind: point, jitter: {jitter}}}").jitter == expected


def test_a_topology_keeps_its_own_options_apart_from_the_common_ones():
    topology = topology_of("{kind: ring, sites: 5, length_km: 100, per_hop: 1ms, within: 2us}")
    assert topology.source == Variant("ring", {"sites": 5, "length_km": 100.0, "within_ns": 2000})
    assert (topology.hop_ns, topology.detour) == (1_000_000, 1.7)


@pytest.mark.parametrize("drift", ["0.3", "{sd: 0.3}", "{sd: 0.3, tau: 1min}"])
def test_drift_may_be_its_sd_alone(drift):
    behaviour = behaviour_of(f"{{kind: synthetic, drift: {drift}}}")
    assert behaviour.options["drift"] == {
        "sd": 0.3,
        "tau_ns": 60 * NS_PER_S,
        "every_ns": NS_PER_S,
    }


@pytest.mark.parametrize("nothing", ["none", "null", "~"])
def test_a_part_of_a_behaviour_can_be_switched_off(nothing):
    text = f"{{kind: synthetic, drift: {nothing}, tail: {nothing}, season: {nothing}}}"
    options = behaviour_of(text).options
    assert (options["drift"], options["tail"], options["season"]) == (None, None, None)


def test_one_trace_is_a_list_of_one(tmp_path):
    trace = tmp_path / "a.csv"
    trace.write_text("1\n")
    options = behaviour_of(f"{{kind: trace, path: {trace}, cadence: 1min}}").options
    assert options["path"] == (str(trace),)
    assert options["cadence_ns"] == 60 * NS_PER_S


def test_a_trace_brings_its_own_number_of_features(tmp_path):
    (tmp_path / "a.csv").write_text("1\n")
    agents = f"agents: {{count: 10, behaviour: {{kind: trace, path: {tmp_path}}}}}"
    text = GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", agents)
    assert plan_of(text).agents.features == 0


def test_nodes_of_a_fault_are_always_several():
    assert fault_of("kind: crash, nodes: local-3, at: 1s").options == {
        "nodes": ("local-3",),
        "durable": True,
    }


def test_spans_in_faults_are_in_ns():
    options = fault_of("kind: degrade, nodes: all, at: 1s, extra_latency: 5ms").options
    assert options["extra_latency_ns"] == 5_000_000


def test_a_clock_may_be_behind():
    assert (
        fault_of("kind: clock, nodes: all, at: 1s, offset: -5ms").options["offset_ns"] == -5_000_000
    )


@pytest.mark.parametrize(
    ("partition", "groups"),
    [
        ("groups: [region-1, rest]", (("region-1",), ("rest",))),
        ("groups: [[local-1, local-2], [local-3]]", (("local-1", "local-2"), ("local-3",))),
        ("shape: {kind: isolate, target: region-2}", (("region-2",), ("rest",))),
        ("shape: halves", (("region-4", "region-5", "region-6", "region-7"), ("rest",))),
        ("shape: minority", (("region-5", "region-6", "region-7"), ("rest",))),
    ],
)
def test_a_shape_of_a_partition_becomes_groups(partition, groups):
    assert fault_of(f"kind: partition, {partition}, at: 1s").options["groups"] == groups


def test_a_fault_knows_where_it_stands():
    assert fault_of("kind: crash, nodes: root, at: 1s").path == "faults[0]"


def test_thresholds_are_in_the_unit_of_their_metric_with_their_line():
    text = GOOD + "thresholds:\n  recovery.time.max: {max: 1500ms}\n  coverage.min: {min: 90%}\n"
    found = {t.metric: (t.minimum, t.maximum, t.line) for t in plan_of(text).thresholds}
    assert found == {
        "recovery.time.max": (None, 1.5, 7),
        "coverage.min": (0.9, None, 8),
    }
