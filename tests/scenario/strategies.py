"""Scenarios made by Hypothesis: good files of every kind, as plain values."""

from typing import Any

from hypothesis import strategies as st

from sim.units import write_duration

SHARES = st.sampled_from(["0%", "0.1%", "20%", "100%", 0.125, 1 / 3])


def durations(first_ns: int = 1, last_ns: int = 10**10) -> st.SearchStrategy[str]:
    return st.integers(first_ns, last_ns).map(write_duration)


def laws() -> st.SearchStrategy[Any]:
    return st.one_of(
        durations(0),
        st.fixed_dictionaries({"kind": st.just("exponential"), "mean": durations()}),
        st.fixed_dictionaries(
            {"kind": st.just("lognormal"), "median": durations(), "sigma": st.floats(0, 5)}
        ),
        st.fixed_dictionaries(
            {"kind": st.just("normal"), "mean": durations(0), "sd": durations(0)}
        ),
        st.fixed_dictionaries(
            {
                "kind": st.just("pareto_exponential"),
                "pareto_share": SHARES,
                "scale": durations(),
                "alpha": st.floats(0.5, 20),
                "mean": durations(),
            }
        ),
    )


def losses() -> st.SearchStrategy[Any]:
    chain = {"kind": st.just("gilbert_elliott"), "to_bad": SHARES, "to_good": SHARES}
    return st.one_of(st.just("none"), SHARES, st.fixed_dictionaries(chain))


def faults() -> st.SearchStrategy[dict[str, Any]]:
    """Faults that never contradict each other."""
    nodes = st.sampled_from(["agents", "agent-3", "region-0", "root", "5%", ["local-0", "all"]])
    at = durations(0, 10**9)
    until = durations(2 * 10**9)
    return st.one_of(
        st.fixed_dictionaries(
            {
                "kind": st.just("reorder"),
                "nodes": nodes,
                "share": SHARES,
                "extra": durations(),
                "at": at,
            }
        ),
        st.fixed_dictionaries({"kind": st.just("hold"), "nodes": nodes, "at": at, "until": until}),
        st.fixed_dictionaries(
            {"kind": st.just("degrade"), "nodes": nodes, "extra_latency": durations(), "at": at}
        ),
        st.fixed_dictionaries(
            {"kind": st.just("clock"), "nodes": nodes, "offset": durations(), "at": at},
            optional={"until": until, "drift_ppm": st.floats(-500, 500)},
        ),
        st.fixed_dictionaries(
            {"kind": st.just("partition"), "groups": st.just(["region-0", "rest"]), "at": at},
            optional={"until": until, "one_way": st.booleans()},
        ),
    )


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A good scenario, as the values of its file."""
    levels = draw(st.sampled_from(["auto", 2, 3, 4]))
    return {
        "schema": 1,
        "name": "made-up",
        "about": draw(st.text(max_size=20)),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "duration": "30s",
        "agents": {
            "count": draw(st.integers(50, 3000)),
            "features": draw(st.integers(1, 9)),
            "rate": draw(st.sampled_from(["10Hz", "7Hz", "3/min", "0.5Hz", "1kHz"])),
            "behaviour": {
                "kind": "synthetic",
                "drift": draw(st.sampled_from(["none", 0.2, {"sd": 0.1, "tau": "7s"}])),
                "tail": draw(st.sampled_from(["none", {"df": 5}])),
                "season": draw(st.sampled_from(["none", {"period": "9s"}])),
            },
        },
        "topology": {
            "kind": "topohub",
            "name": "topozoo/Abilene",
            "jitter": draw(laws()),
            "loss": draw(losses()),
        },
        "tree": {
            "local": draw(st.integers(1, 40)),
            "regional": draw(st.integers(2, 12)),
            "levels": levels,
            "ingress": draw(durations(0)),
        },
        "baseline": {"pane": "20s", "epsilon": draw(st.floats(1e-6, 1))},
        "faults": draw(st.lists(faults(), max_size=3)),
        "thresholds": {
            "recovery.time.p95": {"max": draw(durations())},
            "coverage.min": {"min": draw(SHARES)},
            "traffic.bytes": {"max": draw(st.floats(0, 1e12))},
        },
    }
