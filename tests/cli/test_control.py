"""What the command line says of a control plane: advice beside the result, and a block of facts."""

import json

import pytest

from sim.campaign import replications
from sim.cli.exits import Exit
from sim.errors import ResultsError
from tests.cli.test_app import in_a_fresh_process
from tests.scenario.texts import GOOD

CONTROL = """\
tree: {replicas: {root: 4}, replica_sites: [Denver, Seattle, Houston, Chicago]}
agreement: {protocol: {kind: pbft, timeout: 20ms}, service: 20us}
alerts: {raised: {by: regional-2, at: 20s, retract: 40s}}
reads: {at: root-0/*, prefer: consistency}
membership: {detector: swim}
anti_entropy: {method: merkle}
faults: [{kind: partition, shape: halves, at: 20s, until: 24s}]
"""
IDLE = "faults[0]: advice: no side keeps a quorum, 3 of 4 replicas: nothing is committed from 20s"


@pytest.fixture
def control(folder):
    """control.yaml, good but with two things to be told."""
    (folder / "control.yaml").write_text(GOOD + CONTROL)
    return "control.yaml"


def test_validate_gives_advice_on_a_good_file(sim, control):
    result = sim("validate", control)
    good, timeout, idle = result.out.splitlines()
    assert (result.code, result.err, good) == (Exit.GOOD, "", "control.yaml: good")
    assert timeout.startswith("control.yaml:7:36: agreement.protocol.timeout: advice: pbft decides")
    assert idle == f"control.yaml:12:10: {IDLE} to 24s"


def test_advice_is_a_warning_of_a_pull_request(sim, control):
    out = sim("validate", control, "--format", "github").out
    assert [line.split("::")[1] for line in out.splitlines()] == [
        "warning file=control.yaml,line=7,col=36",
        "warning file=control.yaml,line=12,col=10",
    ]


def test_programs_find_advice_apart_from_mistakes(sim, control):
    (report,) = json.loads(sim("validate", control, "--json").out)
    assert (report["good"], report["mistakes"]) == (True, [])
    assert [one["path"] for one in report["advice"]] == ["agreement.protocol.timeout", "faults[0]"]


def test_advice_follows_what_is_set(sim, control):
    set_ = ("--set", "agreement.protocol.timeout=1ms")
    assert "--set agreement.protocol.timeout=1ms: agreement.protocol.timeout: advice" in (
        sim("validate", control, *set_).out
    )


def test_explain_gives_advice_beside_the_result(sim, control):
    result = sim("explain", control)
    assert IDLE in result.err
    assert "advice" not in result.out
    assert sim("explain", control, "--quiet").err == ""


def test_run_gives_advice_beside_the_result(sim, control, monkeypatch):
    def fail(*_: object) -> object:
        raise ResultsError("the disk is full")

    monkeypatch.setattr(replications, "run_scenario", fail)
    assert sim("run", control, "--quiet").err == "the disk is full\n"
    assert IDLE in sim("run", control).err


def explained(sim, *words: str) -> str:
    """The part about the control plane, without the breaks of its lines."""
    out = sim("explain", *words).out
    return " ".join(out.partition("\nControl plane\n")[2].partition("\nMessages")[0].split())


@pytest.mark.parametrize(
    "sentence",
    [
        "committee: 4 replicas of the root (Denver 1, Seattle 1, Houston 1, Chicago 1), 1 may lie, "
        "a quorum is 3; 30.5 ms one way between the two that are farthest apart",
        "agreement: pbft, 36 messages a decision, 4 delays one after the other, up to 122 ms, and "
        "233 us for the signatures of a certificate; taking in a message costs 20us",
        "alerts: provisional for 30s at most, committed by 3 of 4, raised again every 500ms",
        "alert: regional-2 raises one at 20s, taken back at 40s",
        "readers: root-0/*, class baseline every 500ms, a certified answer within the bound, or",
        "detector: swim, 50 locals watched by each other; a crash is suspected after 1.99 s on "
        "average, and the delay of the network, and counts 4 s later at the earliest",
        "agents below a local that failed are taken over by its siblings, once the replicas have",
        "anti-entropy: merkle every 1s; 2.4 kB a second while nothing differs",
    ],
)
def test_the_control_plane_is_told_in_sentences(sim, control, sentence):
    assert sentence in explained(sim, control)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (
            "agreement.protocol=approximate",
            "approximate, 84 messages a decision in 7 rounds, 7 delays one after the other",
        ),
        ("membership.detector=heartbeat", "50 locals watched each by its regional; a crash is"),
        ("membership.watch=regionals", "8 regionals watched by each other"),
        ("membership={detector: phi, watch: regionals}", "phi, 8 regionals watched by the root;"),
        ("baseline.pane=2s", "after a partition of 4s a replica lacks at most 1,000 of 1,000"),
        ("topology.loss=5%", "a node that is well is suspected 0.45 times an hour"),
    ],
)
def test_other_choices_are_told_in_other_words(sim, control, setting, sentence):
    more = ["--set", "membership.detector=heartbeat"] if "loss" in setting else []
    words = ("--set", "alerts.raised=[]", *more, "--set", setting)
    assert sentence in explained(sim, control, *words)


@pytest.mark.parametrize(
    ("liar", "sentence"),
    [
        (
            "where: root-0/1, kind: forge, from: 9s, for: 3s",
            "lies among replicas: root-0/1 forge, from 9s until 12s",
        ),
        (
            "where: root-0/*, budget: 1, kind: silence",
            "lies among replicas: 1 of 4 in root-0/*, drawn once a run, silence, from 0s",
        ),
    ],
)
def test_who_lies_among_the_replicas_is_told(sim, control, liar, sentence):
    assert sentence in explained(sim, control, "--set", f"adversaries=[{{{liar}}}]")


def test_consensus_free_is_said_to_be_so(sim, folder):
    (folder / "free.yaml").write_text(GOOD + "tree: {replicas: {root: 2}}\n")
    assert "versions, consensus-free; every replica publishes" in explained(sim, "free.yaml")


def test_without_a_control_plane_nothing_is_said_of_it(sim):
    assert "Control plane" not in sim("explain", "good.yaml").out
    report = json.loads(sim("explain", "good.yaml", "--json").out)
    assert (report["control"], report["advice"]) == (None, [])


def test_json_has_the_facts_about_the_control_plane(sim, control):
    report = json.loads(sim("explain", control, "--json").out)
    facts = report["control"]
    assert (facts["committee"]["f"], facts["agreement"]["messages"]) == (1, 36)
    assert (facts["detector"]["watched"], facts["anti_entropy"]["method"]) == (50, "merkle")
    assert len(report["advice"]) == 2


@pytest.mark.slow
def test_advice_loads_nothing_heavy(folder, control):
    code = (
        "import sys; from sim.cli.app import main; "
        f"assert main(['validate', {str(folder / control)!r}]) == 0; "
        "print(sorted({'numpy', 'networkx', 'simpy', 'pyarrow', 'scipy'} & set(sys.modules)))"
    )
    done = in_a_fresh_process(code)
    assert "advice" in done.stdout
    assert done.stdout.endswith("\n[]\n"), done.stderr
