"""One set of options for every strategy, and which of them show nothing in what nodes say."""

WINDOW = {"begin_ns": 1_030_000_000, "end_ns": 3_030_000_000}

OPTIONS = {
    "group_capture": {"to": 5.0},
    "inner_product": {"tau": 0.1},
    "little_is_enough": {"z": "auto"},
    "mimic": {},
    "min_max": {"direction": "sd"},
    "min_sum": {"direction": "unit"},
    "push": {"to": 5.0},
    "sign_flip": {"scale": 1.0},
    "sleeper": {"on_ns": 300_000_000, "off_ns": 500_000_000, "to": 5.0},
    "slow_poison": {"rate": 0.1},
    "stale_replay": {"by_ns": 400_000_000},
    "sybil": {"to": 5.0, "identities": 3},
}
"""Beside `WINDOW`, which the engine adds to the options of every strategy."""

UNHEARD: dict[str, str] = {}
"""Strategies that change no row of any hook, and what they do instead."""
