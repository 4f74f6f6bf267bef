"""Rounds without lies: whatever breaks, nobody is convicted, and what is whole is attested."""

import pytest

from tests.engine.attest.runs import attested, convicted, rounds, run, status

LOSSY = {"kind": "point", "jitter": "2ms", "loss": "20%"}


def fault(kind, at="3s", until="5s", **options):
    return {"kind": kind, "at": at, "until": until, **options}


HARMLESS = {
    "a clock that is ahead": fault("clock", nodes=["agents"], offset="5s", at="1s"),
    "a clock that is behind": fault("clock", nodes=["all"], offset="-5s", at="1s"),
    "an agent that leaves": fault("churn", nodes=["agent-7"]),
    "a region that leaves": fault("churn", nodes=["region-1"]),
    "an agent that crashes": fault("crash", nodes=["agent-7"]),
    "copies": fault("duplicate", nodes=["all"], share="50%", at="1s"),
    "extra loss": fault("degrade", nodes=["all"], extra_loss="30%", at="1s"),
    "damage": fault("corrupt", nodes=["all"], share="30%", at="1s"),
}
HARMFUL = {
    "a local that crashes": fault("crash", nodes=["local-2"]),
    "a local that forgets": fault("crash", nodes=["local-2"], durable=False),
    "a regional that crashes": fault("crash", nodes=["regional-1"]),
    "a root that crashes": fault("crash", nodes=["root"]),
    "a local that pauses": fault("pause", nodes=["local-2"]),
    "a cut": fault("partition", groups=["region-0", "rest"]),
    "a cut below a local": fault("partition", groups=["local-2", "agents"]),
    "held messages": fault("hold", nodes=["region-1"]),
    "late messages": fault("reorder", nodes=["all"], share="50%", extra="300ms"),
}


def of(table):
    return pytest.mark.parametrize("broken", table.values(), ids=table.keys())


def test_every_round_is_attested_by_everybody():
    found = run()
    assert attested(found) == [True] * 4
    assert rounds(found, "missing") == [0] * 4
    assert status(found, 3, 9) == [1]


def test_nothing_is_attested_before_the_first_round_is_over():
    assert status(run(), 0, 2.5) == [0]


def test_loss_does_not_touch_what_goes_over_connections():
    assert attested(run(topology=LOSSY)) == [True] * 4


@of(HARMLESS)
def test_what_silences_nobody_that_is_wanted_leaves_every_round_attested(broken):
    found = run(faults=[broken])
    assert attested(found) == [True] * 4
    assert convicted(found) == []


@of(HARMFUL)
def test_what_comes_between_costs_the_round_and_convicts_nobody(broken):
    found = run(faults=[broken])
    assert attested(found) == [True, False, True, True]
    assert rounds(found, "disputed") == [False] * 4
    assert convicted(found) == []


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("a local that crashes", 5),
        ("a local that pauses", 5),
        ("a cut", 20),
        ("a regional that crashes", 20),
        ("a root that crashes", 60),
    ],
)
def test_missing_are_the_agents_whose_way_to_the_root_is_broken(name, missing):
    assert rounds(run(faults=[HARMFUL[name]]), "missing") == [0, missing, 0, 0]


def test_without_acknowledgements_no_round_stands_that_no_root_has_seen():
    crash = fault("crash", nodes=["root"])
    found = run(faults=[crash], attest={"agents_check": False})
    assert attested(found) == [True, False, True, True]


@pytest.mark.parametrize("reseat", ["2s", "4s"])
def test_agents_that_are_dealt_to_other_seats_go_on_to_be_attested(reseat):
    assert attested(run(tree={"reseat": reseat}, attest={"audits": 5})) == [True] * 4
