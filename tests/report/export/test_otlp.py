"""The lines are read back as a collector's file receiver reads them: JSON, one request each."""

import json
import re
from functools import cache

import pytest

from sim.report.export.messages import sendings
from sim.report.export.otlp import METRICS, TRACES, write_otlp
from sim.report.export.window import WHOLE
from tests.report.export.exported import stored

BEGIN_NS = 946_684_800_000_000_000


def run():
    return stored()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("otlp") / "out"
    assert write_otlp(run(), WHOLE, path) == []
    return path


@cache
def _lines(path):
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


@pytest.fixture
def spans(folder):
    return [
        span
        for line in _lines(folder / TRACES)
        for of in line["resourceSpans"]
        for scope in of["scopeSpans"]
        for span in scope["spans"]
    ]


def told(span):
    """Attributes as plain values."""
    return {one["key"]: next(iter(one["value"].values())) for one in span["attributes"]}


def test_a_file_holds_one_kind_of_data(folder):
    assert {key for line in _lines(folder / TRACES) for key in line} == {"resourceSpans"}
    assert {key for line in _lines(folder / METRICS) for key in line} == {"resourceMetrics"}


def test_ids_are_hex_of_the_right_length_and_no_span_has_that_of_another(spans):
    for span in spans:
        assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
        assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
    assert len({(span["traceId"], span["spanId"]) for span in spans}) == len(spans)


def test_times_are_text_of_nanoseconds_and_no_span_ends_before_it_begins(spans):
    for span in spans:
        begin, end = span["startTimeUnixNano"], span["endTimeUnixNano"]
        assert isinstance(begin, str)
        assert BEGIN_NS <= int(begin) <= int(end)


def test_every_parent_and_every_link_is_a_span_of_the_file(spans):
    there = {(span["traceId"], span["spanId"]) for span in spans}
    for span in spans:
        if "parentSpanId" in span:
            assert (span["traceId"], span["parentSpanId"]) in there
        assert all((link["traceId"], link["spanId"]) in there for link in span.get("links", ()))


def test_what_is_received_is_linked_to_what_was_sent(spans):
    kinds = {(span["traceId"], span["spanId"]): span["kind"] for span in spans}
    linked = [(span["kind"], span["links"]) for span in spans if "links" in span]
    assert {(kind, kinds[link["traceId"], link["spanId"]]) for kind, (link,) in linked} == {(5, 4)}


def test_a_message_is_sent_by_one_and_received_by_another(spans):
    shown = sendings(run(), WHOLE)
    sent = [span for span in spans if span["kind"] == 4]
    came = {span["traceId"]: span for span in spans if span["kind"] == 5}
    assert (len(sent), len(came)) == (len(shown), shown.came.sum())
    pairs = sorted(
        (int(span["startTimeUnixNano"]) - BEGIN_NS, *_ends(span), _end_ns(span))
        for span in sent
        if span["traceId"] in came
    )
    for span in sent:
        if span["traceId"] in came:
            other = came[span["traceId"]]
            assert other["startTimeUnixNano"] == span["endTimeUnixNano"]
            assert told(other)["gen_ai.agent.name"] == told(span)["sim.receiver"]
    arrived = [
        column[shown.came].tolist()
        for column in (shown.sent_ns, shown.sender, shown.receiver, shown.arrived_ns)
    ]
    assert pairs == sorted(zip(*arrived, strict=True))


def _ends(span):
    return told(span)["gen_ai.agent.name"], told(span)["sim.receiver"]


def _end_ns(span):
    return int(span["endTimeUnixNano"]) - BEGIN_NS


def test_what_never_arrives_is_an_error_of_its_sender(spans):
    lost = [span for span in spans if span.get("status", {}).get("code") == 2]
    assert len(lost) == (~sendings(run(), WHOLE).came).sum() > 0
    assert {told(span)["error.type"] for span in lost} == {"lost"}


def test_faults_and_lies_are_spans_of_the_run_and_publications_its_events(spans):
    (root,) = [span for span in spans if span["kind"] == 1 and "parentSpanId" not in span]
    below = {span["name"]: span for span in spans if span.get("parentSpanId") == root["spanId"]}
    cut = below["faults[0] partition: partition"]
    assert int(cut["startTimeUnixNano"]) - BEGIN_NS == 800_000_000
    assert _end_ns(cut) == 1_400_000_000
    assert "adversaries[1] forge: forge" in below
    published = [event for event in root["events"] if event["name"] == "baseline"]
    assert len(published) == len(run().tables.baselines["version"])


def test_gauges_are_the_samples(folder):
    metrics = [
        metric
        for line in _lines(folder / METRICS)
        for metric in line["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    ]
    (coverage,) = [one for one in metrics if one["name"] == "sim.coverage"]
    points = coverage["gauge"]["dataPoints"]
    samples = run().tables.samples
    assert [one["asDouble"] for one in points] == samples["coverage"].tolist()
    times = [int(one["timeUnixNano"]) - BEGIN_NS for one in points]
    assert times == samples["time_ns"].tolist()


def test_ages_of_regions_are_one_gauge_with_the_region_at_each_point(folder):
    regions = run().tables.regions
    points = [
        (told(point)["sim.node"], point["asDouble"])
        for line in _lines(folder / METRICS)
        for metric in line["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
        if metric["name"] == "sim.oldest.age"
        for point in metric["gauge"]["dataPoints"]
    ]
    for region in (0, 1):
        ages_s = regions["oldest_age_ns"][regions["region"] == region] * 1e-9
        assert [age for node, age in points if node == f"regional-{region}"] == ages_s.tolist()


def test_the_same_run_gives_the_same_bytes(folder, tmp_path):
    write_otlp(run(), WHOLE, tmp_path / "again")
    for name in (TRACES, METRICS):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
