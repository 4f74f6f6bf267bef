from dataclasses import replace

from sim.measure.deeds import deeds
from sim.report.lies.deeds import biases_are, deeds_table
from tests.measure.lied import lied, lied_plan

TABLE = """\
what the liars did                    nodes  rewritten  refused      bias  at most  of plain mean
adversaries[0] little_is_enough  160 agents     16,000        0    0.3 sd   0.3 sd           2 sd
  expected: hides within the spread of correct agents
adversaries[1] forge               2 locals         55        3  0.155 sd   0.3 sd           1 sd
  expected: is caught by its children
biases: of all who lied at that time together; sim attribute takes them apart
biases: while it lied; what it said is in later publications, too (bias.max)
"""


def test_the_table_says_who_did_how_much_and_what_came_of_it():
    assert deeds_table(deeds(lied()), lied_plan()) == TABLE


def test_a_long_expectation_is_wrapped():
    long = [replace(one, expects="stays " * 40) for one in deeds(lied())]
    assert max(map(len, deeds_table(long, lied_plan()).splitlines())) <= 100


def test_one_of_many_replications_is_said_to_be_one():
    plan = replace(lied_plan(), replications=20)
    assert deeds_table(deeds(lied()), plan).splitlines()[-1] == "(replication 1 of 20)"


def test_the_bias_of_one_who_lies_alone_and_to_the_end_needs_no_words():
    assert biases_are(deeds(lied())[1:], lied_plan()) == []


def test_an_honest_run_has_no_table():
    assert deeds_table([], lied_plan()) == ""
