"""Spans of a run: itself with its faults, lies and decisions, and two of every message.

A message is a trace of two spans: its sender's (producer), from its sending to its arrival, and its
receiver's (consumer), which is the child of the other and linked to it. One that never arrives is
the sender's alone, with an error.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sim.report.export import conventions
from sim.report.export.messages import Sendings, tier_of
from sim.report.export.stored import Stored
from sim.report.export.story import Moment, Stretch, moments, stretches

Json = dict[str, Any]

EPOCH_NS: Final = 946_684_800 * 1_000_000_000
"""1 January 2000, UTC: a simulated run has no date, and at 1970 some programs see none."""
INTERNAL, PRODUCER, CONSUMER = 1, 4, 5
"""SpanKind of opentelemetry/proto/trace/v1/trace.proto."""
ERROR: Final = 2
"""StatusCode."""


def at(time_ns: int) -> str:
    """An instant of a run as OTLP has it: nanoseconds since 1970, as text."""
    return str(EPOCH_NS + time_ns)


def attributes(values: Mapping[str, Any]) -> list[Json]:
    """Attributes as OTLP in JSON has them; whole numbers are text."""
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> Json:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": str(value)}


def story_spans(run: Stored) -> Iterator[Json]:
    """The run as a span, with what happened at an instant as its events; below it what lasts."""
    trace = _hex(run, 32, "run")
    root = _span(trace, _hex(run, 16, "run"), run.plan.name, INTERNAL, 0, run.plan.duration_ns)
    root["events"] = [_event(one) for one in sorted(moments(run), key=lambda one: one.at_ns)]
    yield root
    for row, one in enumerate(stretches(run)):
        yield _stretch(run, trace, root["spanId"], row, one)


def _stretch(run: Stored, trace: str, parent: str, row: int, one: Stretch) -> Json:
    own = _hex(run, 16, "stretch", row)
    span = _span(trace, own, f"{one.track}: {one.name}", INTERNAL, one.begin_ns, one.end_ns)
    told = {f"sim.{key}": value for key, value in one.details.items()}
    group = {"sim.group": one.group}
    return span | {"parentSpanId": parent, "attributes": attributes(group | told)}


def _event(one: Moment) -> Json:
    told = {f"sim.{key}": value for key, value in one.details.items()}
    return {"timeUnixNano": at(one.at_ns), "name": one.name, "attributes": attributes(told)}


def message_spans(run: Stored, shown: Sendings) -> dict[str, Iterator[Json]]:
    """The spans of all messages, by the tier whose nodes say so."""
    spans: dict[str, list[tuple[int, bool]]] = {}
    ends = zip(shown.sender.tolist(), shown.receiver.tolist(), shown.came.tolist(), strict=True)
    for row, (sender, receiver, came) in enumerate(ends):
        spans.setdefault(tier_of(sender), []).append((row, True))
        if came:
            spans.setdefault(tier_of(receiver), []).append((row, False))
    return {tier: (_message(run, shown, *one) for one in some) for tier, some in spans.items()}


def _message(run: Stored, shown: Sendings, row: int, is_sender: bool) -> Json:
    sender, receiver = str(shown.sender[row]), str(shown.receiver[row])
    kind, came = str(shown.kind[row]), bool(shown.came[row])
    sent_ns, arrived_ns = int(shown.sent_ns[row]), int(shown.arrived_ns[row])
    trace, first = _hex(run, 32, "message", row), _hex(run, 16, "sent", row)
    told = {conventions.KIND: kind, conventions.DETAIL: str(shown.detail[row])}
    if is_sender:
        end_ns = arrived_ns if came else sent_ns
        span = _span(trace, first, f"send {kind}", PRODUCER, sent_ns, end_ns)
        told = {conventions.AGENT_NAME: sender, conventions.RECEIVER: receiver, **told}
        if not came:
            span["status"] = {"code": ERROR, "message": "never arrives"}
            told[conventions.ERROR_TYPE] = conventions.LOST
    else:
        own = _hex(run, 16, "came", row)
        span = _span(trace, own, f"receive {kind}", CONSUMER, arrived_ns, arrived_ns)
        span |= {"parentSpanId": first, "links": [{"traceId": trace, "spanId": first}]}
        told = {conventions.AGENT_NAME: receiver, conventions.SENDER: sender, **told}
    return span | {"attributes": attributes(told)}


def _span(trace: str, own: str, name: str, kind: int, begin_ns: int, end_ns: int) -> Json:
    return {
        "traceId": trace,
        "spanId": own,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": at(begin_ns),
        "endTimeUnixNano": at(end_ns),
    }


def _hex(run: Stored, digits: int, *of: object) -> str:
    """An id of so many hex digits, never all zeros."""
    key = "\0".join(map(str, (run.run_id, run.number, *of)))
    return hashlib.blake2b(key.encode(), digest_size=digits // 2).hexdigest()
