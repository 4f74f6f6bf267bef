"""The bytes of a Perfetto trace: descriptors of tracks, then events in the order of time.

Format: TrackEvent in perfetto/trace/track_event/track_event.proto, of the package `perfetto`. At
one instant slices of a track end before others begin, so that they nest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sim.errors import SimError

SEQUENCE: Final = 1
"""All packets are of one writer."""
_END, _BEGIN = 0, 1


@dataclass(frozen=True, slots=True)
class Event:
    """A slice, or a mark if it ends as it begins; arrows have a number at either end."""

    begin_ns: int
    end_ns: int
    name: str
    category: str
    details: dict[str, str | int | float] = field(default_factory=dict)
    begins: int = 0
    """The arrow that begins here; 0 = none."""
    ends: int = 0


def check_installed() -> None:
    """Raises SimError if the package that knows the format is not there."""
    try:
        import perfetto.trace_builder.proto_builder  # noqa: F401
    except ImportError as error:
        raise SimError(
            "a Perfetto trace needs the package perfetto: "
            "pip install 'statistical-network-simulator[trace]'"
        ) from error


class Trace:
    """Tracks are written as they are made; events at the end of the ``with``, by time."""

    def __init__(self, path: Path) -> None:
        from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as protos
        from perfetto.trace_builder.proto_builder import StreamingTraceProtoBuilder

        self._file = path.open("wb")
        self._builder = StreamingTraceProtoBuilder(self._file)
        self._kinds, self._ordering = protos.TrackEvent, protos.TrackDescriptor.EXPLICIT
        self._tracks = 0
        self._events: list[tuple[int, int, int, int, Event | float | None]] = []
        first = self._packet()
        first.sequence_flags = protos.TracePacket.SEQ_INCREMENTAL_STATE_CLEARED
        self._builder.write_packet(first)

    def track(self, name: str, parent: int | None = None) -> int:
        """A new track, below another; answers its number."""
        packet = self._descriptor(name, parent)
        self._builder.write_packet(packet)
        return self._tracks

    def counter(self, name: str, unit: str, parent: int) -> int:
        """A new track for a measured line."""
        packet = self._descriptor(f"{name} [{unit}]", parent)
        packet.track_descriptor.counter.unit_name = unit
        self._builder.write_packet(packet)
        return self._tracks

    def add(self, track: int, event: Event) -> None:
        """A slice or mark on a track."""
        self._put(event.begin_ns, _BEGIN, track, event)
        if event.end_ns > event.begin_ns:
            self._put(event.end_ns, _END, track, None)

    def count(self, track: int, time_ns: Sequence[int], value: Sequence[float]) -> None:
        """Points of a measured line."""
        for at_ns, one in zip(time_ns, value, strict=True):
            self._put(at_ns, _BEGIN, track, one)

    def __enter__(self) -> "Trace":
        return self

    def __exit__(self, kind: object, *_more: object) -> None:
        """Write all events, unless something went wrong."""
        with self._file:
            if kind is None:
                self._write_events()

    def _write_events(self) -> None:
        for at_ns, _, _, track, what in sorted(self._events, key=lambda event: event[:3]):
            packet = self._packet()
            packet.timestamp = at_ns
            packet.track_event.track_uuid = track
            self._fill(packet.track_event, what)
            self._builder.write_packet(packet)

    def _put(self, at_ns: int, phase: int, track: int, what: Event | float | None) -> None:
        self._events.append((at_ns, phase, len(self._events), track, what))

    def _packet(self) -> Any:
        packet = self._builder.create_packet()
        packet.trusted_packet_sequence_id = SEQUENCE
        return packet

    def _descriptor(self, name: str, parent: int | None) -> Any:
        self._tracks += 1
        packet = self._packet()
        packet.track_descriptor.uuid = self._tracks
        packet.track_descriptor.name = name
        # In the order of writing: by name, local-10 would come before local-2.
        packet.track_descriptor.child_ordering = self._ordering
        packet.track_descriptor.sibling_order_rank = self._tracks
        if parent is not None:
            packet.track_descriptor.parent_uuid = parent
        return packet

    def _fill(self, packed: Any, what: Event | float | None) -> None:
        if what is None:
            packed.type = self._kinds.TYPE_SLICE_END
        elif isinstance(what, Event):
            is_mark = what.begin_ns == what.end_ns
            packed.type = self._kinds.TYPE_INSTANT if is_mark else self._kinds.TYPE_SLICE_BEGIN
            _describe(packed, what)
        else:
            packed.type = self._kinds.TYPE_COUNTER
            packed.double_counter_value = what


def _describe(packed: Any, event: Event) -> None:
    packed.name = event.name
    packed.categories.append(event.category)
    if event.begins:
        packed.flow_ids.append(event.begins)
    if event.ends:
        packed.terminating_flow_ids.append(event.ends)
    for key, value in event.details.items():
        note = packed.debug_annotations.add()
        note.name = key
        if isinstance(value, str):
            note.string_value = value
        elif isinstance(value, int):
            note.int_value = value
        else:
            note.double_value = value
