"""Critical alerts in one replication: which were committed, how long that took, and what was lost.

An alert counts as raised from the first instant at which anybody shows it, which is its raiser.
Keepers are the replicas of the root; those that proposed the last publication are up at the end.
Replicas that lie are no keepers, and what they show is not looked at. An alert that was never
committed is *censored*, one that was taken back before does not count.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.censored import CensoredSample, censored
from sim.measure.correct import of_correct
from sim.measure.spans import Spans, union
from sim.measure.tables import Table, Tables, pick
from sim.scenario.plan import Plan

Figure = Callable[[Tables, Plan], float]
Ints = NDArray[np.int64]

PROVISIONAL: Final = "provisional"
COMMITTED: Final = "committed"
EXPIRED: Final = "expired"
RETRACTED: Final = "retracted"
STATES: Final = (PROVISIONAL, COMMITTED, EXPIRED, RETRACTED)


def states(alerts: Table) -> Table:
    """What nodes showed of alerts, without what they hold against raisers (equivocated, refused).

    An alert that was refused was not raised; one that is contested is shown as before.
    """
    return pick(alerts, np.isin(alerts["state"], STATES))


def raised(alerts: Table) -> list[str]:
    """The alerts that somebody showed, in the order in which they were raised."""
    return list(dict.fromkeys(states(alerts)["alert"].tolist()))


def shown(alerts: Table, end_ns: int) -> dict[str, NDArray[Any]]:
    """What each node showed from when to when; a row each, columns as below.

    `node`, `alert`, `state`, `begin_ns`, and `end_ns`: when the same node showed something else
    of it, else the end of the run.
    """
    alerts = states(alerts)
    order = np.lexsort((alerts["at_ns"], alerts["alert"], alerts["node"]))
    rows = pick(alerts, order)
    same = (rows["node"][1:] == rows["node"][:-1]) & (rows["alert"][1:] == rows["alert"][:-1])
    until_ns = np.append(np.where(same, rows["at_ns"][1:], end_ns), end_ns)[: len(order)]
    return {
        "node": rows["node"],
        "alert": rows["alert"],
        "state": rows["state"],
        "begin_ns": rows["at_ns"],
        "end_ns": until_ns,
    }


def provisional(alerts: Table, end_ns: int) -> tuple[Ints, Ints]:
    """Begin and end of every stretch in which one node showed one alert as provisional."""
    rows = shown(alerts, end_ns)
    runs: dict[tuple[str, str], list[list[int]]] = {}
    for row in np.flatnonzero(rows["state"] == PROVISIONAL):
        mine = runs.setdefault((str(rows["node"][row]), str(rows["alert"][row])), [])
        begin_ns, until_ns = int(rows["begin_ns"][row]), int(rows["end_ns"][row])
        if mine and mine[-1][1] == begin_ns:
            mine[-1][1] = until_ns  # only its side has changed
        else:
            mine.append([begin_ns, until_ns])
    found = np.array([run for mine in runs.values() for run in mine], np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def unresolved(tables: Tables, end_ns: int) -> Spans:
    """When some alert was provisional at some node that does not lie."""
    return union(*provisional(_said(tables), end_ns))


def times_to_commit(tables: Tables, plan: Plan) -> CensoredSample:
    """From the raising of each alert until a first keeper shows it as committed, in seconds."""
    rows = states(_said(tables))
    lasted_ns, has_ended = [], []
    for alert in raised(rows):
        mine = rows["alert"] == alert
        begin_ns = int(rows["at_ns"][mine].min())
        done = mine & (rows["state"] == COMMITTED) & (rows["replica"] >= 0)
        if not done.any() and (mine & (rows["state"] == RETRACTED)).any():
            continue
        until_ns = int(rows["at_ns"][done].min()) if done.any() else plan.duration_ns
        lasted_ns.append(until_ns - begin_ns)
        has_ended.append(bool(done.any()))
    return censored(np.array(lasted_ns, np.int64), np.array(has_ended, bool))


def times_provisional(tables: Tables, plan: Plan) -> CensoredSample:
    """How long each node showed each alert as provisional, in seconds."""
    begin_ns, until_ns = provisional(_said(tables), plan.duration_ns)
    return censored(until_ns - begin_ns, until_ns < plan.duration_ns)


def _said(tables: Tables) -> Table:
    """What raisers and correct keepers said."""
    return of_correct(tables.alerts, tables)


def _committed(tables: Tables, _: Plan) -> float:
    rows = _said(tables)
    every = raised(rows)
    kept = (rows["state"] == COMMITTED) & (rows["replica"] >= 0)
    return len(set(rows["alert"][kept].tolist())) / len(every) if every else np.nan


def _lost(tables: Tables, _: Plan) -> float:
    rows = states(_said(tables))
    up = _up_at_the_end(of_correct(tables.snapshots, tables))
    held = {
        (alert, replica)
        for alert, replica in zip(rows["alert"].tolist(), rows["replica"].tolist(), strict=True)
    }
    lost = [one for one in raised(rows) if any((one, replica) not in held for replica in up)]
    return float(len(lost))


def _up_at_the_end(snapshots: Table) -> list[int]:
    if not len(snapshots["version"]):
        return []
    last = snapshots["version"] == snapshots["version"].max()
    found: list[int] = np.unique(snapshots["replica"][last]).tolist()
    return found


def _double(tables: Tables, _: Plan) -> float:
    """One alert is raised once: two of it that differ in when are two contents under one name."""
    rows = _said(tables)
    done = rows["state"] == COMMITTED
    pairs = dict.fromkeys(
        zip(rows["alert"][done].tolist(), rows["raised_ns"][done].tolist(), strict=True)
    )
    return float(len(pairs) - len({alert for alert, _ in pairs}))


ALERT_FIGURES: Final[Mapping[str, Figure]] = {
    "alerts.committed": _committed,
    "alerts.lost": _lost,
    "alerts.double": _double,
}
"""Metrics of alerts that are one figure a replication; how long they take is over alerts."""
