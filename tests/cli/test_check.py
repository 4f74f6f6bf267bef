"""``sim check``: what it prints and writes, and what its exit code says to a build."""

import json
from xml.etree import ElementTree

import pytest

from sim.campaign import replications
from sim.cli.exits import Exit
from sim.engine.simulation import simulate
from sim.errors import InputError, InvariantViolated, SimError
from sim.report import files
from tests.cli.gated_runs import BASELINE, RUN
from tests.gated import METRIC, shift_file
from tests.small import IDLE, SMALL

ONCE = ("--set", "replications=1")
BAD = ("--set", "thresholds={coverage.min: {max: 1%}}")


@pytest.fixture
def small(folder, gated):
    """A scenario without threshold and gate."""
    (folder / "small.yaml").write_text(SMALL)
    return folder


@pytest.fixture
def nothing_may_run(monkeypatch):
    monkeypatch.setattr(replications, "simulate", lambda *_: pytest.fail("ran in vain"))


def end_with(error, monkeypatch, replication=0):
    """Let a replication of every run end with an error."""

    def simulate_or_fail(plan, seed, progress):
        if seed == replications.replication_seed(plan.seed, replication):
            raise error
        return simulate(plan, seed, progress)

    monkeypatch.setattr(replications, "simulate", simulate_or_fail)


def test_a_run_that_is_as_its_baseline_is_good(sim, gated):
    result = sim("check", RUN)
    assert (result.code, result.err) == (Exit.GOOD, "")
    heading, *table, verdict = result.out.splitlines()
    assert heading == "gated   seed 7   8 replications   8 agents   2 s"
    kinds = [line.split()[0] for line in table if line]
    assert kinds == ["invariant", "fault", "threshold", "baseline", "gate:", "gate:", "results:"]
    assert verdict == "passed 4 of 4"


def test_a_run_that_got_worse_fails_and_the_end_explains_it(sim, gated):
    shift_file(BASELINE, -0.003)
    result = sim("check", RUN)
    assert result.code == Exit.FAILED
    end = result.out[result.out.index("FAILED") :].splitlines()
    assert end[0] == "FAILED 1 of 4"
    assert end[1].startswith(f"  first:    {METRIC} is 3 ms worse than in the baseline (")
    assert end[1].endswith("[gated.yaml:16]")
    assert end[2] == "  scenario: gated (gated.yaml), seed 7"
    assert end[3] == f"  baseline: {BASELINE}"
    assert end[5].startswith(f"  replay:   sim replay {RUN}/")


def test_a_scenario_is_run_stored_and_judged(sim, small):
    result = sim("check", "small.yaml", *ONCE)
    assert (result.code, result.err) == (Exit.GOOD, "")
    folder = next(line.split()[1] for line in result.out.splitlines() if "results:" in line)
    assert (small / folder / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("change", "code", "verdict"),
    [
        ("thresholds={coverage.min: {max: 1%}}", Exit.FAILED, "FAILED 1 of 3"),
        (IDLE, Exit.INCONCLUSIVE, "INCONCLUSIVE 1 of 2"),
    ],
)
def test_the_exit_code_says_what_was_found(sim, small, change, code, verdict):
    result = sim("check", "small.yaml", *ONCE, "--set", change)
    assert result.code == code
    assert verdict in result.out


def test_of_several_the_worst_counts_and_a_total_follows(sim, small):
    shift_file(BASELINE, -0.003)
    (small / "idle.yaml").write_text(SMALL.replace("replications: 2", "replications: 1"))
    result = sim("check", "idle.yaml", RUN)
    assert result.code == Exit.FAILED
    assert "FAILED 1 of 6 in 2 scenarios" in result.out
    assert "scenario: gated (gated.yaml)" in result.out


LYING_REPLICAS = """
schema: 1
name: lying-replicas
duration: 4s
agents: {count: 24, features: 1, rate: 2Hz}
topology: {kind: ring, sites: 4, length_km: 100}
tree: {local: 3, regional: 4, replicas: {root: 4}}
agreement: {protocol: pbft}
adversaries:
  - {where: root-0/0, kind: silence, from: 2s, until: 3s}
  - {where: root-0/2, kind: silence, from: 3900ms}
"""


