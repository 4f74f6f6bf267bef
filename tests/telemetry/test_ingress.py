"""The queue in columns, against the obvious loop; and what a queue does to a whole run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry.emission import NEVER, Emission
from sim.telemetry.flight import Flight
from sim.telemetry.ingress import Ingress
from sim.telemetry.intake import Reports
from sim.telemetry.overtaken import Overtaken
from sim.telemetry.tree import Run
from tests.engine.scenarios import AGE_MAX_NS, DELAY_NS, LOG, MS, S, at, between, run

INSTANTS = st.one_of(st.integers(0, 40), st.integers(0, 4000))


@st.composite
def arrivals_at(draw):
    """Arrivals of some reports of some children, (ticks, children), and how they are grouped."""
    size, parents, ticks = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 4))
    every = draw(
        st.lists(INSTANTS, min_size=ticks * size * parents, max_size=ticks * size * parents)
    )
    return np.array(every, np.float64).reshape(ticks, size * parents), size


def fifo(arrivals_ns, size, service_ns):
    """End of the service of each report: the plain loop over a queue for each parent."""
    finish_ns = np.empty_like(arrivals_ns)
    free_ns = np.zeros(arrivals_ns.shape[1] // size)
    cells = [(at_ns, child, tick) for (tick, child), at_ns in np.ndenumerate(arrivals_ns)]
    for at_ns, child, tick in sorted(cells):
        parent = child // size
        free_ns[parent] = max(at_ns, free_ns[parent]) + service_ns
        finish_ns[tick, child] = free_ns[parent]
    return finish_ns


def in_columns(arrivals_ns, size, service_ns, ends_ns):
    """The same by `Ingress`, in steps that end at `ends_ns`; all is sent in the first one."""
    ticks, children = arrivals_ns.shape
    queue = Ingress.of(children // size, service_ns)
    run_ = Run(0, children // size, 0, size)
    reports, flight = reports_of(arrivals_ns), Flight.empty(1, 1)
    reports, _ = queue.serve(run_, reports, flight, Overtaken(), ends_ns[0])
    tick, child = np.indices((ticks, children)).reshape(2, -1)
    order = np.lexsort((tick, child))
    tick, child = tick[order], child[order]
    flight = flight_of(child, reports.arrivals_ns[tick, child], queue.was_served(tick, child))
    for end_ns in ends_ns[1:]:
        nothing = reports_of(np.empty((0, children)))
        _, flight = queue.serve(run_, nothing, flight, Overtaken(), end_ns)
    finish_ns = np.empty_like(arrivals_ns)
    finish_ns[tick, child] = flight.arrival_ns
    return finish_ns


def reports_of(arrivals_ns):
    emission = Emission(0, np.zeros_like(arrivals_ns), None)
    return Reports(emission, arrivals_ns, {}, np.zeros((*arrivals_ns.shape, 1), np.int64))


def flight_of(child, arrival_ns, served):
    size = len(child)
    zeros = np.zeros((size, 1), np.int64)
    leading = np.ones(size, np.bool_)
    pane, nothing = np.zeros(size, np.int64), np.empty((size, 0))
    return Flight(child, arrival_ns, pane, leading, served, zeros, zeros, nothing)


@given(arrivals_at(), st.integers(0, 50), st.lists(st.integers(1, 4000), max_size=4))
def test_the_queue_in_columns_is_the_queue_message_by_message(arrivals, service_ns, cuts_ns):
    arrivals_ns, size = arrivals
    ends_ns = [*sorted(cuts_ns), 10_000]
    expected = fifo(arrivals_ns, size, service_ns)
    assert in_columns(arrivals_ns, size, service_ns, ends_ns).tolist() == expected.tolist()


def test_what_never_arrives_is_never_served():
    arrivals_ns = np.array([[5.0, NEVER]])
    finish_ns = in_columns(arrivals_ns, 2, 10, [100, 200])
    assert finish_ns.tolist() == [[15, NEVER]]


def test_a_step_in_which_nothing_comes_changes_nothing():
    queue = Ingress.of(2, 10)
    _, flight = queue.serve(
        Run(0, 2, 0, 3), reports_of(np.empty((0, 6))), Flight.empty(1, 1), Overtaken(), 50
    )
    assert (len(flight), queue.free_ns.tolist()) == (0, [0, 0])


def test_both_panes_of_a_report_are_served_together():
    one = flight_of(np.array([0, 0]), np.array([5.0, 5.0]), np.zeros(2, np.bool_))
    one.leading[1] = False
    queue = Ingress.of(1, 10)
    _, served = queue.serve(Run(0, 1, 0, 1), reports_of(np.empty((0, 1))), one, Overtaken(), 50)
    assert served.arrival_ns.tolist() == [15, 15]
    assert queue.free_ns.tolist() == [15]


# In a run: a local with one agent is a D/D/1 queue, the agent reports every 100 ms


def age_of(service, **blocks):
    """A run in which only the root's queue is busy: agents report to it directly."""
    tree = {"levels": 1, "ingress": service}
    return run(tree=tree, agents={"count": 1, "features": 1}, **blocks)


