"""A channel judged by hand: when messages arrive, why they do not, and what they draw.

The channels here have six senders whose path takes 1000 ns; every stream is named and seeded.
"""

from itertools import pairwise

import numpy as np
import pytest

from sim.engine.streams import Streams
from sim.network.channel import Channel
from sim.network.latency import make_law
from sim.network.loss import make_loss
from sim.network.tally import NEVER
from sim.network.verdict import PARTITIONED, Verdict

PURPOSES = ("jitter", "last-mile")
PATH_NS = 1000.0
SENDERS = 6
TICKS = 40


def channel(*laws, loss=("none", {}), floor_ns=PATH_NS):
    """A channel whose laws of delay are called jitter, last-mile."""
    streams = Streams(3)
    named = zip(PURPOSES, (make_law(*law, ".") for law in laws), strict=False)
    floors_ns = np.full(SENDERS, PATH_NS)
    floors_ns[:] = floor_ns
    return Channel(
        floors_ns,
        list(named) or [("jitter", make_law("constant", {"value_ns": 0}, "."))],
        make_loss(*loss),
        lambda purpose, tick: streams.at("up", purpose, tick=tick),
    )


EXPONENTIAL = ("exponential", {"mean_ns": 500})
BURSTS = ("gilbert_elliott", {"to_bad": 0.3, "to_good": 0.4, "loss_good": 0.1, "loss_bad": 0.9})
HALF = ("independent", {"share": 0.5})
ALL = np.zeros(SENDERS, np.int16)


def sent_ns(first=0, ticks=TICKS, senders=SENDERS):
    """Reports are sent at 10 us, 20 us ..., sender i 100 i ns later."""
    return 10_000.0 * (first + 1 + np.arange(ticks))[:, None] + 100.0 * np.arange(senders)


def judge_at_once(judged, sent=None):
    judged.open_step()
    return judged.judge(0, sent_ns(), sent, 0)


def judge_in_pieces(judged, sent=None, ticks=7, blocks=(0, 1, 4, SENDERS)):
    """The same reports in steps of some ticks and blocks of some senders."""
    arrivals = np.empty((TICKS, SENDERS))
    for first in range(0, TICKS, ticks):
        rows = slice(first, min(first + ticks, TICKS))
        judged.open_step()
        for begin, end in pairwise(blocks):
            part = (rows, slice(begin, end))
            some = None if sent is None else sent[part]
            arrivals[part] = judged.judge(first, sent_ns()[part], some, begin)
    return arrivals


def under(verdict, rule=ALL, **made):
    judged = channel(**made)
    judged.apply(np.asarray(rule, np.int16), [verdict])
    return judged


# Delay


def test_delay_is_the_path_and_a_draw_of_each_law():
    judged = channel(("constant", {"value_ns": 30}), ("constant", {"value_ns": 4}))
    assert (judge_at_once(judged) - sent_ns() == PATH_NS + 34).all()


def test_delays_are_whole_nanoseconds_and_never_below_the_path():
    delays_ns = judge_at_once(channel(EXPONENTIAL)) - sent_ns()
    assert (delays_ns == np.rint(delays_ns)).all()
    assert delays_ns.min() >= PATH_NS


def test_where_no_path_is_left_there_is_no_route():
    judged = channel(floor_ns=[PATH_NS, np.inf] * 3)
    arrivals_ns = judge_at_once(judged)
    assert np.isinf(arrivals_ns).any(axis=0).tolist() == [False, True] * 3
    assert +judged.tally.dropped == {"no_route": 3 * TICKS}
    assert judged.is_cut().tolist() == [False, True] * 3


def test_what_is_not_sent_does_not_arrive_and_is_not_counted():
    sent = np.arange(SENDERS) < 2
    judged = channel(loss=HALF, floor_ns=[np.inf] * 5 + [PATH_NS])
    arrivals_ns = judge_at_once(judged, np.tile(sent, (TICKS, 1)))
    assert np.isinf(arrivals_ns).all()
    assert (judged.tally.sent, judged.tally.dropped.total()) == (2 * TICKS, 2 * TICKS)


# Draws


KINDS = {
    "plain": channel,
    "jitter": lambda: channel(EXPONENTIAL, EXPONENTIAL),
    "loss": lambda: channel(loss=HALF),
    "bursts": lambda: channel(EXPONENTIAL, loss=BURSTS),
    "extra loss": lambda: under(Verdict("f", loss_extra=0.4)),
    "reorder": lambda: under(Verdict("f", reorder_share=0.5, reorder_extra_ns=7.0)),
    "corrupt": lambda: under(Verdict("f", corrupt_share=0.5)),
    "corrupt the last": lambda: under(Verdict("f", corrupt_share=0.5), [-1] * 5 + [0]),
}


@pytest.mark.parametrize("made", KINDS.values(), ids=KINDS)
def test_steps_and_blocks_do_not_change_what_becomes_of_anybody(made):
    some_sent = np.random.Generator(np.random.PCG64(5)).random((TICKS, SENDERS)) < 0.7
    for sent in (None, some_sent):
        whole, pieces = made(), made()
        np.testing.assert_array_equal(judge_at_once(whole, sent), judge_in_pieces(pieces, sent))
        assert whole.tally.dropped == pieces.tally.dropped
        assert whole.tally.hits == pieces.tally.hits


def test_duplicates_are_the_same_in_any_blocks():
    whole, pieces = (under(Verdict("f", duplicate_share=0.3)) for _ in range(2))
    judge_at_once(whole)
    judge_in_pieces(pieces)
    assert whole.tally.duplicates == pieces.tally.duplicates > 0