def test_a_replica_that_lied_is_told_from_one_that_had_no_time_to(sim, small):
    (small / "lying.yaml").write_text(LYING_REPLICAS)
    result = sim("check", "lying.yaml")
    found = {line.split()[1]: line for line in result.out.splitlines() if "adversaries[" in line}
    assert "took effect" in found["adversaries[0]"]
    assert "told no lie" in found["adversaries[1]"]
    assert result.code == Exit.INCONCLUSIVE


def test_a_broken_invariant_is_a_finding_and_the_others_are_still_judged(sim, small, monkeypatch):
    end_with(InvariantViolated("counts: 3 expected, 2 found"), monkeypatch)
    result = sim("check", "small.yaml", RUN, "--seed", "9")
    assert result.code == Exit.WRONG_CALL  # --seed cannot change what has run
    result = sim("check", "small.yaml", RUN)
    assert result.code == Exit.FAILED
    assert "counts: 3 expected, 2 found (replication 0, seed 7)" in result.out
    assert "replay:   sim run small.yaml --seed 7\n" in result.out
    assert "passed" not in result.out.splitlines()[-1]
    assert "baseline   " in result.out


def test_a_run_that_cannot_be_finished_is_no_failure_of_what_is_tested(sim, small, monkeypatch):
    end_with(InputError("trace.npz is missing"), monkeypatch)
    result = sim("check", "small.yaml", RUN)
    assert (result.code, result.err) == (Exit.WRONG_CALL, "trace.npz is missing\n")
    assert "INCONCLUSIVE 2 of 6 in 2 scenarios" in result.out


def test_a_failure_elsewhere_is_not_hidden_by_a_run_that_cannot_be_finished(
    sim, small, monkeypatch
):
    shift_file(BASELINE, -0.003)
    end_with(InputError("trace.npz is missing"), monkeypatch)
    assert sim("check", "small.yaml", RUN).code == Exit.FAILED


def test_an_interrupt_ends_the_check_without_a_verdict(sim, small, monkeypatch):
    end_with(KeyboardInterrupt(), monkeypatch, replication=1)
    result = sim("check", "small.yaml", "--junit", "junit.xml")
    assert result.code == Exit.INTERRUPTED
    assert "1 of 2 replications are kept in results/runs/small/" in result.err
    assert not (small / "junit.xml").exists()


def test_a_baseline_that_is_left_out_is_said_to_be(sim, gated):
    shift_file(BASELINE, -0.003)
    result = sim("check", RUN, "--no-baseline")
    assert result.code == Exit.GOOD
    assert "note:     the gate of the scenario was left out" in result.out


def test_the_cells_of_a_sweep_are_not_silently_left_out(sim, small):
    swept = SMALL.replace("replications: 2", "replications: 1") + "sweep: {tree.local: [5, 10]}\n"
    (small / "swept.yaml").write_text(swept)
    out = sim("check", "swept.yaml").out
    assert "note:     this is the scenario as it is written; the 2 cells of its sweep were" in out


def test_a_gate_without_a_baseline_is_inconclusive(sim, gated):
    BASELINE.unlink()
    result = sim("check", RUN)
    assert result.code == Exit.INCONCLUSIVE
    assert "`sim baseline update gated.yaml` makes it" in result.out


