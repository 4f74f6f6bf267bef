"""OpenTelemetry: spans and gauges as OTLP in JSON lines, as a collector's file receiver takes them.

A folder with ``traces.jsonl`` and ``metrics.jsonl``, because a file holds one kind of data
(OpenTelemetry Protocol File Exporter). Ids are hashes of run, replication and row: the same run
gives the same bytes. Simulated time 0 is the begin of the year 2000, UTC.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sim.report.export import conventions
from sim.report.export.drafts import draft_folder
from sim.report.export.messages import missing, sendings
from sim.report.export.otlp_spans import Json, at, attributes, message_spans, story_spans
from sim.report.export.stored import Stored
from sim.report.export.story import Gauge, gauges
from sim.report.export.window import Window

TRACES: Final = "traces.jsonl"
METRICS: Final = "metrics.jsonl"
SPANS_A_LINE: Final = 500
"""A collector takes a line as one request; this many spans are some hundred kilobytes."""
POINTS_A_LINE: Final = 5_000


def write_otlp(run: Stored, window: Window, path: Path) -> list[str]:
    """Write the folder. Raises ResultsError if it cannot be written."""
    shown = sendings(run, window)
    with draft_folder(path, (TRACES, METRICS)) as draft:
        _write(draft / TRACES, _span_lines(run, "run", story_spans(run)), append=False)
        spans = message_spans(run, shown)
        for tier in sorted(spans):
            _write(draft / TRACES, _span_lines(run, tier, spans[tier]), append=True)
        _write(draft / METRICS, _metric_lines(run), append=False)
    return missing(run, window, shown)


def _write(path: Path, lines: Iterable[Json], *, append: bool) -> None:
    with path.open("a" if append else "w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")


def _span_lines(run: Stored, service: str, spans: Iterable[Json]) -> Iterator[Json]:
    every = iter(spans)
    while some := list(islice(every, SPANS_A_LINE)):
        scoped = {"scope": _SCOPE, "spans": some, "schemaUrl": conventions.SCHEMA_URL}
        yield {"resourceSpans": [{"resource": _resource(run, service), "scopeSpans": [scoped]}]}


def _metric_lines(run: Stored) -> Iterator[Json]:
    for gauge in gauges(run):
        for first in range(0, len(gauge.time_ns), POINTS_A_LINE):
            metric = _metric(gauge, first, first + POINTS_A_LINE)
            scoped = {"scope": _SCOPE, "metrics": [metric], "schemaUrl": conventions.SCHEMA_URL}
            resource = _resource(run, "run")
            yield {"resourceMetrics": [{"resource": resource, "scopeMetrics": [scoped]}]}


def _metric(gauge: Gauge, first: int, last: int) -> Json:
    points = zip(gauge.time_ns[first:last].tolist(), gauge.value[first:last].tolist(), strict=True)
    whose = {"attributes": attributes({conventions.NODE: gauge.node})} if gauge.node else {}
    rows = [{"timeUnixNano": at(time_ns), "asDouble": one, **whose} for time_ns, one in points]
    name = "sim." + gauge.name.replace(" ", ".")
    return {"name": name, "unit": gauge.unit, "gauge": {"dataPoints": rows}}


def _resource(run: Stored, service: str) -> Json:
    """Who says so: a tier of the tree, or the run as a whole."""
    told: dict[str, Any] = {
        conventions.SERVICE_NAMESPACE: run.plan.name,
        conventions.SERVICE_NAME: service,
        conventions.RUN: run.run_id,
        conventions.REPLICATION: run.number,
        conventions.SEED: run.seed,
    }
    return {"attributes": attributes(told)}


_SCOPE: Final[Json] = {"name": "statistical-network-simulator"}
