"""One set of options for every strategy, and which of them show nothing in what nodes say."""

WINDOW = {"begin_ns": 1_030_000_000, "end_ns": 3_030_000_000}

OPTIONS = {
    "churn_storm": {"every_ns": 400_000_000},
    "count_inflation": {"times": 1000, "to": 5.0},
    "delay_to_bound": {"margin_ns": 10_000_000},
    "drop": {"of": 0.5},
    "equivocate": {"by": 5.0},
    "fast_liar": {"to": 5.0},
    "flood_alarms": {"of": 0.5},
    "forge": {"by": 5.0, "how": "sum"},
    "group_capture": {"to": 5.0},
    "importance_flood": {"times": 10},
    "inner_product": {"tau": 0.1},
    "little_is_enough": {"z": "auto"},
    "max_for_sum": {},
    "mimic": {},
    "min_max": {"direction": "sd"},
    "min_sum": {"direction": "unit"},
    "push": {"to": 5.0},
    "selective_silence": {"side": "low"},
    "sign_flip": {"scale": 1.0},
    "silence": {},
    "sleeper": {"on_ns": 300_000_000, "off_ns": 500_000_000, "to": 5.0},
    "slow_poison": {"rate": 0.1},
    "stale_replay": {"by_ns": 400_000_000},
    "sybil": {"to": 5.0, "identities": 3},
    "variance_deflation": {},
    "version_jump": {},
}
"""Beside `WINDOW`, which the engine adds to the options of every strategy."""

UNHEARD: dict[str, str] = {
    "churn_storm": "is not there half of the time",
    "drop": "omits children",
    "equivocate": "commits to something else before others, and tells children other baselines",
    "flood_alarms": "changes scores",
    "importance_flood": "sends copies",
    "version_jump": "changes versions",
}
"""Strategies that change no row of any hook, and what they do instead."""
