"""Who goes next, held against queues that are searched; and what each discipline promises."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.messages import Message
from sim.protocol.routing.disciplines.age import age_index
from sim.protocol.routing.registry import DISCIPLINES
from tests.protocol.routing.small import (
    CHILDREN,
    CRITICAL,
    ROUTINE,
    URGENT,
    Line,
    discipline,
    pulse,
    router,
    update,
)
from tests.reference.routing import Arrival, fluid_ends, served

WEIGHTS = {"a": 1, "b": 2, "c": 5}


def by_padding(message: Message) -> int:
    """A line that takes 1 ns a byte of padding."""
    return message.padding_bytes


@st.composite
def _arrivals(draw) -> list[Arrival]:
    gaps = draw(st.lists(st.integers(0, 6), min_size=1, max_size=14))
    now_ns, found = 0, []
    for gap_ns in gaps:
        now_ns += gap_ns
        source, work = draw(st.sampled_from("abc")), draw(st.integers(1, 9))
        found.append(Arrival(now_ns, source, work, draw(st.integers(0, 2))))
    return found


def driven(kind: str, arrivals: list[Arrival], **options: object) -> list[tuple[int, int]]:
    """(number, end) of each arrival, in the order of service, by the real router."""
    line = Line(router(kind, by_padding, options=options))
    for number, (at_ns, source, work, importance) in enumerate(arrivals):
        line.offer(at_ns, update(source, number, importance, padding_bytes=work))
    line.run()
    return [(message.version, at_ns) for at_ns, message in line.sent]


def ended(arrivals: list[Arrival], begun: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(number, begin_ns + arrivals[number].work) for number, begin_ns in begun]


@settings(max_examples=40)
@given(_arrivals())
def test_fifo_serves_as_a_queue_searched_for_the_first(arrivals: list[Arrival]):
    expected = served(arrivals, lambda waiting, now_ns, done: min(waiting))
    assert driven("fifo", arrivals) == ended(arrivals, expected)


@settings(max_examples=40)
@given(_arrivals())
def test_priority_serves_as_a_queue_searched_for_the_best_class(arrivals: list[Arrival]):
    def best(waiting, now_ns, done):
        return min(waiting, key=lambda number: (arrivals[number].importance, number))

    assert driven("priority", arrivals) == ended(arrivals, served(arrivals, best))


@settings(max_examples=40)
@given(_arrivals())
def test_age_serves_as_a_queue_searched_for_the_largest_index(arrivals: list[Arrival]):
    def best(waiting, now_ns, done):
        last = {arrivals[number].source: begin_ns for number, begin_ns in done}
        heads = {(arrivals[n].source, arrivals[n].importance): n for n in sorted(waiting)[::-1]}

        def standing(number):
            age = now_ns - last.get(arrivals[number].source, 0)
            return -(16, 4, 1)[arrivals[number].importance] * age * (age + 1), number

        return min(heads.values(), key=standing)

    expected = ended(arrivals, served(arrivals, best))
    assert driven("age", arrivals, slot_ns=1) == expected


@settings(max_examples=40)
@given(_arrivals())
def test_fair_queueing_serves_whoever_ends_first_in_the_fluid(arrivals: list[Arrival]):
    fluid = fluid_ends(arrivals, WEIGHTS)
    got = driven("fair", arrivals, weights=WEIGHTS)
    for place, (number, end_ns) in enumerate(got):
        begin_ns = end_ns - arrivals[number].work
        rivals = [n for n, _ in got[place:] if arrivals[n].at_ns < begin_ns or n == number]
        assert fluid[number] <= min(fluid[n] for n in rivals) + 1e-9


@settings(max_examples=40)
@given(_arrivals())
def test_fair_queueing_ends_nothing_later_than_the_fluid_by_more_than_a_message(
    arrivals: list[Arrival],
):
    fluid = fluid_ends(arrivals, WEIGHTS)
    longest = max(arrival.work for arrival in arrivals)
    for number, end_ns in driven("fair", arrivals, weights=WEIGHTS):
        assert end_ns <= fluid[number] + longest


# Fair queueing


def flooded(kind: str, **options: object) -> list[int]:
    """Delays of `a`, which sends two messages of 5 ns every 40 ns, while `b` floods the line."""
    own = [Arrival(at, "a", 5) for at in range(0, 4000, 40) for _ in range(2)]
    flood = [Arrival(at, "b", 7) for at in range(0, 4000, 5)]
    arrivals = sorted(own + flood)
    ends = driven(kind, arrivals, **options)
    return [end - arrivals[n].at_ns for n, end in ends if arrivals[n].source == "a"]


def test_a_child_that_keeps_to_its_bucket_waits_for_no_more_than_sigma_by_rho_plus_one_message():
    # `a` sends 10 ns of work at once (sigma) and a quarter of the line in the long run; its share
    # is a quarter: 10 / (1/4) + 7.
    delays = flooded("fair", weights={"a": 1.0, "b": 2.0, "c": 1.0})
    assert max(delays) <= 10 * 4 + 7
    assert max(flooded("fifo")) > 1000


def test_what_is_left_over_by_the_important_is_shared_fairly():
    line = Line(router("priority", by_padding, options={"within": "fair"}))
    for at_ns in range(0, 3000, 10):
        line.offer(at_ns, update("c", at_ns, CRITICAL, padding_bytes=5))
        line.offer(at_ns, *(update("b", at_ns + n, padding_bytes=3) for n in range(3)))
        if at_ns % 30 == 0:
            line.offer(at_ns, update("a", at_ns, padding_bytes=3, born_ns=at_ns))
    # Half of the line is left, a child's share is 5/3 of 10 ns, and `a` asks for 3 in 30: it is
    # served at once but for the message on the line and the critical ones before it.
    delays = [at_ns - message.born_ns for at_ns, message in line.sent if message.source == "a"]
    assert len(delays) == 100
    assert max(delays) <= 30


def test_weights_of_nothing_are_refused():
    with pytest.raises(ValueError, match="above 0"):
        discipline("fair", weights={"a": 0.0})


# Who goes when there is no room


def shed_by(kind: str, *messages: Message, **limits: int) -> list[tuple[str, int]]:
    line = Line(router(kind, capacity=3, **limits))
    line.offer(0, *messages)
    line.run()
    kept = line.order()
    return [
        (message.source, message.version)
        for message in messages
        if (message.source, message.version) not in kept
    ]


def test_a_flood_of_routine_updates_pushes_out_nothing_critical():
    flood = [update("a", version) for version in range(9)]
    lost = shed_by("priority", *flood, update("b", 1, CRITICAL), update("c", 2, URGENT))
    assert all(source == "a" for source, _ in lost)


def test_among_equals_the_last_to_come_is_lost():
    flood = [update("a", version, CRITICAL) for version in range(5)]
    assert shed_by("priority", *flood) == [("a", 4)]


def test_where_there_is_no_room_the_longest_backlog_loses_its_last():
    flood = [update("a", version) for version in range(4)]
    assert shed_by("fair", *flood, update("b", 1), update("c", 1)) == [("a", 2), ("a", 3)]


def test_by_age_the_longest_line_loses_its_oldest():
    flood = [update("a", version) for version in range(4)]
    assert shed_by("age", *flood, update("b", 1), update("c", 1)) == [("a", 1), ("a", 2)]


def test_by_age_what_is_critical_is_not_lost_for_what_is_routine():
    first = [update(source, 1, ROUTINE) for source in "abc"]
    assert shed_by("age", *first, update("a", 2, ROUTINE), update("b", 2, CRITICAL)) == [("a", 2)]


# Age


def test_the_index_is_that_of_the_paper():
    assert age_index(3.0, weight=2.0, delivered=0.5) == 0.5 * 3 * (3 + 4 - 1)


def test_of_equal_sources_all_have_their_turn_whatever_they_claim():
    line = Line(router("age", options={"slot_ns": 1}))
    line.offer(9, *(update("a", n, born_ns=-(10**18)) for n in range(9)), pulse("a"), pulse("a"))
    line.offer(9, update("b", 1), update("c", 1))
    line.run()
    assert {source for source, _ in line.order()[1:3]} == {"b", "c"}


@pytest.mark.parametrize("options", [{"age_weights": (1, 0, 1)}, {"slot_ns": 0}, {"delivered": 0}])
def test_an_index_that_would_be_nothing_is_refused(options: dict[str, object]):
    with pytest.raises(ValueError, match="above 0"):
        discipline("age", **options)


# All of them


@pytest.mark.parametrize("kind", DISCIPLINES)
@settings(max_examples=25)
@given(arrivals=_arrivals())
def test_the_line_never_idles_while_a_message_waits(kind: str, arrivals: list[Arrival]):
    by_first = served(arrivals, lambda waiting, now_ns, done: min(waiting))
    got = driven(kind, arrivals)
    assert got[-1][1] == ended(arrivals, by_first)[-1][1]
    assert len(got) == len(arrivals)
    assert all(before < after for (_, before), (_, after) in pairwise(got))


@pytest.mark.parametrize("kind", DISCIPLINES)
@settings(max_examples=25)
@given(arrivals=_arrivals())
def test_waiting_work_is_the_same_whatever_the_order(kind: str, arrivals: list[Arrival]):
    """Conservation, in every single run: the integral of the work that waits (Kleinrock)."""

    def waiting_work(ends: list[tuple[int, int]]) -> int:
        return sum(
            arrivals[n].work * (end_ns - arrivals[n].work - arrivals[n].at_ns) for n, end_ns in ends
        )

    assert waiting_work(driven(kind, arrivals)) == waiting_work(driven("fifo", arrivals))


def test_every_child_is_known_to_the_tests():
    assert set(WEIGHTS) == set(CHILDREN)
