"""What the agents measure: behaviours under one contract, made by a rule or replayed from files.

A new behaviour is a class under the contract of `Behaviour` and its name in `BEHAVIOURS`; the
contract tests then cover it. What is wrong on purpose is put around a behaviour by `anomalies`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sim.errors import InputError
from sim.workload.anomalies import ANOMALIES, Injection, inject, onsets
from sim.workload.behaviour import NORMAL, RECORDED, Behaviour, Ints, StreamAt
from sim.workload.synthetic import Synthetic
from sim.workload.trace import Trace
from sim.workload.trace_files import read_recordings, read_traces

GroupOf = Mapping[str, Ints]
"""By the name of a kind of group (locals, regions), which of them each agent is in; (agents,)."""
Maker = Callable[[Mapping[str, Any], int, int, StreamAt, str, GroupOf], Behaviour]


def make_behaviour(
    kind: str,
    options: Mapping[str, Any],
    *,
    agents: int,
    features: int,
    stream_at: StreamAt,
    directory: str = ".",
    group_of: GroupOf | None = None,
) -> Behaviour:
    """The behaviour of that name, with the options of the scenario (times in ns).

    For a trace `features` may be 0: as many as it has columns. `group_of` is needed where groups
    differ. Raises InputError if a trace cannot be used or has another number of columns.
    """
    return BEHAVIOURS[kind](options, agents, features, stream_at, directory, group_of or {})


def _synthetic(
    options: Mapping[str, Any],
    agents: int,
    features: int,
    stream_at: StreamAt,
    directory: str,  # noqa: ARG001
    group_of: GroupOf,
) -> Behaviour:
    return Synthetic(agents, features, stream_at, **options, group_of=group_of)


def _trace(
    options: Mapping[str, Any],
    agents: int,
    features: int,
    stream_at: StreamAt,
    directory: str,
    group_of: GroupOf,  # noqa: ARG001
) -> Behaviour:
    keys = ("array", "labels", "columns", "missing")
    choice = {key: options[key] for key in keys if key in options}
    recordings = read_recordings(options["path"], directory=directory, **choice)
    traces = [recording.values for recording in recordings]
    columns = traces[0].shape[1]
    if features not in (0, columns):
        raise InputError(f"the trace has {columns} columns, but agents.features is {features}")
    shifted = options.get("shift", "random") == "random"
    return Trace(
        agents,
        traces,
        anomalous=[recording.anomalous for recording in recordings],
        cadence_ns=options.get("cadence_ns"),
        stream_at=stream_at if shifted else None,
    )


BEHAVIOURS: Final[Mapping[str, Maker]] = {"synthetic": _synthetic, "trace": _trace}

__all__ = [
    "ANOMALIES",
    "BEHAVIOURS",
    "NORMAL",
    "RECORDED",
    "Behaviour",
    "Injection",
    "StreamAt",
    "Synthetic",
    "Trace",
    "inject",
    "make_behaviour",
    "onsets",
    "read_recordings",
    "read_traces",
]
