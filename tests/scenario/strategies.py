"""Scenarios made by Hypothesis: good files of every kind, as plain values."""

from typing import Any

from hypothesis import strategies as st

from sim.units import write_duration

SHARES = st.sampled_from(["0%", "0.1%", "20%", "100%", 0.125, 1 / 3])


def durations(first_ns: int = 1, last_ns: int = 10**10) -> st.SearchStrategy[str]:
    return st.integers(first_ns, last_ns).map(write_duration)


BYTES = st.integers(1, 10**9).map(lambda size: f"{size}B")


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
                "kind": st.sampled_from(["gamma", "weibull"]),
                "shape": st.floats(0.1, 20),
                "scale": durations(),
            }
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
                "share": SHARES.filter(lambda share: share != "0%"),
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
            {
                "kind": st.just("outages"),
                "fault": st.sampled_from(["partition", "crash", "churn", "pause"]),
                "each": st.sampled_from(["regions", ["local-0", "locals"], "region-0"]),
                "up": laws().filter(lambda law: law not in ("0ns", "0s")),
                "down": durations(),
            },
            optional={"before": durations(), "speed": st.floats(0.1, 1e6), "until": until},
        ),
        st.fixed_dictionaries(
            {"kind": st.just("partition"), "groups": st.just(["region-0", "rest"]), "at": at},
            optional={"until": until, "one_way": st.booleans()},
        ),
    )


SHARES_OF_SD = st.sampled_from([0, 0.2, 1 / 3])
SIZES = st.sampled_from(["3sd", "-0.5sd", "0.1sd"])