def test_a_rule_moves_nobody_elses_draws():
    free = judge_at_once(channel(EXPONENTIAL, loss=HALF))
    ruled = channel(EXPONENTIAL, loss=HALF)
    ruled.apply(np.array([0] + [-1] * 5, np.int16), [Verdict("f", drop=PARTITIONED)])
    np.testing.assert_array_equal(free[:, 1:], judge_at_once(ruled)[:, 1:])


def test_each_sender_has_its_own_number_under_two_rules_of_one_kind():
    both = channel()
    verdicts = [Verdict("a", corrupt_share=0.5), Verdict("b", corrupt_share=0.5)]
    both.apply(np.array([0, 1] * 3, np.int16), verdicts)
    one = under(Verdict("f", corrupt_share=0.5))
    np.testing.assert_array_equal(judge_in_pieces(both), judge_at_once(one))


# Loss


def test_the_law_of_loss_loses_its_share():
    judged = channel(loss=HALF)
    judge_at_once(judged)
    # 240 independent throws: a standard error of 7.7 messages.
    assert abs(judged.tally.dropped["lost"] - 120) <= 4 * 60**0.5


def test_extra_loss_comes_on_top_of_the_law():
    judged = under(Verdict("f", loss_extra=0.5), loss=HALF)
    judge_at_once(judged)
    assert abs(judged.tally.dropped["lost"] - 180) <= 4 * 45**0.5


def test_the_same_numbers_decide_with_and_without_extra_loss():
    lost = np.isinf(judge_at_once(channel(loss=HALF)))
    more_lost = np.isinf(judge_at_once(under(Verdict("f", loss_extra=0.5), loss=HALF)))
    assert (more_lost >= lost).all()


# Rules


def test_a_drop_rule_drops_everything_it_governs():
    judged = under(Verdict("f", drop=PARTITIONED), [0, -1] * 3)
    assert np.isinf(judge_at_once(judged)).all(axis=0).tolist() == [True, False] * 3
    assert (judged.tally.dropped, judged.tally.hits) == (
        {"partitioned": 120, "lost": 0},
        {"f": 120},
    )
    assert judged.is_cut().tolist() == [True, False] * 3


def test_a_factor_is_on_the_whole_delay_and_the_extra_is_not_multiplied():
    judged = under(Verdict("f", delay_factor=3.0, delay_extra_ns=5.0))
    assert (judge_at_once(judged) - sent_ns() == 3 * PATH_NS + 5).all()


def test_a_held_message_arrives_after_the_release_and_its_own_delay():
    release_ns = 100_000.0
    arrivals_ns = judge_at_once(under(Verdict("f", hold_until_ns=release_ns)))
    np.testing.assert_array_equal(arrivals_ns, np.maximum(sent_ns(), release_ns) + PATH_NS)


def test_a_share_falls_behind():
    judged = under(Verdict("f", reorder_share=0.25, reorder_extra_ns=50_000.0))
    delays_ns = judge_at_once(judged) - sent_ns()
    assert set(delays_ns.ravel().tolist()) == {PATH_NS, PATH_NS + 50_000}
    assert abs((delays_ns > PATH_NS).sum() - 60) <= 4 * 45**0.5


def test_a_rule_without_anybody_to_govern_is_off():
    judged = under(Verdict("f", drop=PARTITIONED), [-1] * SENDERS)
    assert np.isfinite(judge_at_once(judged)).all()
    assert not judged.tally.hits


# Receivers


def test_a_receiver_that_is_down_loses_what_arrives_before_it_is_up():
    until_ns = np.where(np.arange(SENDERS) < 2, 105_000.0, 0.0)
    judged = channel()
    judged.receivers_down(until_ns)
    arrivals_ns = judge_at_once(judged)
    np.testing.assert_array_equal(np.isinf(arrivals_ns), sent_ns() + PATH_NS < until_ns)
    assert judged.tally.dropped["receiver_down"] == np.isinf(arrivals_ns).sum() > 0


def test_a_receiver_that_stands_still_takes_everything_in_at_the_end():
    judged = channel()
    judged.receivers_paused(np.full(SENDERS, 105_000.0))
    np.testing.assert_array_equal(judge_at_once(judged), np.maximum(sent_ns() + PATH_NS, 105_000))


def test_a_receiver_that_is_down_for_good_loses_everything():
    judged = channel()
    judged.receivers_down(np.full(SENDERS, NEVER))
    assert np.isinf(judge_at_once(judged)).all()


# Conservation


def test_every_message_has_one_outcome_whatever_goes_wrong_together():
    judged = channel(EXPONENTIAL, loss=BURSTS, floor_ns=[np.inf] + [PATH_NS] * 5)
    verdicts = [
        Verdict("a", drop=PARTITIONED),
        Verdict("b", corrupt_share=0.5, loss_extra=0.3, reorder_share=0.5, reorder_extra_ns=9e4),
    ]
    judged.apply(np.array([0, 0, 1, 1, 1, -1], np.int16), verdicts)
    judged.receivers_down(np.full(SENDERS, 150_000.0))
    arrivals_ns = judge_in_pieces(judged)
    assert judged.tally.dropped.total() + np.isfinite(arrivals_ns).sum() == judged.tally.sent == 240
    assert all(
        judged.tally.dropped[reason] for reason in ("no_route", "partitioned", "lost", "corrupt")
    )
