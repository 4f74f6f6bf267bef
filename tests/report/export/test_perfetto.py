"""The trace is read back with the classes of its own package."""

import sys
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as protos

from sim.errors import SimError
from sim.report.export.messages import sendings
from sim.report.export.perfetto import write_perfetto
from sim.report.export.window import WHOLE, Window
from tests.report.export.exported import stored

KIND = protos.TrackEvent


@cache
def _written(path, window, messages):
    notes = write_perfetto(stored(messages), window, path)
    return path.read_bytes(), notes


@pytest.fixture(scope="module")
def packets(tmp_path_factory):
    path = tmp_path_factory.mktemp("trace") / "trace.pftrace"
    trace = protos.Trace()
    trace.ParseFromString(_written(path, WHOLE, True)[0])
    return trace.packet


def tracks(packets):
    """The name of each track, with that of its group in front."""
    described = [one.track_descriptor for one in packets if one.HasField("track_descriptor")]
    names = {one.uuid: one.name for one in described}
    assert len(names) == len(described)
    return {
        one.uuid: (names[one.parent_uuid], one.name) if one.parent_uuid else (one.name,)
        for one in described
    }


def events(packets, *kinds):
    wanted = [one for one in packets if one.HasField("track_event")]
    return [(one.timestamp, one.track_event) for one in wanted if one.track_event.type in kinds]


def slices(packets):
    """Track, name, begin and end of each slice."""
    found, open_ = [], defaultdict(list)
    for at_ns, event in events(packets, KIND.TYPE_SLICE_BEGIN, KIND.TYPE_SLICE_END):
        if event.type == KIND.TYPE_SLICE_BEGIN:
            open_[event.track_uuid].append((event.name, at_ns))
        else:
            found.append((event.track_uuid, *open_[event.track_uuid].pop(), at_ns))
    assert not any(open_.values())
    return found


def test_a_track_is_described_before_anything_happens_on_it(packets):
    described = set()
    for one in packets:
        if one.HasField("track_descriptor"):
            assert one.track_descriptor.parent_uuid in described | {0}
            described.add(one.track_descriptor.uuid)
        elif one.HasField("track_event"):
            assert one.track_event.track_uuid in described


def test_nodes_of_a_tier_are_in_the_order_of_their_numbers(packets):
    ranks = {one.track_descriptor.name: one.track_descriptor.sibling_order_rank for one in packets}
    agents = [ranks[f"agent-{number}"] for number in range(24)]
    assert agents == sorted(agents)


def test_times_never_go_back(packets):
    times = [one.timestamp for one in packets if one.HasField("track_event")]
    assert times == sorted(times)


def test_every_slice_ends_and_on_a_track_none_overlaps_another(packets):
    by_track = defaultdict(list)
    for track, _, begin_ns, end_ns in slices(packets):
        by_track[track].append((begin_ns, end_ns))
    for spans in by_track.values():
        ordered = sorted(spans)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(ordered))


def test_an_arrow_goes_from_the_sending_of_each_message_to_its_arrival(packets):
    shown = sendings(stored(), WHOLE)
    names = tracks(packets)
    begins, ends = {}, {}
    for at_ns, event in events(packets, KIND.TYPE_SLICE_BEGIN, KIND.TYPE_INSTANT):
        begins |= dict.fromkeys(event.flow_ids, (names[event.track_uuid][1], at_ns))
        ends |= dict.fromkeys(event.terminating_flow_ids, (names[event.track_uuid][1], at_ns))
    came = shown.came
    assert 0 < came.sum() < len(came)
    assert sorted(begins) == sorted(ends)
    sent = zip(shown.sender[came].tolist(), shown.sent_ns[came].tolist(), strict=True)
    arrived = zip(shown.receiver[came].tolist(), shown.arrived_ns[came].tolist(), strict=True)
    flows = (np.flatnonzero(came) + 1).tolist()
    assert [begins[flow] for flow in flows] == list(sent)
    assert [ends[flow] for flow in flows] == list(arrived)


def test_a_message_that_never_arrives_is_a_mark_without_an_arrow(packets):
    marks = [event for _, event in events(packets, KIND.TYPE_INSTANT) if "lost" in event.categories]
    shown = sendings(stored(), WHOLE)
    assert len(marks) == (~shown.came).sum()
    assert not any(event.flow_ids or event.terminating_flow_ids for event in marks)


def test_faults_and_liars_are_slices_on_tracks_of_their_own(packets):
    names = tracks(packets)
    found = [(*names[track], name, begin, end) for track, name, begin, end in slices(packets)]
    ms = 1_000_000
    assert ("network", "faults[0] partition", "partition", 800 * ms, 1400 * ms) in found
    assert ("adversaries", "adversaries[0] push", "push", 500 * ms, 2000 * ms) in found
    cut = [one for one in found if one[:3] == ("regions", "regional-0", "cut off")]
    assert len(cut) == 1


def test_every_publication_is_a_mark(packets):
    run = stored()
    names = tracks(packets)
    marks = [
        at_ns
        for at_ns, event in events(packets, KIND.TYPE_INSTANT)
        if names[event.track_uuid][-1] == "publications"
    ]
    assert marks == run.tables.baselines["published_ns"].tolist()


def test_counters_are_the_samples(packets):
    run, names = stored(), tracks(packets)
    points = defaultdict(list)
    for at_ns, event in events(packets, KIND.TYPE_COUNTER):
        points[names[event.track_uuid][-1]].append((at_ns, event.double_counter_value))
    times = run.tables.samples["time_ns"].tolist()
    expected = list(zip(times, run.tables.samples["coverage"].tolist(), strict=True))
    assert points["coverage [1]"] == expected
    assert {"staleness oldest [s]", "error mean [{sd}]"} <= points.keys()


def test_a_window_has_the_messages_that_are_sent_in_it_and_all_else(tmp_path):
    window = Window(900_000_000, 1_000_000_000)
    trace = protos.Trace()
    trace.ParseFromString(_written(tmp_path / "part", window, True)[0])
    categories = Counter(
        (event.categories[0], 900_000_000 <= at_ns < 1_000_000_000)
        for at_ns, event in events(trace.packet, KIND.TYPE_SLICE_BEGIN)
    )
    assert categories["message", True] > 0
    assert categories["message", False] == 0
    assert categories["network", False] == 1


def test_the_same_run_gives_the_same_bytes(tmp_path):
    assert len({_written(tmp_path / name, WHOLE, True)[0] for name in ("one", "two")}) == 1


def test_of_a_run_without_messages_all_else_is_told_with_the_call_that_keeps_them(tmp_path):
    trace = protos.Trace()
    data, notes = _written(tmp_path / "none", WHOLE, False)
    trace.ParseFromString(data)
    assert len(slices(trace.packet)) > 0
    assert notes == [
        "this run kept no single messages; a run that does: "
        "sim run small.yaml --set journal.messages=true"
    ]


def test_without_the_package_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "perfetto.trace_builder.proto_builder", None)
    with pytest.raises(SimError, match=r"statistical-network-simulator\[trace\]"):
        write_perfetto(stored(False), WHOLE, tmp_path / "trace")
    assert not list(tmp_path.iterdir())
