from hypothesis import given
from hypothesis import strategies as st

from sim.engine.kernel import Kernel
from sim.engine.timers import Timers
from tests.reference.plain_timers import PlainTimers

NAMES = st.sampled_from("abc")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 1), NAMES, st.integers(0, 6)),
        st.tuples(st.just("cancel"), st.integers(0, 1), NAMES),
        st.tuples(st.just("clear"), st.integers(0, 1)),
        st.tuples(st.just("wait"), st.integers(1, 4)),
    ),
    max_size=30,
)


def fired(make, steps):
    """When which timer of which of two hosts fired; a timer that fires may set the next."""
    kernel, seen, hosts = Kernel(), [], []

    def add(host):
        def fire(name, number=None):
            if number is None or hosts[host].take(name, number):
                seen.append((kernel.now_ns, host, name))
                if name == "a":
                    hosts[host].set("b", kernel.now_ns + 2)

        hosts.append(make(kernel, fire))

    add(0)
    add(1)
    for verb, *rest in steps:
        if verb == "wait":
            kernel.run(kernel.now_ns + rest[0])
        elif verb == "set":
            hosts[rest[0]].set(rest[1], kernel.now_ns + rest[2])
        else:
            getattr(hosts[rest[0]], verb)(*rest[1:])
    kernel.run(kernel.now_ns + 20)
    return seen


@given(STEPS)
def test_timers_fire_when_and_in_the_order_in_which_one_event_each_would(steps):
    assert fired(Timers, steps) == fired(PlainTimers, steps)


def test_timers_that_are_cancelled_do_not_pile_up():
    kernel = Kernel()
    timers = Timers(kernel, lambda name, number: None)
    for number in range(1000):
        timers.set(f"slot {number}", 10**9 + number)
        timers.cancel(f"slot {number}")
    assert len(timers._waiting) < 20
    assert len(kernel.pending(Timers)) == 1


def test_a_timer_that_was_set_again_is_not_the_one_that_was_due():
    timers = Timers(Kernel(), lambda name, number: None)
    timers.set("t", 5)
    (_, number, _) = timers._waiting[0]
    timers.set("t", 9)
    assert not timers.take("t", number)
