"""What ``sim explain`` says about updates of single agents."""

from sim.cli.explain.routing import about_routing
from tests.scenario.texts import GOOD, plan_of


def told(routing: str, more: str = "") -> list[str]:
    return list(about_routing(plan_of(GOOD + f"routing: {{{routing}}}\n{more}")))


def test_the_defaults_are_told_with_what_lines_are_offered():
    assert told("rate: 1Mbps") == [
        "every 1s an agent looks at itself and sends what it sees: 152 bytes, one message a hop",
        "urgent from 4 of its own deviations on, critical from 6; until 5s all is routine",
        "routers serve first come, first served; every claim to be important is believed",
        "local: 20 agents, 20 messages/s, 2.43 % of 1Mbps",
        "regional: 140 agents, 140 messages/s, 17 % of 1Mbps",
        "no heartbeats: who is dead counts as silent, with its last value, for ever",
    ]


def test_buckets_heartbeats_and_floods_are_told():
    flood = "adversaries: [{where: [agent-0, agent-1], kind: importance_flood, times: 10}]\n"
    block = "discipline: priority, admission: {claims: 2/s}, heartbeat: 5s"
    sentences = told(block, flood)
    assert sentences[2] == (
        "routers serve by class, strictly; the line is never taken from who has it; what an agent "
        "claims beyond 2Hz, 3 at once, is served as routine"
    )
    assert sentences[3] == (
        "local: 20 agents, 24 messages/s on a line without a rate; liars add up to 20 messages/s"
    )
    assert sentences[-1] == (
        "a heartbeat of 88 bytes every 5s; who gives no sign of life for 15s is taken for dead"
    )


def test_policies_are_told_with_their_bounds():
    assert "what has moved by more than 0.5sd" in told("send: {kind: on_delta, delta: 0.5sd}")[0]
    adaptive = told("send: {kind: adaptive, delta: 1sd, share: 10%}")[0]
    assert "what has moved most, 10% of it in the long run" in adaptive
