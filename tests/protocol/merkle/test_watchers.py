"""One honest watcher suffices, nobody chooses its own, and the choice is fair."""

from collections import Counter
from dataclasses import replace

import pytest

from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import Contradiction, Impossible, WrongMerge
from sim.protocol.merkle.statements import report
from sim.protocol.merkle.watchers import Watcher, audited, watchers_of
from sim.stats.moments import COUNT
from tests.protocol.merkle import attacks
from tests.protocol.merkle.small import (
    EPOCH,
    FEATURES,
    KEYS,
    LOCAL,
    agent_rows,
    opening,
    registry,
)

KNOWN = registry()
HONEST = opening()
SEED = b"epoch 3"


def watcher():
    return Watcher(KEYS, KNOWN)


def agent_says(seed, epoch=EPOCH, version=26):
    signer = KEYS.signer(Name(0, 3))
    return report(signer, epoch, version, agent_rows(seed=seed)[3], FEATURES)


def test_watchers_are_different_agents_from_outside():
    for seat in range(4):
        chosen = watchers_of(Name(1, seat), SEED, KNOWN, 6)
        assert len(set(chosen)) == 6
        assert not set(chosen) & {3 * seat, 3 * seat + 1, 3 * seat + 2}


def test_the_root_is_watched_by_any_agents():
    assert sorted(watchers_of(Name(3, 0), SEED, KNOWN, 12)) == list(range(12))


def test_watchers_are_drawn_anew_with_another_seed_or_for_another_node():
    one = watchers_of(LOCAL, SEED, KNOWN, 6)
    assert one == watchers_of(LOCAL, SEED, KNOWN, 6)
    assert one != watchers_of(LOCAL, b"epoch 4", KNOWN, 6)
    assert one != watchers_of(Name(1, 2), SEED, KNOWN, 6)


def test_more_watchers_than_there_are_agents_outside_are_refused():
    with pytest.raises(ValueError, match=r"10 watchers of .* are wanted, 9 can be had"):
        watchers_of(LOCAL, SEED, KNOWN, 10)


def test_every_agent_outside_watches_equally_often():
    draws, size, outside = 1000, 3, 9
    seeds = (number.to_bytes(4, "little") for number in range(draws))
    times = Counter(seat for seed in seeds for seat in watchers_of(LOCAL, seed, KNOWN, size))
    share = size / outside
    error = (draws * share * (1 - share)) ** 0.5
    assert sorted(times) == [0, 1, 2, 6, 7, 8, 9, 10, 11]
    assert all(abs(count - draws * share) < 4 * error for count in times.values())


def test_no_honest_agent_watches_as_rarely_as_the_hypergeometric_law_says():
    """5 liars among the 9 outside, 3 watchers: C(5, 3) / C(9, 3) = 10 / 84."""
    liars, draws, share = {0, 1, 2, 6, 7}, 1500, 10 / 84
    seeds = (number.to_bytes(4, "little") for number in range(draws))
    captured = sum(set(watchers_of(LOCAL, seed, KNOWN, 3)) <= liars for seed in seeds)
    error = (draws * share * (1 - share)) ** 0.5
    assert abs(captured - draws * share) < 4 * error


def test_an_audit_finds_bad_children_as_often_as_theory_says():
    """5 bad ones of 50 with 10 checks: 1 - C(45, 10) / C(50, 10) = 0.689."""
    draws = 2000
    seeds = (number.to_bytes(4, "little") for number in range(draws))
    found = sum(min(audited(LOCAL, seed, 50, 10)) < 5 for seed in seeds)
    error = (0.689 * 0.311 / draws) ** 0.5
    assert abs(found / draws - 0.689) < 4 * error


def test_an_audit_of_more_than_there_are_looks_at_all():
    assert sorted(audited(LOCAL, SEED, 5, 10)) == [0, 1, 2, 3, 4]


def test_what_is_watched_and_what_is_audited_are_drawn_apart():
    assert audited(LOCAL, SEED, 12, 6) != watchers_of(LOCAL, SEED, KNOWN, 6)


@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda one: one.__name__)
def test_one_honest_watcher_has_proof_of_every_attack(attack):
    liar = attack(HONEST)
    assert watcher().inspect(liar) == WrongMerge(liar)


def test_a_watcher_has_nothing_against_the_honest():
    mine = watcher()
    for seat in range(4):
        assert mine.inspect(opening(Name(1, seat))) is None
        assert mine.inspect(opening(Name(1, seat), epoch=EPOCH + 1)) is None


def test_a_watcher_remembers_what_was_said_in_the_round():
    mine = watcher()
    assert mine.hear(agent_says(1)) is None
    assert mine.hear(agent_says(1)) is None
    assert mine.hear(agent_says(2)) == Contradiction(agent_says(1), agent_says(2))


def test_watchers_that_were_told_different_things_find_out_when_they_talk():
    one, other = opening(), opening(rows=agent_rows(seed=2))
    first, second = watcher(), watcher()
    assert first.inspect(one) is None
    assert second.inspect(other) is None
    assert first.hear(other.statement) == Contradiction(one.statement, other.statement)


def test_an_equivocating_child_is_found_in_an_honest_opening():
    mine = watcher()
    mine.hear(agent_says(2))
    assert mine.inspect(HONEST) == Contradiction(agent_says(2), HONEST.children[0])


def test_a_version_that_falls_is_found_rounds_later():
    mine = watcher()
    mine.hear(agent_says(1, EPOCH, 26))
    late = agent_says(1, EPOCH + 4, 20)
    assert mine.hear(late) == Contradiction(agent_says(1, EPOCH, 26), late)


def test_old_statements_that_fit_change_nothing():
    mine = watcher()
    mine.hear(agent_says(1, EPOCH, 26))
    mine.hear(agent_says(2, EPOCH - 1, 20))
    assert mine.hear(agent_says(3, EPOCH, 26)).first == agent_says(1, EPOCH, 26)


def test_what_nobody_signed_is_ignored():
    mine = watcher()
    stolen = report(KEYS.signer(Name(0, 4)), EPOCH, 26, agent_rows()[3], FEATURES)
    assert mine.hear(replace(stolen, author=Name(0, 3))) is None
    assert mine.hear(agent_says(1)) is None
    assert mine.inspect(replace(HONEST, children=())) is None


@pytest.mark.parametrize("position", range(3))
def test_an_audit_finds_what_it_looks_at_and_nothing_else(position):
    liar = attacks.changed_summary(HONEST)
    found = watcher().audit(liar, [position])
    assert found == (WrongMerge(liar) if position == 0 else None)
    assert watcher().audit(HONEST, [position]) is None


def test_an_audit_of_what_nobody_signed_finds_nothing():
    unsigned = replace(attacks.changed_summary(HONEST), signature=bytes(32))
    assert watcher().audit(unsigned, [0]) is None


def test_a_parent_has_proof_against_a_child_that_it_must_refuse():
    row = agent_rows()[3]
    row[COUNT] = 10**9
    boast = report(KEYS.signer(Name(0, 3)), EPOCH, 26, row, FEATURES)
    assert watcher().refuse(boast) == Impossible(boast)
    assert watcher().refuse(agent_says(1)) is None