def variants(kind: str, **options: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A map of this kind with any of these options."""
    return st.fixed_dictionaries({"kind": st.just(kind)}, optional=options)


def detectors() -> st.SearchStrategy[Any]:
    cap, floor = st.sampled_from(["none", 4.5]), st.floats(0, 1)
    pool = {"pool": st.sampled_from(["mean", "max"]), "top": st.integers(1, 9), "cap": cap}
    return st.one_of(
        st.just("cusum"),
        variants("z", **pool, floor=floor),
        durations().map(lambda half_life: {"kind": "ewma_z", "half_life": half_life}),
        variants("lr_e_process", size=st.just("0.7sd"), restart=durations(), cap=cap),
    )


def near_detectors() -> st.SearchStrategy[Any]:
    """Those that need the scope own or local."""
    return st.one_of(
        variants("mahalanobis", shrinkage=st.sampled_from(["1%", 1 / 3])),
        variants("pca", keep=st.sampled_from(["95%", 2 / 3]), statistic=st.just("hotelling")),
        variants("peers", robust=st.booleans(), smallest_group=st.just(3)),
    )


def controls() -> st.SearchStrategy[Any]:
    alpha = st.sampled_from(["5%", 0.01, 1 / 3])
    return st.one_of(
        st.sampled_from(["bh", "by", "bonferroni", "e_bh", "e_lond", "lord", "addis"]),
        variants("bh", alpha=alpha, quota=st.integers(1, 30)),
        variants("saffron", alpha=alpha, quota=st.integers(1, 30)),
        st.just({"kind": "threshold", "quantile": "99.9%"}),
        st.floats(-5, 5).map(lambda score: {"kind": "threshold", "score": score}),
    )


def detections() -> st.SearchStrategy[dict[str, Any]]:
    common = {
        "control": controls(),
        "decide": st.sampled_from(["local", "root"]),
        "every": durations(2 * 10**9, 5 * 10**9),
        "learn": durations(5 * 10**9, 10**10),
        "calibrate": durations(10**10, 11 * 10**9),
    }
    optional = {
        "scope": st.sampled_from(["local", "region", "population"]),
        "wait": st.sampled_from(["0ms", "150ms"]),
    }
    return st.one_of(
        st.fixed_dictionaries({"detector": detectors(), **common}, optional=optional),
        st.fixed_dictionaries({"detector": near_detectors(), "every": st.just("2s")}),
    )


def anomalies() -> st.SearchStrategy[dict[str, Any]]:
    agents = st.sampled_from(["agents", "2%", ["local-0", "agent-7"], "region-0", "root"])
    when = {"agents": agents, "at": durations(0, 10**10)}
    ends = st.one_of(
        st.just({}),
        durations(2 * 10**9).map(lambda lasting: {"for": lasting, "jitter": "1s"}),
        durations(11 * 10**9, 10**11).map(lambda until: {"until": until}),
    )
    kinds = st.one_of(
        st.fixed_dictionaries({"kind": st.sampled_from(["shift", "ramp"]), "size": SIZES}),
        variants("freeze", features=st.just("all")),
        st.just({"kind": "scale", "factor": 0.5, "features": [1]}),
        st.sampled_from([{"kind": "zero", "features": 1}, {"kind": "impersonate"}]),
    )
    together = st.tuples(st.fixed_dictionaries(when), ends, kinds)
    return together.map(lambda parts: parts[0] | parts[1] | parts[2])


def rules() -> st.SearchStrategy[Any]:
    options = {
        "estimator": st.one_of(
            st.sampled_from(["median", "krum"]),
            variants("trimmed_mean", mix=st.booleans()),
            variants("centred_clipping", radius=st.floats(0.1, 9), iterations=st.just(3)),
            variants("median_of_means", buckets=st.just(5)),
        ),
        "f": st.sampled_from(["0%", "20%", 1 / 3]),
        "over": st.just("sample"),
        "sample": st.integers(20, 500),
        "lead": st.sampled_from(["1ms", "900ms"]),
        "quorum": st.booleans(),
    }
    alerts = {
        "false_alerts": st.sampled_from(["1%", 1 / 3]),
        "let_through": st.sampled_from(["0%", "5%"]),
    }
    return st.one_of(
        st.just("mean"),
        variants("robust", **options),
        variants("guarded_mean", **options, **alerts),
    )


def gathered() -> st.SearchStrategy[dict[str, Any]]:
    """What else baselines say."""
    when = {
        "window": durations(6 * 10**9, 7 * 10**9),
        "settle": durations(0, 10**9),
        "lead": st.sampled_from(["1ms", "900ms"]),
    }
    methods = st.one_of(
        st.sampled_from(["all_pairs", "blocks", "mean_correlation"]),
        variants("covariance", **when),
        variants("projection", k=st.integers(1, 999), feature=st.just(1), **when),
        variants("frequent_directions", rows=st.integers(2, 99), **when),
    ).map(lambda one: {"window": "6s", **(one if isinstance(one, dict) else {"kind": one})})
    at = st.lists(SHARES, min_size=1, max_size=3)
    sketches = st.one_of(
        variants("kll", k=st.integers(8, 999), at=at, **when),
        variants("ddsketch", accuracy=st.sampled_from(["1%", 1 / 3]), at=at, **when),
    ).map(lambda sketch: {"window": "6s", **sketch})
    return st.fixed_dictionaries({}, optional={"dependence": methods, "quantiles": sketches})


def stated() -> st.SearchStrategy[dict[str, Any]]:
    """Groups of agents that differ, and intervals of means: for agents that stay where they are."""
    groups = st.fixed_dictionaries(
        {}, optional={"locals": st.floats(0, 2), "regions": SHARES_OF_SD}
    )
    intervals = st.one_of(
        st.sampled_from(["clustered", "two_level", "hartung_knapp"]),
        variants("sequence", horizon=st.floats(1, 1e6)),
    )
    optional = {
        "interval": intervals,
        "level": st.sampled_from(["90%", 1 / 3]),
        "widen": st.sampled_from([[], "age", ["coverage", "age"]]),
        "range": st.sampled_from([[-1, 2.5], [0, 16]]),
    }
    asked = st.fixed_dictionaries({}, optional=optional)
    return st.fixed_dictionaries({}, optional={"groups": groups, "confidence": asked})


def adversaries() -> st.SearchStrategy[dict[str, Any]]:
    """Adversaries of which a few fit side by side; one of them is nobody."""
    agents = {"where": "agents", "share": "20%"}
    attacks = st.sampled_from(
        [
            {"kind": "push", "to": "-2.5sd", "where": "agents", "under": ["region-0"], "budget": 3},
            {**agents, "kind": "little_is_enough", "z": 0.5, "placement": "clustered"},
            {**agents, "kind": "slow_poison", "rate": "0.1sd/s", "group": "night"},
            {**agents, "kind": "sleeper", "on": "1500ms", "for": "9s"},
            {**agents, "kind": "stale_replay", "by": "1min", "knows": "group"},
            {**agents, "kind": "silence", "share": "0%"},
            {**agents, "kind": "selective_silence", "side": "high"},
        ]
    )
    times = st.fixed_dictionaries({}, optional={"from": durations(0, 10**9)})
    return st.tuples(attacks, times).map(lambda parts: parts[0] | parts[1])


def guards() -> st.SearchStrategy[dict[str, Any]]:
    """What is done against liars, beside the rule."""
    registry = {"refuse": st.booleans(), "admission": st.just("one_per_owner")}
    attest = {
        "every": durations(10**10, 2 * 10**10),
        "watchers": st.integers(0, 9),
        "audits": st.integers(0, 3),
        "agents_check": st.booleans(),
        "replace": st.booleans(),
        "replace_after": durations(0),
    }
    evidence = {
        "effect": SIZES,
        "threshold": st.floats(0.1, 99),
        "f": st.sampled_from(["0%", "33%"]),
        "cap": st.sampled_from(["none", 2.5]),
    }
    return st.fixed_dictionaries(
        {},
        optional={
            "registry": st.fixed_dictionaries({}, optional=registry),
            "attest": st.fixed_dictionaries({}, optional=attest),
            "evidence": st.fixed_dictionaries({}, optional=evidence),
        },
    )


def protocols() -> st.SearchStrategy[Any]:
    averaging = {
        "epsilon": st.floats(1e-6, 1),
        "spread": st.floats(1, 9),
        "rule": st.sampled_from(["midpoint", "trimmed_mean"]),
    }
    return st.one_of(
        st.sampled_from(["versions", "consistent_broadcast", "bracha", "imbs_raynal", "pbft"]),
        variants("approximate", round=durations(), **averaging),
        variants("witness", **averaging),
        variants("pbft", timeout=durations(10**5), checkpoint=st.integers(1, 99)),
        variants("hotstuff", timeout=durations(10**5)),
    )


def detectors_of_failures() -> st.SearchStrategy[Any]:
    periods = durations(10**9, 10**10)
    return st.one_of(
        st.sampled_from(["heartbeat", "phi", "swim"]),
        variants("heartbeat", period=periods, timeout=durations(10**5)),
        variants("phi", threshold=st.floats(1, 300), law=st.just("exponential"), window=st.just(9)),
        variants(
            "swim", period=periods, timeout=durations(10**5, 10**8), suspicion=st.floats(1, 9)
        ),
    )


def control_planes() -> st.SearchStrategy[dict[str, Any]]:
    """The blocks of what reacts, for a tree with replicas of the root and many locals under it."""
    agreement = {
        "protocol": protocols(),
        "f": st.integers(0, 1),
        "certify": st.booleans(),
        "service": durations(0),
        "sign": durations(0),
        "verify": durations(0),
        "rate": st.sampled_from(["none", "100Mbps", "1.5Gbps"]),
        "tolerance": st.sampled_from(["none", "0.5sd"]),
    }
    raised = {"by": st.sampled_from(["local-1", "root-0/1", "agent-7"]), "at": durations(0)}
    alerts = {
        "expire": durations(),
        "resend": durations(10**6),
        "gossip": durations(10**6),
        "raised": st.lists(st.fixed_dictionaries(raised), max_size=2),
    }
    reader = {
        "class": st.sampled_from(["baseline", "anomaly"]),
        "prefer": st.sampled_from(["availability", "consistency"]),
        "every": durations(10**6),
    }
    reads = st.sampled_from(["locals", ["local-0", "root-0/*"]]).flatmap(
        lambda at: st.fixed_dictionaries({"at": st.just(at)}, optional=reader)
    )
    membership = {"detector": detectors_of_failures(), "rehome": st.booleans()}
    anti_entropy = {
        "method": st.one_of(st.just("riblt"), variants("merkle", fan_out=st.integers(2, 99))),
        "every": durations(10**6),
        "store": st.sampled_from(["snapshots", "log"]),
        "item": st.sampled_from(["528B", "1.3GB", "64KiB"]),
    }
    return st.fixed_dictionaries(
        {},
        optional={
            "agreement": st.fixed_dictionaries({}, optional=agreement),
            "alerts": st.fixed_dictionaries({}, optional=alerts),
            "reads": st.lists(reads, max_size=2),
            "membership": st.fixed_dictionaries({}, optional=membership),
            "anti_entropy": st.fixed_dictionaries({}, optional=anti_entropy),
        },
    )


@st.composite
def reacting_scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A good scenario with a control plane, as the values of its file."""
    values = draw(scenarios())
    one_root = ("attest", "evidence")
    return {
        **{key: block for key, block in values.items() if key not in one_root},
        "tree": {"local": 10, "levels": 2, "replicas": {"root": draw(st.integers(6, 9))}},
        "baseline": {"pane": "20s"},
        **draw(control_planes()),
    }


def evolutions() -> st.SearchStrategy[dict[str, Any]]:
    """A tree that changes, for 40 locals of 60 places under 2 regionals."""
    often = st.one_of(st.just("none"), st.sampled_from(["3/s", "7Hz", "60/min"]))
    optional = {
        "locals": st.just({"min": 4, "max": 57, "slack": 3}),
        "regionals": st.sampled_from([{"min": 5, "max": 18}, {"min": 1, "max": 19, "slack": 2}]),
        "joins": often,
        "leaves": often,
        "at": durations(0, 10**9),
        "until": durations(2 * 10**9),
        "epoch": st.sampled_from(["2s", "10s"]),
        "borrow": st.booleans(),
        "place": st.sampled_from(["random", "least_loaded"]),
        "shuffle": st.booleans(),
    }
    start = st.sampled_from(["5%", "20%", 1 / 4])
    return st.fixed_dictionaries({"start": start}, optional=optional)


def capacities() -> st.SearchStrategy[dict[str, Any]]:
    """Memories and a history of tiers that every tree has."""
    memory = st.dictionaries(st.sampled_from(["agent", "local", "root"]), BYTES, min_size=1)
    at = st.sampled_from(["agent", "local", "root"])
    history = st.fixed_dictionaries({"at": at}, optional={"keep": durations(), "record": BYTES})
    return st.fixed_dictionaries({}, optional={"memory": memory, "history": history})


@st.composite
def changing_scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A good scenario whose tree changes, as the values of its file."""
    values = draw(scenarios())
    beside = ("schema", "name", "about", "seed", "duration", "topology", "faults", "thresholds")
    return {
        **{key: values[key] for key in beside},
        "agents": {**values["agents"], "count": 2400, "rate": "10Hz"},
        "tree": {"local": 60, "regional": 20, "levels": 3},
        "baseline": {"pane": "1s"},
        "evolution": draw(evolutions()),
    }


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A good scenario, as the values of its file."""
    levels = draw(st.sampled_from(["auto", 2, 3, 4]))
    reseat = draw(st.fixed_dictionaries({}, optional={"reseat": st.just("20s")}))
    claims = {} if reseat else draw(stated())
    apart = {key: block for key, block in claims.items() if key == "groups"}
    return {
        "schema": 1,
        "name": "made-up",
        "about": draw(st.text(max_size=20)),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "duration": "30s",
        "agents": {
            "count": draw(st.integers(50, 3000)),
            "features": draw(st.integers(1, 9)),
            "rate": draw(st.sampled_from(["10Hz", "7Hz", "60/min", "0.5Hz", "1kHz"])),
            "behaviour": {
                "kind": "synthetic",
                "drift": draw(st.sampled_from(["none", 0.2, {"sd": 0.1, "tau": "7s"}])),
                "tail": draw(st.sampled_from(["none", {"df": 5}])),
                "season": draw(
                    st.sampled_from(["none", {"period": "9s"}, {"period": "9s", "phase": "common"}])
                ),
                "common": draw(st.sampled_from(["none", 0.3, {"sd": 0.1, "among": "locals"}])),
                **apart,
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
            **reseat,
        },
        "baseline": {
            "pane": "20s",
            "epsilon": draw(st.floats(1e-6, 1)),
            "rule": draw(rules()),
            **draw(gathered()),
        },
        "faults": draw(st.lists(faults(), max_size=3)),
        "anomalies": draw(st.lists(anomalies(), max_size=3)),
        **draw(st.fixed_dictionaries({}, optional={"detection": detections()})),
        "adversaries": draw(st.lists(adversaries(), max_size=3)),
        **draw(guards()),
        **draw(st.fixed_dictionaries({}, optional={"capacity": capacities()})),
        **{key: block for key, block in claims.items() if key != "groups"},
        "gate": {
            "staleness.root.mean": {"worse_by": draw(durations())},
            "coverage.min": {"worse_by": draw(st.sampled_from(["2%", 1 / 3]))},
        },
        "thresholds": {
            "recovery.time.p95": {"max": draw(durations())},
            "coverage.min": {"min": draw(SHARES)},
            "traffic.bytes": {"max": draw(st.floats(0, 1e12))},
        },
    }
