"""The recorder of the causal truth against the plainest one: paths in the graph of events."""

from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.clocks.causality import History, Judgement, Provenance, judged
from sim.protocol.clocks.version_vector import Relation

steps = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["local", "send", "receive"]), st.integers(0, 9)
    ),
    max_size=25,
)


def played(script):
    """The history of a script, and its events with those that directly come before each."""
    history, graph, last, sent = History(), {}, {}, []
    for node, what, which in script:
        causes = [last[node]] if node in last else []
        if what == "send":
            event = history.send(node, len(sent))
            sent.append(event)
        elif what == "receive" and sent:
            event = history.receive(node, which % len(sent))
            causes.append(sent[which % len(sent)])
        else:
            event = history.local(node)
        graph[event] = causes
        last[node] = event
    return history, graph


def reaches(graph, one, other):
    return any(cause == one or reaches(graph, one, cause) for cause in graph[other])


@given(steps)
def test_an_event_is_before_another_if_and_only_if_a_path_leads_there(script):
    history, graph = played(script)
    for one in graph:
        for other in graph:
            if one != other:
                assert (history.relation(one, other) is Relation.BEFORE) == reaches(
                    graph, one, other
                )


def test_claims_are_right_invented_missed_or_reversed():
    history = History()
    sent, alone = history.send("a", "letter"), history.local("c")
    received = history.receive("b", "letter")
    pairs = [(sent, received), (sent, alone)]
    always = lambda claim: judged(history, pairs, lambda one, other: claim)  # noqa: E731
    assert always(Relation.BEFORE) == Judgement(right=1, invented=1, missed=0, reversed=0)
    assert always(Relation.AFTER) == Judgement(right=0, invented=1, missed=0, reversed=1)
    assert always(Relation.CONCURRENT) == Judgement(right=1, invented=0, missed=1, reversed=0)


def test_a_source_that_went_in_by_two_ways_was_counted_twice():
    left = Provenance.of("a", 1).fused(Provenance.of("b", 4))
    right = Provenance.of("b", 5).fused(Provenance.of("c", 2))
    assert left.twice == ()
    assert left.fused(right).twice == ("b",)
