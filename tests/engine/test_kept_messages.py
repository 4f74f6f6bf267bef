"""Single messages that a run keeps: all of them, and all of a window or of some nodes."""

from functools import cache

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from tests.engine.control import lied
from tests.engine.scenarios import MS, S, plan_of

CUT = {"kind": "partition", "groups": [["region-0"], "rest"], "at": "1s", "until": "2s"}
CRASH = {"kind": "crash", "nodes": ["regional-0"], "at": "1001ms", "until": "2s"}
WINDOW = {"from": "1s", "until": "1500ms"}
TABLES = ("messages", "mail", "control_messages")


def tree(messages, *faults):
    """A run of the small tree that keeps these messages."""
    return Simulation(plan_of(*faults, journal={"messages": messages}), seed=1).run()


@cache
def committee(kept=True):
    """A run of four replicas that agree while one of them is cut off."""
    messages = dict(kept) if isinstance(kept, tuple) else kept
    cut = {"kind": "partition", "groups": [["root-0/3"], "rest"], "at": "1s", "until": "1600ms"}
    blocks = {"duration": "2s", "journal": {"messages": messages}, "faults": [cut]}
    return Simulation(lied.plan("pbft", **blocks), seed=1).run()


def rows(table, keep):
    return {name: column[keep].tolist() for name, column in table.items()}


def test_what_is_kept_changes_nothing_that_is_fingerprinted():
    kept = [True, (("nodes", ("root-0/1",)),), tuple(WINDOW.items())]
    assert {committee(one).fingerprint for one in kept} == {committee(False).fingerprint}


@pytest.mark.parametrize("name", TABLES)
def test_a_window_has_what_was_sent_in_it_of_all_and_nothing_else(name):
    whole = committee().tables[name]
    inside = (whole["sent_ns"] >= 1 * S) & (whole["sent_ns"] < 1500 * MS)
    assert 0 < inside.sum() < len(inside)
    window = committee(tuple(WINDOW.items())).tables[name]
    assert rows(window, slice(None)) == rows(whole, inside)


def test_of_a_host_there_is_what_it_sends_and_what_it_is_sent():
    whole = committee().tables["control_messages"]
    mine = [
        any(name.startswith("root-0/1 ") for name in ends)
        for ends in zip(whole["sender"], whole["receiver"], strict=True)
    ]
    assert 0 < sum(mine) < len(mine)
    asked = committee((("nodes", ("root-0/1",)),)).tables["control_messages"]
    assert rows(asked, slice(None)) == rows(whole, mine)


def test_control_messages_are_those_that_are_counted_and_the_lost_ones_never_arrive():
    tables = committee().tables
    messages, counted = tables["control_messages"], tables["control_traffic"]
    sent = counted["outcome"] != "discarded"
    assert len(messages["part"]) == counted["messages"][sent].sum()
    lost = sent & ~np.isin(counted["outcome"], ("delivered", "in_flight"))
    assert (messages["arrived_ns"] == -1).sum() == counted["messages"][lost].sum() > 0


def test_a_control_message_takes_as_long_as_its_way():
    messages = committee().tables["control_messages"]
    arrived = messages["arrived_ns"] >= 0
    delay_ns = messages["arrived_ns"][arrived] - messages["sent_ns"][arrived]
    assert delay_ns.min() >= 2_050_000


def test_every_baseline_on_its_way_down_is_a_row_and_those_that_were_cut_off_never_arrive():
    tables = tree(True, CUT).tables
    mail, traffic = tables["mail"], tables["traffic"]
    for tier in ("regional", "local"):
        mine = (traffic["kind"] == "baseline") & (traffic["tier"] == tier)
        down = mail["to_tier"] == tier
        assert down.sum() == traffic["messages"][mine].sum()
        lost = mine & ~np.isin(traffic["outcome"], ("delivered", "in_flight"))
        assert (mail["arrived_ns"][down] == -1).sum() == traffic["messages"][lost].sum()
    assert (mail["arrived_ns"] == -1).sum() == 2


def test_mail_on_its_way_to_a_node_that_crashes_is_lost():
    mail = tree(True, CRASH).tables["mail"]
    mine = (mail["to_tier"] == "regional") & (mail["receiver"] == 0)
    fate = dict(zip(mail["sent_ns"][mine].tolist(), mail["arrived_ns"][mine] < 0, strict=True))
    assert [ns for ns, is_lost in fate.items() if is_lost] == [1 * S, 1500 * MS]


def test_a_report_says_whom_it_goes_to():
    messages = tree(True).tables["messages"]
    agents = messages["tier"] == "agent"
    assert np.array_equal(messages["parent"][agents], messages["node"][agents] // 4)


def test_of_a_node_there_are_the_reports_from_it_and_to_it():
    messages = tree({"nodes": ["local-3"]}).tables["messages"]
    pairs = sorted(set(zip(messages["tier"], messages["node"].tolist(), strict=True)))
    assert pairs == [("agent", node) for node in range(12, 16)] + [("local", 3)]


def test_outside_the_window_nothing_is_held_in_memory():
    simulation = Simulation(plan_of(journal={"messages": WINDOW}), seed=1)
    simulation.run()
    instants = np.concatenate([part.sent_ns for part in simulation.world.messages._parts])
    assert instants.min() >= 1 * S
    assert instants.max() < 1500 * MS


def test_a_window_in_which_nothing_is_sent_has_tables_without_rows():
    tables = tree({"from": "1ns", "until": "2ns"}).tables
    assert [len(tables[name]["sent_ns"]) for name in ("messages", "mail")] == [0, 0]
