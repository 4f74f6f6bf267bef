"""Small scenarios: one by hand with changes (`plan_of`), or any at all (`plans`).

Periods, panes, faults and samples are drawn so that nothing is a multiple of anything else, and
latencies range from well below a period to beyond a pane, where orders get mixed up.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

BASE: Mapping[str, Any] = {
    "schema": 1,
    "name": "agreement",
    "duration": "3s",
    "agents": {"count": 24, "features": 2, "rate": "10Hz"},
    "topology": {"kind": "ring", "sites": 5, "length_km": 700, "jitter": "3ms"},
    "tree": {"local": 4, "regional": 3, "levels": 3, "forward": "10Hz"},
    "baseline": {"publish": "700ms", "pane": "1s", "panes": 2},
    "staleness": {"baseline": "400ms", "anomaly": "200ms"},
    "measure": {"every": "130ms"},
    "journal": {"messages": True},
}


def plan_of(*faults: Mapping[str, Any], **blocks: Any) -> Plan:
    """The base scenario with faults, and with `blocks` put over its own, key by key.

    A block that has a ``kind`` replaces the whole one.
    """
    text = dict(BASE) | {"faults": list(faults)}
    for name, block in blocks.items():
        merges = isinstance(block, Mapping) and "kind" not in block
        text[name] = {**text[name], **block} if merges else block
    return parse_scenario(json.dumps(text), "scenario.yaml")


def _ms(low: float, high: float) -> st.SearchStrategy[str]:
    """A duration in ms with odd nanoseconds."""
    return st.integers(round(low * 1e6), round(high * 1e6)).map(lambda ns: f"{ns}ns")


KINDS = (
    *("partition", "degrade", "hold", "duplicate", "reorder", "corrupt"),
    *("crash", "pause", "churn"),
)
SITE_KINDS = ("link_down", "site_down")
PANES = st.integers(1, 3)
SHARES = st.sampled_from([0.05, 0.2, 0.5, 1.0])
RATES = st.sampled_from([50, 70, 100, 130, 237]).map(lambda ms: f"{1000 / ms!r}Hz")

LAWS = st.one_of(
    _ms(0.1, 30),
    st.builds(lambda low: {"kind": "uniform", "low": "1ms", "high": low}, _ms(2, 600)),
    st.builds(lambda mean: {"kind": "normal", "mean": mean, "sd": "40ms"}, _ms(1, 90)),
    st.builds(lambda mean: {"kind": "exponential", "mean": mean}, _ms(0.1, 700)),
    st.builds(lambda s: {"kind": "lognormal", "median": "20ms", "sigma": s}, st.floats(0.1, 3)),
    st.builds(
        lambda alpha, mean: {
            "kind": "pareto_exponential",
            "pareto_share": 0.4,
            "scale": "5ms",
            "alpha": alpha,
            "mean": mean,
        },
        st.floats(0.4, 3),
        _ms(1, 200),
    ),
)

LOSSES = st.one_of(
    st.just("none"),
    st.floats(0, 0.5),
    st.builds(
        lambda to_bad, to_good, good: {
            "kind": "gilbert_elliott",
            "to_bad": to_bad,
            "to_good": to_good,
            "loss_good": good,
            "loss_bad": 0.9,
        },
        st.floats(0.01, 0.5),
        st.floats(0.05, 0.9),
        st.sampled_from([0.0, 0.1]),
    ),
)

TOPOLOGIES = st.sampled_from(
    [
        {"kind": "point"},
        {"kind": "ring", "sites": 5, "length_km": 700},
        {"kind": "grid", "rows": 2, "columns": 3, "length_km": 250, "placement": "spread"},
    ]
)

SELECTORS = (
    "agent-0",
    "agents",
    "region-0",
    "root",
    "all",
    "40%",
    "locals",
    "local-0",
    "regional-0",
)
GROUPS = (["region-0", "rest"], ["agent-0", "root"], ["40%", "rest"], ["rest", "local-0"])
TIERS_NEEDED = {"locals": 2, "local-0": 2, "regional-0": 3}
REPLICAS = ("root/1", "root/*", "replica-1", "replica-0")
SPLITS = (["replica-1", "rest"], ["root/1", "agents", "root"], ["replica-1", "region-0"])
SHAPES = ("halves", "ring", "nested")


@st.composite
def _faults(
    draw: st.DrawFn, levels: int, kinds: Sequence[str], *, replicated: bool
) -> dict[str, Any]:
    """A fault of any kind that the reference knows, at an odd instant of a run of 3 s or more."""
    known = [text for text in SELECTORS if TIERS_NEEDED.get(text, 0) <= levels]
    known += REPLICAS if replicated else ()
    kind = draw(st.sampled_from(kinds))
    at = draw(st.integers(0, 2_500_000_000))
    fault = {"kind": kind, "at": f"{at}ns"}
    if kind in ("hold", "pause") or draw(st.booleans()):
        fault["until"] = f"{at + draw(st.integers(1, 2_000_000_000))}ns"
    if kind in SITE_KINDS:
        return fault | (
            {"link": ["site-0", "site-1"]} if kind == "link_down" else {"site": "site-1"}
        )
    if kind == "partition":
        groups = GROUPS if levels > 1 else GROUPS[:-1]
        if replicated and "until" in fault and draw(st.booleans()):
            return fault | {"shape": draw(st.sampled_from(SHAPES)), "one_way": draw(st.booleans())}
        groups += SPLITS if replicated else ()
        return fault | {"groups": draw(st.sampled_from(groups)), "one_way": draw(st.booleans())}
    fault["nodes"] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique=True))
    if kind == "degrade":
        fault |= {"latency_factor": draw(st.floats(1, 6)), "extra_loss": draw(SHARES)}
        fault["extra_latency"] = draw(_ms(0, 500))
    if kind in ("duplicate", "reorder", "corrupt"):
        fault["share"] = draw(SHARES)
    if kind == "reorder":
        fault["extra"] = draw(_ms(1, 900))
    if kind == "crash":
        fault["durable"] = draw(st.booleans())
    return fault


@st.composite
def plans(draw: st.DrawFn, kinds: Sequence[str] = KINDS, *, replicated: bool = False) -> Plan:
    """Any small scenario that is allowed, with faults of these kinds, and perhaps with replicas."""
    features = draw(st.integers(1, 3))
    agents = {"count": draw(st.integers(1, 40)), "features": features, "rate": draw(RATES)}
    pane = draw(_ms(300, 2000))
    tree, topology = draw(_trees()), draw(TOPOLOGIES)
    if replicated:
        # One site would be one failure domain, and agents report to one node each.
        assume(topology["kind"] != "point" and tree["levels"] > 1)
        tree["replicas"] = draw(_replicas(tree["levels"]))
    kinds = (*kinds, *SITE_KINDS) if topology["kind"] == "ring" else kinds
    try:
        return plan_of(
            *[
                draw(_faults(tree["levels"], kinds, replicated=replicated))
                for _ in range(draw(st.integers(0, 3)))
            ],
            duration=draw(_ms(3000, 6000)),
            agents=agents,
            topology=topology | {"jitter": draw(LAWS), "loss": draw(LOSSES)},
            tree=tree,
            baseline={"publish": draw(_ms(90, 900)), "pane": pane, "panes": draw(PANES)},
            measure={"every": draw(_ms(60, 300))},
            seed=1,
        )
    except ScenarioError:
        # Two faults that cannot hold together.
        assume(False)
        raise


@st.composite
def _replicas(draw: st.DrawFn, levels: int) -> dict[str, int]:
    """Two to five replicas of the root, and of some tiers below it."""
    names = ("regional", "tier-4")[: levels - 2]
    lowest = draw(st.integers(0, len(names)))
    return dict.fromkeys((*names[lowest:], "root"), draw(st.integers(2, 5)))


@st.composite
def _trees(draw: st.DrawFn) -> dict[str, Any]:
    levels = draw(st.integers(1, 4))
    tree = {
        "levels": levels,
        "local": draw(st.integers(1, 12)),
        "regional": draw(st.integers(2, 5)),
        "forward": draw(RATES),
    }
    if draw(st.booleans()):
        tree["links"] = [draw(LAWS) for _ in range(levels)]
    return tree
