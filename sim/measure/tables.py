"""What one replication leaves behind: a set of tables of plain numpy columns.

Every metric and every figure is a pure function of these tables, so a run that was stored can be
measured again. Times are int64 nanoseconds since the start, shares go from 0 to 1, errors are in
between-agent standard deviations, and NaN stands for "no value yet". A table is a dict of columns
of equal length; `sim.measure.columns` has all that is measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.measure.columns import COLUMNS as COLUMNS
from sim.measure.columns import OPTIONAL as OPTIONAL

Table: TypeAlias = Mapping[str, NDArray[Any]]

NEVER: Final = -1
"""An instant that does not come: `until_ns` of a fault without an end, `convicted_ns` of a liar."""

UNATTESTED: Final = 0
ATTESTED: Final = 1
DISPUTED: Final = 2
"""`status` of a publication."""
ALARM: Final = 1
CLEAR: Final = -1
UNDETERMINED: Final = 0
"""`verdict` of evidence."""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Tables:
    """The tables of one replication.

    - `samples`: the whole system, one row an instant (every ``plan.measure.every_ns``).
    - `regions`: the same for each region: its ages at the root, the oldest age at its own
      aggregator (`inside_age_ns`), and whether the way to the root is open (`reachable`).
    - `heard`: one row each time the root learns a newer version of a region. Between two rows ages
      grow by one second a second, so ages at the root are *exact* from here. Before the first row
      of a region everything in it counts as born at 0.
    - `baselines`: one row a publication.
    - `faults`: one row a fault; `regions` are those it cuts from the root (``"0 3"``), and `cuts`
      says whether its end counts as a heal.
    - `traffic`: messages and bytes by tier, kind and outcome.
    - `points`: one row an agent and decision, ordered by time and then agent: the truth at that
      instant (`label`: 0 normal, else as in `segments`) against what the deciding node holds, and
      the same for the twin that is run centrally. A score is NaN where there is none yet. In large
      runs the agents that are never anomalous are a random sample, and `weight` is how many each
      stands for.
    - `segments`: one row an anomaly of an agent, from its first anomalous value to the end of the
      last one's period; `anomaly` is 1, 2 ... for those of the scenario, -1 for a trace's own.
    - `integrity`: one row a publication: how far what was published is from the mean of correct
      agents, in the worst feature and in their standard deviations between agents; the same of the
      plain mean of all (`bias_plain`) and of the robust estimate (`bias_robust`, NaN for rule
      mean). `items` agents are behind the estimate, `reach` is the largest distance of plain mean
      (after a conviction: the attested one) and estimate over its radius (NaN unless guarded; an
      alert above 1), `lying` how many nodes
      lie at that instant, and `status` one of UNATTESTED, ATTESTED and DISPUTED.
    - `adversaries`: one row an entry of the scenario: reports, digests and other words that it
      rewrote (`acts`), those of them that a registry refused, and what it was expected to do.
    - `attestation`: one row a round; `missing` agents did not acknowledge, `attested_ns` NEVER if
      any did not; `audited` aggregators were caught by an audit.
    - `convictions`: one row an aggregator that lied (`lied_ns`: first lie; NEVER for an innocent
      one) or was convicted or replaced (NEVER if not).
    - `evidence`: log-odds in nats of all reports and of those of correct agents, the bounds that no
      tolerated number of liars can leave, and a verdict ALARM, CLEAR or UNDETERMINED.
    - `control_traffic`: messages and bytes by part (that of the sender: agreement, registry,
      alerts, members, sync, routing), kind and outcome.
    - `updates`: one row a second and rank (a class of importance, heartbeat, or flood: what liars
      call critical) of updates of single agents: sent, arrived and dropped in it, and mean wait in
      queues and mean age of those that arrived.
    - `router_lines`: one row a second, tier and class as served: updates that routers put on their
      lines, their mean wait there, and the time on all lines of the tier.
    - `beliefs`: one row a sample: agents that act (`present`), were heard lately or are covered by
      the silence rule (`held`); errors of the means over either against the newest values of all
      that act, and the worst that the rule allows (`bound`); mean ages of what is known of agents
      with an anomaly (so many are `critical`) and of the others; updates at routers (`queued`),
      and how many wait at the fullest one.
    - `criticals`: one row an anomaly of an agent: its first value, its end, when the agent first
      sent it as critical, and when that was first at the root (-1 = never).
    - `deaths`: one row an agent that crashed or was paused: when, and when the root took it for
      dead (-1 = never, or not before it was back).
    - `reliefs`: one row a fault of whose cut others took over all nodes before it ended.
    - `operations`: one row a change of a tree: a join or leave, a split, merge or borrow, or what
      had no room (`refused ...`); `moved` children of `source` went to `target`, both of `tier`.
    - `shapes`: one row an epoch and tier of aggregators below the root: children of its nodes.
    - `census`: one row a closed pane: agents and values that were measured, and what of them the
      root counts.
    - `load`: one row a sample and tier (0 = agents) over its `nodes` that are there, replicas among
      them: since the last sample the messages that were accepted, how long these wait in all, and
      work asked and done per second (mean and busiest node); and now the messages that are there
      (backlog), and bytes of state, history and queue (fullest node and in all).
    - `extremes`: two rows a tier above the agents, over the whole run: the node of which most
      service was asked (`what` is offered), and that where messages waited longest (wait).
    - `intervals`: one row a publication and tier of parents: of so many `intervals` (a node and a
      feature each) how many cover the truth, how many would if all values were independent
      (`naive`), and how many have no end (`unbounded`); mean half width of the others in standard
      deviations of the values, mean age and mean share of the sources that they are from. Of
      `streams` nodes and features so many have `ever_missed` until then, and the squares of what
      each missed beyond the share of all add up to `scatter`; `broken` names the assumptions that
      do not hold, with blanks between.
    - `member_lies`: one row a replica of the root that lies at some time of the run, whether or not
      it came to it; `deeds` messages were changed or kept back.
    - `dependence`, `quantiles`: one row a publication: report numbers in the window (`instants`),
      share of its values that are in what the root read, messages, bytes and operations since the
      row before, and errors against what a central observer makes of the same values (NaN if the
      root read nothing; for quantiles the worst of all quantiles and features). `mean` is the mean
      correlation that was read, of agents or of features (NaN if the method does not say it).
    """

    samples: Table
    regions: Table
    heard: Table
    baselines: Table
    faults: Table
    traffic: Table
    points: Table
    segments: Table
    integrity: Table
    adversaries: Table
    attestation: Table
    convictions: Table
    evidence: Table
    decisions: Table
    snapshots: Table
    alerts: Table
    reads: Table
    members: Table
    syncs: Table
    stores: Table
    control_traffic: Table
    member_lies: Table
    intervals: Table
    dependence: Table
    quantiles: Table
    updates: Table
    router_lines: Table
    beliefs: Table
    criticals: Table
    deaths: Table
    reliefs: Table
    operations: Table
    shapes: Table
    census: Table
    load: Table
    extremes: Table

    @classmethod
    def of(cls, columns: Mapping[str, Mapping[str, ArrayLike]]) -> "Tables":
        """Tables from plain columns. Raises ValueError if one is missing or misshapen.

        Further tables, such as a log of all messages, are not measured and are left out.
        """
        missing = [name for name in COLUMNS if name not in columns and name not in OPTIONAL]
        if missing:
            raise ValueError(f"tables {', '.join(missing)} are missing")
        found = {name: columns[name] if name in columns else empty(name) for name in COLUMNS}
        return cls(**{name: table(name, found[name]) for name in COLUMNS})

    def __getitem__(self, name: str) -> Table:
        if name not in COLUMNS:
            raise KeyError(name)
        found: Table = getattr(self, name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> list[str]:
        """The names of the tables, so that ``dict(tables)`` works."""
        return [field.name for field in fields(self)]


def table(name: str, columns: Mapping[str, ArrayLike]) -> dict[str, NDArray[Any]]:
    """The columns of table `name`, in order and with their types.

    Further columns are not measured and are left out. Raises ValueError when a column is missing
    or of another length than the others.
    """
    kinds = COLUMNS[name]
    missing = [column for column in kinds if column not in columns]
    if missing:
        raise ValueError(f"{name}: columns {', '.join(missing)} are missing")
    made: dict[str, NDArray[Any]] = {
        column: np.asarray(columns[column], dtype=kind) for column, kind in kinds.items()
    }
    lengths = {array.shape for array in made.values()}
    if len(lengths) != 1 or len(lengths.pop()) != 1:
        raise ValueError(f"{name}: columns must be one-dimensional and of equal length")
    return made


def pick(rows: Table, chosen: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Some rows of a table: a mask, or their numbers in the order in which they are wanted."""
    return {name: column[chosen] for name, column in rows.items()}


def empty(name: str) -> dict[str, NDArray[Any]]:
    """Table `name` without rows."""
    return table(name, {column: [] for column in COLUMNS[name]})
