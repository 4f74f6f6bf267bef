"""The node around a holder or keeper: whom it tells what, and when."""

from sim.protocol.effects import Send, SetTimer
from sim.protocol.membership.aggregator import Aggregator, NewEpoch
from sim.protocol.membership.epochs import Expel, Move, applied, founded
from sim.protocol.membership.ownership import Holder, Holding, Keeper, Reading

FIRST = founded("R", [("A", "P"), ("B", "P"), ("P", "R")], [((0, 2), "A"), ((2, 4), "B")])
PERIOD_NS = 1000


def aggregator(book, **more):
    node = Aggregator(book, PERIOD_NS, phase_ns=7, **more)
    assert node.start(0) == [SetTimer("report", 7)]
    return node


def reading(source, epoch=0):
    return Reading(source, epoch, 0, 1, 1)


def test_what_is_complete_for_the_first_time_in_an_epoch_is_reported_at_once():
    node = aggregator(Holder("A", FIRST))
    assert node.on_message(reading(0), 0) == []
    assert node.on_message(reading(1), 0) == [Send("P", Holding("A", 0, 0, 1, 2, 2))]
    (report,) = node.on_message(NewEpoch(applied(FIRST, Move(0, 1, "B"))), 0)
    assert report == Send("P", Holding("A", 1, 0, 2, 1, 1))


def test_the_rest_is_reported_once_a_period():
    node = aggregator(Holder("A", FIRST))
    for source in (0, 1):
        node.on_message(reading(source), 0)
    timer, report = node.on_timer("report", 7)
    assert timer == SetTimer("report", PERIOD_NS)
    assert report.message.version == 2


def test_the_root_and_whoever_is_no_member_report_to_nobody():
    for book in (Keeper("R", FIRST), Holder("A", applied(FIRST, Expel("A")))):
        assert aggregator(book).on_timer("report", 7) == [SetTimer("report", PERIOD_NS)]


def test_a_view_that_is_not_the_committees_or_not_newer_is_not_adopted():
    news = NewEpoch(applied(FIRST, Move(0, 1, "B")))
    node = aggregator(Holder("A", FIRST), trusted=lambda news: False)
    node.on_message(news, 0)
    assert node.book.view is FIRST
    node = aggregator(Holder("A", FIRST))
    node.on_message(news, 0)
    node.on_message(NewEpoch(FIRST), 0)
    assert node.book.view is news.view


def test_messages_are_as_long_as_what_they_carry():
    assert NewEpoch(FIRST).size_bytes == 64 + 8 + 6 + 3 * 8 + 2 * 28
    assert Holding("A", 0, 0, 1, 2, None, state_bytes=528).size_bytes == 64 + 32 + 528