def test_every_form_is_written_at_once(sim, gated):
    shift_file(BASELINE, -0.003)
    result = sim("check", RUN, "--junit", "out/junit.xml", "--markdown", "out/sum.md", "--github")
    assert result.code == Exit.FAILED
    assert result.out.splitlines()[-1].startswith("::error file=gated.yaml,line=16,title=gated%3A")
    suite = ElementTree.parse(gated / "out" / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    assert (gated / "out" / "sum.md").read_text().startswith("## sim check: FAILED 1 of 4\n")


@pytest.mark.parametrize(("seconds", "code"), [(-0.003, Exit.FAILED), (0.0, Exit.WRONG_CALL)])
def test_a_disk_that_is_full_by_the_end_hides_neither_a_failure_nor_the_other_report(
    sim, gated, monkeypatch, seconds, code
):
    shift_file(BASELINE, seconds)
    write = files.write_whole

    def full(path, text):
        if path.name == "sum.md":
            raise SimError("sum.md: cannot be written: No space left on device")
        write(path, text)

    monkeypatch.setattr(files, "write_whole", full)
    result = sim("check", RUN, "--markdown", "sum.md", "--junit", "junit.xml")
    assert (result.code, (gated / "junit.xml").exists()) == (code, True)
    assert result.err == "sum.md: cannot be written: No space left on device\n"


def test_markdown_can_take_the_place_of_the_table(sim, gated):
    result = sim("check", RUN, "--markdown", "-")
    assert result.out.startswith("## sim check: passed 4 of 4\n")
    assert "gated   seed 7" not in result.out


def test_json_is_one_document_with_every_finding(sim, gated):
    shift_file(BASELINE, -0.003)
    result = sim("check", RUN, "--json")
    report = json.loads(result.out, parse_constant=pytest.fail)
    (scenario,) = report["scenarios"]
    assert (result.code, report["outcome"], scenario["outcome"]) == (Exit.FAILED, "fail", "fail")
    found = scenario["findings"][-1]
    assert (found["kind"], found["name"], found["line"]) == ("baseline", METRIC, 16)
    assert found["worsening"] == pytest.approx(0.003)
    assert found["bound"] == ""


@pytest.mark.usefixtures("nothing_may_run")
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("small.yaml", "bad.yaml"), "bad.yaml:6:1: sede: unknown key"),
        (("small.yaml", "absent.yaml"), "absent.yaml: cannot be read: No such file or directory"),
        (("small.yaml", "results"), "results/manifest.json is missing"),
        (
            ("small.yaml", "--set", "thresholds={coverage.mni: {max: 1}}"),
            "coverage.mni: unknown metric, did you mean coverage.min?",
        ),
        (("small.yaml", "--set", "gate={coverage.mni: {worse_by: 1}}"), "coverage.mni: unknown"),
        (("small.yaml", "--out", "small.yaml"), "small.yaml/small: cannot write the results"),
        (("small.yaml", "--junit", "results"), "results: cannot be written: Is a directory"),
        (("small.yaml", "--markdown", "small.yaml/x"), "cannot be written: Not a directory"),
        (("gated.yaml", "--baseline", "absent.json"), "absent.json is missing; `sim baseline"),
        (("gated.yaml", "--baseline", "small.yaml"), "small.yaml cannot be read"),
        (("gated.yaml", "--set", "topology.loss=1%"), "which differs in topology.loss"),
        (("small.yaml", "--json", "--github"), "--json prints one document"),
        (("small.yaml", "--junit", "x", "--markdown", "x"), "would both write x"),
    ],
)
def test_whatever_is_wrong_with_a_call_is_found_out_before_anything_runs(sim, small, words, error):
    result = sim("check", *words)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert error in result.err


@pytest.mark.usefixtures("nothing_may_run")
@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('"format": 1', '"format": 9', "has format 9, this version reads 1"),
        ('"version": "', '"version": "0.0', "or compare with --across-versions"),
        ('"name": "gated"', '"name": "other"', "this is the baseline of other, not of gated"),
        ('"figures": [', '"figures": [NaN, ', "NaN is no figure"),
        ('"digest": "', '"digest": "0', "its scenario does not match its digest"),
        (METRIC, "staleness.root.men", METRIC),
        ("{", "", "cannot be read"),
    ],
    ids=["format", "version", "scenario", "NaN", "damaged", "metric", "no JSON"],
)
def test_a_baseline_that_is_no_good_is_one_line_with_a_way_out(sim, gated, old, new, error):
    BASELINE.write_text(BASELINE.read_text().replace(old, new, 1))
    result = sim("check", "gated.yaml")
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert error in result.err
    assert len(result.err.splitlines()) == 1
    assert "sim baseline update" in result.err or "not of gated" in result.err


def test_a_baseline_of_another_version_can_be_accepted(sim, gated):
    BASELINE.write_text(BASELINE.read_text().replace('"version": "', '"version": "0.0'))
    assert sim("check", RUN, "--across-versions").code == Exit.GOOD
