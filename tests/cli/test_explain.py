"""``sim explain`` shows a scenario in numbers, and in full."""

import json

import pytest

from sim.cli.exits import Exit
from tests.scenario.texts import GOOD, plan_of, with_fault

FAULT = "kind: crash, nodes: [local-1, 5%], at: 15s, until: 30s"


def test_the_tree_is_told_in_numbers(sim):
    lines = sim("explain", "good.yaml").out.splitlines()
    tree = lines[lines.index("Tree") + 1 : lines.index("Tree") + 5]
    assert [line.split()[:2] for line in tree] == [
        ["agent", "1,000"],
        ["local", "50"],
        ["regional", "8"],
        ["root", "1"],
    ]
    assert "6 or 7 children each" in tree[2]


def test_messages_are_those_of_all_tiers_but_the_root(sim):
    assert "  10,580 a second, 634,800 in a run\n" in sim("explain", "good.yaml").out


def test_the_topology_is_told_in_numbers(sim):
    assert "topozoo/Abilene: 11 sites, 14 links" in sim("explain", "good.yaml").out


def test_a_fault_is_drawn_to_scale(sim, folder):
    (folder / "fault.yaml").write_text(with_fault(FAULT))
    out = sim("explain", "fault.yaml").out
    assert f"  crash  {'.' * 12}{'#' * 12}{'.' * 24}  15s to 30s, local-1 5%\n" in out


def test_a_fault_that_never_ends_is_drawn_to_the_end(sim, folder):
    (folder / "fault.yaml").write_text(with_fault("kind: site_down, site: Denver, at: 59999ms"))
    assert f"{'.' * 47}#  59999ms to the end, Denver\n" in sim("explain", "fault.yaml").out


DETECTION = """\
detection: {detector: {kind: ewma_z, half_life: 1s}, scope: own, learn: 20s}
anomalies:
  - {agents: [2%, local-3], kind: shift, size: 3sd, at: 15s, for: 15s, jitter: 2s}
  - {agents: region-1, kind: scale, factor: 0.5, at: 45s}
"""


def test_anomalies_are_drawn_to_scale(sim, folder):
    (folder / "wrong.yaml").write_text(GOOD + DETECTION)
    lines = sim("explain", "wrong.yaml").out.splitlines()
    begin = lines.index("Anomalies") + 2
    shift = f"  shift  {'.' * 12}{'#' * 12}{'.' * 24}  15s to 30s, 2% local-3, 3sd, up to 2s late"
    scale = f"  scale  {'.' * 36}{'#' * 12}  45s to the end, region-1, 0.5 times"
    assert lines[begin : begin + 2] == [shift, scale]


def test_detection_is_told_in_sentences(sim, folder):
    (folder / "wrong.yaml").write_text(GOOD + DETECTION)
    lines = sim("explain", "wrong.yaml").out.splitlines()
    begin = lines.index("Detection") + 1
    assert lines[begin : begin + 2] == [
        "  ewma_z (pool top, half_life 1s) at 50 locals, against each agent's own history",
        "  bh (alpha 0.05) decides at the root: 70 decisions, one every 500ms, "
        "200ms after scores are sent, from 25s on",
    ]
    assert lines[begin + 2].startswith("  note: anomalies[0] begins at 15s, during learning")


def test_a_sweep_is_told_in_numbers(sim, folder):
    text = GOOD + "replications: 3\nsweep: {topology.loss: [0%, 1%]}\n"
    (folder / "sweep.yaml").write_text(text)
    out = sim("explain", "sweep.yaml").out
    assert "  2 cells with 3 replications each: 6 runs, 3,808,800 messages\n" in out


def test_quiet_leaves_a_scenario_that_can_be_read_again(sim):
    result = sim("explain", "good.yaml", "--quiet", "--set", "seed=9")
    assert plan_of(result.out).seed == 9


def test_json_has_plan_tree_topology_and_messages(sim):
    report = json.loads(sim("explain", "good.yaml", "--json").out)
    assert report["plan"]["agents"]["period_ns"] == 100_000_000
    assert [tier["nodes"] for tier in report["tree"]] == [1000, 50, 8, 1]
    assert report["topology"]["sites"] == 11
    assert report["messages"]["in_a_run"] == 634_800
    assert (report["detection"], report["sweep"]) == (None, None)


