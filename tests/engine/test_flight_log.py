"""The table of single messages, against the tables of what was sent and what came."""

from collections import Counter
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.journal import MESSAGE_RECORDS, Journal
from sim.engine.switch import Switch
from tests.engine.test_switch import DELAYS, FAULTS, SAID, played

UNTIL = st.integers(1, 30)


def rows(table, *columns):
    return list(zip(*(table[name].tolist() for name in columns), strict=True))


@settings(max_examples=50)
@given(DELAYS, SAID, FAULTS, UNTIL)
def test_every_message_is_a_row_that_says_when_it_came_or_is_due_or_that_it_never_does(
    delays, said, faults, until_ns
):
    committee = played(Switch, delays, said, faults, until_ns)
    journal, found = committee.journal, committee.switch.messages()
    ends = ("sender", "receiver", "kind")
    assert rows(found, "sent_ns", *ends) == rows(journal.table("sent"), "at_ns", *ends)
    came = Counter(rows(journal.table("delivered"), "sent_ns", "at_ns", *ends))
    arrivals = Counter(row for row in rows(found, "sent_ns", "arrived_ns", *ends) if row[1] >= 0)
    due = arrivals - came
    assert came - arrivals == Counter()
    assert due.total() == sum(one.in_flight for one in committee.switch.traffic())
    assert all(row[1] >= until_ns for row in due)


@settings(max_examples=50)
@given(DELAYS, SAID, FAULTS, UNTIL, st.integers(0, 9), st.sampled_from("abcd"))
def test_of_what_is_asked_for_the_rows_are_those_of_all(
    delays, said, faults, until_ns, from_ns, name
):
    def wanted(sent_ns, sender, receivers):
        return sent_ns >= from_ns and name in (sender, *receivers)

    def keeping(kernel, judge, _journal):
        switch = Switch(kernel, judge, Journal(without=MESSAGE_RECORDS))
        switch.keep(wanted)
        return switch

    columns = ("sent_ns", "arrived_ns", "sender", "receiver", "kind")
    game = partial(played, delays=delays, said=said, faults=faults, until_ns=until_ns)
    every = rows(game(Switch).switch.messages(), *columns)
    some = rows(game(keeping).switch.messages(), *columns)
    mine = [row for row in every if row[0] >= from_ns and name in row[2:4]]
    assert [row for row in some if name in row[2:4]] == mine
    assert all(row[0] >= from_ns for row in some)
