"""``sim explain`` says what is kept of single messages."""

from tests.scenario.texts import GOOD

SOME = "journal: {messages: {from: 20s, until: 21s, nodes: [region-1]}}\n"


def test_what_is_kept_of_single_messages_is_told_with_how_many_there_are(sim, folder):
    (folder / "some.yaml").write_text(GOOD + SOME)
    out = sim("explain", "some.yaml").out
    assert "  from 20s to 21s: those from or to region-1 of 10,580 reports, and of mail and" in out
    assert "nodes: [region-1]" in out


def test_all_messages_are_those_of_the_whole_run(sim):
    out = sim("explain", "good.yaml", "--set", "journal.messages=true").out
    assert "from 0s to 1min: all of 634,800 reports, and of mail and control messages" in out


def test_nothing_is_said_where_no_message_is_kept(sim):
    assert "Messages that are kept" not in sim("explain", "good.yaml").out