def test_the_smallest_scenario_has_one_hop_and_one_site(sim):
    out = sim(
        "explain", "good.yaml", "--set", "tree.levels=1", "--set", "topology={kind: point}"
    ).out
    assert "  root                 1   1,000 children each\n" in out
    assert "  point: 1 site, 0 links\n" in out


def test_a_bad_file_is_refused_with_every_mistake(sim):
    result = sim("explain", "bad.yaml")
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert len(result.err.splitlines()) == 2


LIARS = """\
tree: {local: 50, regional: 10, reseat: 10s}
baseline: {rule: {kind: robust, estimator: trimmed_mean, f: 33%, over: nested}}
attest: {audits: 10}
evidence: {f: 1%}
adversaries:
  - {where: agents, share: 40%, kind: little_is_enough, from: 15s, until: 30s}
  - {where: local-3, kind: importance_flood}
thresholds: {bias.max: {max: 0.1}}
"""


def explained(sim, folder, text: str) -> str:
    """The part about liars, without the breaks of its lines."""
    (folder / "liars.yaml").write_text(text)
    out = sim("explain", "liars.yaml").out
    part = out.partition("\nLiars\n")[2].partition("\nMessages")[0]
    return " ".join(part.split())


def test_liars_are_drawn_to_scale(sim, folder):
    (folder / "liars.yaml").write_text(GOOD + LIARS)
    lines = sim("explain", "liars.yaml").out.splitlines()
    lane = f"{'.' * 12}{'#' * 12}{'.' * 24}"
    about = "400 of 1,000 agents, random, seeing all correct agents"
    begin = lines.index("Liars") + 2
    assert lines[begin] == f"  little_is_enough  {lane}  15s to 30s, {about}"
    assert lines[begin + 1].endswith("0s to the end, local-3, seeing only what is theirs")


@pytest.mark.parametrize(
    "sentence",
    [
        "up to 40 % of the agents make up values: no rule is better than 0.9674 sd",
        "withstands 16 of 50 in the smallest local, 3 of 10 in the smallest regional, 0 of 2 in",
        "tier by tier it is owned by 68 agents in the right places, 6.8 %",
        "all agents are dealt anew to the locals every 10s",
        "6 agents watch each of 23 aggregators, an auditor checks 10 children of each",
        "evidence for a shift of 0.5sd: alarm from 6.9 nats, whatever 1 % of each local say",
        "note: 40 % of the agents lie at a time, the rule is set against 33 %",
        "note: the root has 2 items, of which 33 % is nobody",
        "note: evidence: 1 % of the smallest local, with 50 agents, is nobody",
        "note: adversaries[1]: without tree.ingress copies cost their receivers no time",
        "note: thresholds.bias.max is infeasible: at 40 % liars no rule is better than 0.9674 sd",
    ],
)
def test_lies_and_guards_are_told_in_sentences(sim, folder, sentence):
    assert sentence in explained(sim, folder, GOOD + LIARS)


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        (
            "adversaries: [{where: agents, share: 5%, kind: push}]",
            "note: the mean withstands nobody: a single liar moves it as far as it likes",
        ),
        (
            "adversaries: [{where: agents, share: 60%, kind: push}]",
            "up to 60 % of the agents make up values: no rule helps",
        ),
        (
            "attest: {watchers: 0, agents_check: false}",
            "note: nobody checks what aggregators commit to",
        ),
        (
            "adversaries: [{where: agents, share: 5%, kind: sybil}]\n"
            "registry: {admission: one_per_owner}",
            "note: adversaries[0]: of 10 identities of an owner only one is admitted",
        ),
        (
            "baseline: {rule: {kind: guarded_mean, estimator: {kind: krum, mix: true}}}",
            "guarded_mean by krum of mixed items, withstands 80 of 400 in the sample; digests are",
        ),
    ],
)
def test_what_is_worth_knowing_about_liars_is_noted(sim, folder, blocks, sentence):
    assert sentence in explained(sim, folder, GOOD + blocks + "\n")


def test_without_lies_nothing_is_said_of_them(sim):
    assert "Liars" not in sim("explain", "good.yaml").out
    assert json.loads(sim("explain", "good.yaml", "--json").out)["lies"] is None


def test_json_has_the_facts_about_lies(sim, folder):
    (folder / "liars.yaml").write_text(GOOD + LIARS)
    lies = json.loads(sim("explain", "liars.yaml", "--json").out)["lies"]
    assert (lies["share"], lies["owners"]) == (0.4, 68)
    assert lies["adversaries"][0]["liars"] == 400
