"""Loss laws against their formulas."""

import math

import numpy as np
import pytest

from sim.network.loss import LOSS_LAWS, GilbertElliott, Independent, NoLoss, make_loss
from sim.scenario import catalogue

LAWS = {
    "none": NoLoss(),
    "independent": Independent(0.1),
    "gilbert_elliott": GilbertElliott(to_bad=0.1, to_good=0.4, loss_good=0.01, loss_bad=0.5),
}
SENDERS, MESSAGES = 2_000, 200

each_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)


def sent(law, *, extra=0.0, seed: int = 3, senders: int = SENDERS) -> np.ndarray:
    """Losses (messages, senders) of chains that start stationary."""
    stream = np.random.Generator(np.random.SFC64(seed))
    state = stream.random(senders) < law.bad_share
    rows = max(1, law.uniforms)
    losses = [law.lost(stream.random((rows, senders)), extra, state) for _ in range(MESSAGES)]
    return np.array(losses)


def share_within_errors(losses: np.ndarray, expected: float) -> bool:
    """Senders are independent, so their own shares give the standard error (of 4 are allowed)."""
    shares = losses.mean(axis=0)
    return abs(shares.mean() - expected) <= 4 * shares.std(ddof=1) / math.sqrt(len(shares))


def test_every_law_has_a_contract_test_and_is_in_the_catalogue():
    assert sorted(LOSS_LAWS) == sorted(LAWS) == list(catalogue.LOSS_LAWS)


@each_law
def test_the_long_run_loss_is_what_the_law_says(law):
    assert share_within_errors(sent(law), law.loss_share)


@each_law
def test_extra_loss_adds_up_as_two_independent_chances(law):
    assert share_within_errors(sent(law, extra=0.3), 1 - (1 - law.loss_share) * 0.7)


@each_law
def test_extra_loss_may_differ_from_message_to_message(law):
    extra = np.where(np.arange(SENDERS) % 2, 1.0, 0.0)
    losses = sent(law, extra=extra)
    assert losses[:, 1::2].all()
    assert share_within_errors(losses[:, ::2], law.loss_share)


@each_law
def test_extra_loss_never_saves_a_message(law):
    assert not np.any(sent(law) & ~sent(law, extra=0.2))


@each_law
def test_what_a_sender_loses_does_not_depend_on_the_others(law):
    uniforms = np.random.default_rng(1).random((2, 10))
    state = np.arange(10) % 2 == 0
    together = law.lost(uniforms, 0.0, state.copy())
    alone = [law.lost(uniforms[:, i : i + 1], 0.0, state[i : i + 1].copy())[0] for i in range(10)]
    assert list(together) == alone


def test_without_uniforms_nothing_is_lost():
    assert not NoLoss().lost(np.empty((0, 5)), 0.0, np.zeros(5, dtype=bool)).any()


def test_extra_loss_without_a_uniform_is_our_bug():
    with pytest.raises(AssertionError, match="needs a uniform"):
        NoLoss().lost(np.empty((0, 5)), 0.1, np.zeros(5, dtype=bool))


def test_a_share_of_one_loses_everything():
    assert sent(Independent(1.0), senders=10).all()


def test_the_chain_is_bad_as_often_as_its_moves_say():
    law = LAWS["gilbert_elliott"]
    assert law.bad_share == pytest.approx(0.1 / 0.5)
    assert law.loss_share == pytest.approx(0.8 * 0.01 + 0.2 * 0.5)


def test_a_chain_that_never_moves_stays_good():
    assert GilbertElliott(0.0, 0.0, 0.2, 0.9).loss_share == 0.2


def test_the_state_is_stepped_in_place():
    law = GilbertElliott(to_bad=1.0, to_good=1.0, loss_good=0.0, loss_bad=1.0)
    state = np.array([False, True])
    losses = law.lost(np.full((2, 2), 0.5), 0.0, state)
    assert list(state) == list(losses) == [True, False]


def burst_lengths(losses: np.ndarray) -> np.ndarray:
    """Lengths of the runs of lost messages that begin and end within the record."""
    lengths = []
    for sender in losses.T:
        edges = np.flatnonzero(np.diff(sender.astype(np.int8)))
        starts, ends = (edges[sender[edges] == side] for side in (False, True))
        ends = ends[np.searchsorted(ends, starts[0]) :] if len(starts) else ends[:0]
        lengths += (ends - starts[: len(ends)]).tolist()
    return np.array(lengths)


@pytest.mark.parametrize("loss_bad", [1.0, 0.6])
def test_bursts_are_as_long_as_the_bad_spells_let_them(loss_bad):
    """A burst goes on while the chain stays bad and loses again: geometric, mean 1/(1-p).

    Bursts cut off by the end of the record are left out; with 2000 messages and a mean of at most
    10 that shortens the mean by about its square over the record, which the tolerance includes.
    """
    to_good = 0.1
    goes_on = (1 - to_good) * loss_bad
    law = GilbertElliott(to_bad=0.02, to_good=to_good, loss_good=0.0, loss_bad=loss_bad)
    stream, state = np.random.Generator(np.random.SFC64(5)), np.zeros(300, dtype=bool)
    losses = np.array([law.lost(stream.random((2, 300)), 0.0, state) for _ in range(2000)])
    lengths, mean = burst_lengths(losses), 1 / (1 - goes_on)
    error = math.sqrt(goes_on) * mean / math.sqrt(len(lengths))
    assert abs(lengths.mean() - mean) <= 4 * error + mean**2 / 2000


def test_independent_losses_come_in_bursts_of_chance_only():
    lengths = burst_lengths(sent(Independent(0.1)))
    error = math.sqrt(0.1) / 0.9 / math.sqrt(len(lengths))
    assert abs(lengths.mean() - 1 / 0.9) <= 4 * error + 1 / MESSAGES


def test_a_law_is_made_from_its_name_and_options():
    assert make_loss("independent", {"share": 0.2}) == Independent(0.2)