def test_in_a_d_d_1_queue_with_time_to_spare_nobody_waits():
    heard = age_of("30ms").tables["heard"]
    assert set((heard["known_ns"] - heard["sent_ns"]).tolist()) == {DELAY_NS + 30 * MS}
    assert between(age_of("30ms"), S, 4 * S, "oldest_age_ns").max() <= 130 * MS + DELAY_NS


def test_above_full_utilisation_the_age_grows_without_bound():
    # Reports every 100 ms, 150 ms each: of what is sent only two thirds are served, so the newest
    # served one falls behind by a third of the time.
    ages_ns = between(age_of("150ms"), S, 4 * S, "oldest_age_ns")
    slope = (ages_ns[-1] - ages_ns[0]) / (3 * S)
    # Sampled ages are off by at most one service time at either end.
    assert slope == pytest.approx(1 / 3, abs=150 * MS / (3 * S))
    assert at(age_of("150ms"), 4 * S, "heard") == 1


def test_at_full_utilisation_nobody_waits():
    ages_ns = between(age_of("100ms"), S, 4 * S, "oldest_age_ns")
    assert np.ptp(ages_ns) == 0


def test_twelve_agents_that_share_a_queue_wait_at_most_for_the_eleven_others():
    shared = run(tree={"levels": 1, "ingress": "8ms"}, agents={"count": 12}, journal=LOG)
    ages_ns = between(shared, S, 4 * S, "oldest_age_ns")
    assert ages_ns.max() <= 100 * MS + DELAY_NS + 12 * 8 * MS


def test_a_busy_queue_loses_nothing():
    slow, free = (run(tree={"ingress": time}) for time in ("5ms", "0ms"))
    assert at(slow, 4 * S, "heard") == at(free, 4 * S, "heard") == 24
    assert between(free, S, 4 * S, "oldest_age_ns").max() <= AGE_MAX_NS
    # Through three queues: at most 4, 2 and 3 services and a further period each.
    bound_ns = AGE_MAX_NS + (4 + 2 + 3) * 5 * MS
    assert between(slow, S, 4 * S, "oldest_age_ns").max() <= bound_ns


OVERLOADED = {
    "tree": {"levels": 2, "ingress": ["40ms", "0ms"]},
    "agents": {"count": 8, "features": 1},
}
"""Two locals with four agents each, 40 ms a message: served are five reports in eight."""
OUTAGE = {"nodes": ["local-0", "local-1"], "at": "2s", "until": "2500ms"}


def test_a_node_that_goes_down_loses_its_queue():
    ages_ns = run(**OVERLOADED), run({"kind": "crash", **OUTAGE}, **OVERLOADED)
    undisturbed, crashed = (at(one, 2800 * MS, "oldest_age_ns") for one in ages_ns)
    # It starts with an empty queue: the four agents have been served within 100 + 4 * 40 ms.
    assert undisturbed > S
    assert crashed <= (100 + 4 * 40 + 100) * MS + 2 * DELAY_NS


def test_a_node_that_stands_still_serves_nobody_meanwhile_and_then_goes_on():
    undisturbed, paused = run(**OVERLOADED), run({"kind": "pause", **OUTAGE}, **OVERLOADED)
    for later_ns in (200 * MS, 400 * MS, 600 * MS):
        before = at(undisturbed, 2 * S + later_ns, "oldest_age_ns")
        assert at(paused, 2500 * MS + later_ns, "oldest_age_ns") == before + 500 * MS


@pytest.mark.parametrize("kind", ["crash", "pause"])
def test_no_value_is_missing_once_the_queue_has_caught_up(kind):
    free = {"tree": {"levels": 2, "ingress": ["10ms", "0ms"]}, "agents": OVERLOADED["agents"]}
    counts = [
        at(run(*faults, **free), 4 * S, "count") for faults in ([], [{"kind": kind, **OUTAGE}])
    ]
    assert counts[0] == counts[1]
