"""What is wrong inside one block is told in words, with its place and the nearest right name."""

import pytest

from tests.scenario.texts import GOOD, mistakes_in, with_fault

TOPOLOGY = "topology: {kind: topohub, name: topozoo/Abilene}"


def test_a_good_scenario_has_no_mistakes():
    assert mistakes_in(GOOD) == []


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("sede: 3", "6:1: sede: unknown key, did you mean seed?"),
        ("seed: -1", "6:1: seed: must be at least 0, not -1"),
        ("seed: 1.5", "6:1: seed: must be a whole number, not 1.5"),
        ("seed: yes", "6:1: seed: must be a whole number, not 'yes'"),
        ("seed: true", "6:1: seed: must be a whole number, not true"),
        ("about: 3", "6:1: about: must be text, not 3"),
        ("tree: 7", "6:1: tree: must be a map of keys to values, not 7"),
        ("tree: {local: 0}", "6:8: tree.local: must be at least 1, not 0"),
        (
            "tree: {levels: all}",
            "6:8: tree.levels: must be a whole number, or 'auto', not 'all'",
        ),
        (
            "baseline: {publish: 1parsec}",
            "6:12: baseline.publish: must be a duration such as 20ms, 5s or 2h, not '1parsec'",
        ),
        ("baseline: {pane: 0s}", "6:12: baseline.pane: must be more than 0: 0s"),
        ("baseline: {pane: 1e30h}", "6:12: baseline.pane: must be at most 3650d, not 1e30h"),
        ("baseline: {epsilon: .nan}", "6:12: baseline.epsilon: must be a finite number, not nan"),
        ("baseline: {epsilon: .inf}", "6:12: baseline.epsilon: must be a finite number, not inf"),
        ("baseline: {epsilon: 0}", "6:12: baseline.epsilon: must be more than 0, not 0"),
        (
            "journal: {messages: maybe}",
            "6:11: journal.messages: must be true, false, or a map with from, until and nodes, "
            "not 'maybe'",
        ),
        ("quux: {}", "6:1: quux: unknown key"),
        (
            "journal: {fingerprint: [herd]}",
            "6:25: journal.fingerprint[0]: must be 'baselines', 'detection', 'faults', 'heard', "
            "'samples' or 'traffic', not 'herd', did you mean heard?",
        ),
        ("journal: {fingerprint: []}", "must have 1 or more entries, not an empty list"),
        (
            "thresholds: {recovery.tme.p95: {max: 1s}}",
            "6:14: thresholds.recovery.tme.p95: unknown metric, did you mean recovery.time.p95?",
        ),
        (
            "thresholds: {coverage.min: {mni: 1%}}",
            "6:29: thresholds.coverage.min.mni: unknown key, did you mean min?",
        ),
        ("thresholds: {coverage.min: {min: 120%}}", "must be from 0% to 100%, not 120%"),
        ("thresholds: {recovery.time.p95: {max: 3}}", "must be a duration such as"),
        ("faults: [7]", "6:10: faults[0]: must be a map with a `kind`, not 7"),
    ],
)
def test_a_wrong_line_is_told(line, mistake):
    (found,) = mistakes_in(GOOD + line + "\n")
    assert mistake in found


@pytest.mark.parametrize(
    ("topology", "mistake"),
    [
        (
            "{kind: topohb, name: x}",
            "5:12: topology.kind: unknown kind 'topohb', did you mean topohub?",
        ),
        ("{name: x}", "5:1: topology.kind: is missing, known: graphml, grid, point, ring, rtt_csv"),
        ("{kind: ring, sites: 2, length_km: 9}", "5:24: topology.sites: must be at least 3, not 2"),
        ("{kind: ring, sites: 5}", "5:1: topology.length_km: is missing"),
        ("{kind: point, detour: 0.5}", "5:25: topology.detour: must be at least 1, not 0.5"),
        ("{kind: point, loss: 120%}", "5:25: topology.loss: must be from 0% to 100%, not 120%"),
        (
            "{kind: point, jitter: {kind: lognorml}}",
            "5:34: topology.jitter.kind: unknown kind 'lognorml', did you mean lognormal?",
        ),
        (
            "{kind: point, jitter: {kind: lognormal, sigma: 1, meadian: 1ms}}",
            "5:61: topology.jitter.meadian: unknown key, did you mean median?",
        ),
        (
            "{kind: point, jitter: {kind: uniform, low: 3ms, high: 1ms}}",
            "5:25: topology.jitter: low must not be above high",
        ),
        (
            "{kind: tree, branching: 100, height: 3, length_km: 1}",
            "topology: would have 1010101 sites; at most 2000 can be simulated",
        ),
        (
            "{kind: grid, rows: 50, columns: 41, length_km: 1}",
            "topology: would have 2050 sites; at most 2000 can be simulated",
        ),
    ],
)
def test_a_wrong_topology_is_told(topology, mistake):
    (found,) = mistakes_in(GOOD.replace(TOPOLOGY, f"topology: {topology}"))
    assert mistake in found


@pytest.mark.parametrize(
    ("fault", "mistake"),
    [
        ("kind: hold, nodes: all, at: 1s", "7:5: faults[0].until: is missing"),
        ("kind: crash, at: 1s", "7:5: faults[0].nodes: is missing"),
        ("kind: crash, nodes: root, at: -1s", "7:32: faults[0].at: must not be negative: -1s"),
        ("kind: partition, at: 1s", "7:5: faults[0]: needs either `groups` or `shape`"),
        ("kind: partition, groups: [all], at: 1s", "must have 2 or more entries, not a list of 1"),
        ("kind: degrade, nodes: all, at: 1s", "needs a latency_factor, extra_latency,"),
        ("kind: clock, nodes: all, at: 1s", "7:5: faults[0]: needs an offset or a drift_ppm"),
        ("kind: link_down, link: [A], at: 1s", "7:23: faults[0].link: must have 2 or more entries"),
        (
            "kind: crash, nodes: root, at: 1s, durabel: no",
            "faults[0].durabel: unknown key, did you",
        ),
    ],
)
def test_a_wrong_fault_is_told(fault, mistake):
    (found,) = mistakes_in(with_fault(fault))
    assert mistake in found


def test_all_mistakes_come_at_once_in_the_order_of_the_file():
    text = "schema: 2\nname: Bad Name\nduration: 5\nduration: 6s\ntopology: 3\nagents: {count: 0}\n"
    assert [line.split(" ")[0] for line in mistakes_in(text)] == [
        "scenario.yaml:1:1:",
        "scenario.yaml:2:1:",
        "scenario.yaml:3:1:",
        "scenario.yaml:4:1:",
        "scenario.yaml:5:1:",
        "scenario.yaml:6:10:",
    ]


def test_every_block_that_must_be_there_is_named():
    (*_, last) = mistakes_in("{}")
    names = [line.split(": ")[1] for line in mistakes_in("{}")]
    assert names == ["agents", "duration", "name", "schema", "topology"]
    assert last == "scenario.yaml:1:1: topology: is missing"


def test_a_list_is_not_a_scenario():
    (found,) = mistakes_in("- 1\n")
    assert found == "scenario.yaml:1:1: must be a map of keys to values, not a list of 1"


# Controls of many tests


def with_control(control):
    return GOOD + f"detection: {{detector: z, control: {control}}}\n"


@pytest.mark.parametrize(
    ("control", "told"),
    [
        ("{level: 5%}", "kind: is missing, and no kind has a key level, did you mean alpha?"),
        ("{level: 5%}", "known kinds: addis, bh, bonferroni"),
        ("{kind: bh, level: 5%}", "level: unknown key, did you mean alpha?"),
        ("{alpha: 5%}", "kind: is missing, known: addis, bh"),
        ("{kind: bh, alpha: 5}", "alpha: must be from 0% to 100%, not 5; did you mean 5%?"),
        ("{kind: bh, alpha: -5}", "alpha: must be from 0% to 100%, not -5"),
        ("{kind: bh, alpha: 500%}", "alpha: must be from 0% to 100%, not 500%"),
        ("{kind: bh, alpha: 100%}", "alpha: must be less than 1, not '100%'"),
        ("{kind: bh, alpha: 0%}", "alpha: must be more than 0, not '0%'"),
        ("{kind: bh, alpha: 0.99999999999999999}", "less than 1, and with 16 digits it is 1"),
    ],
)
def test_a_wrong_control_is_told_as_it_was_written(control, told):
    (found,) = mistakes_in(with_control(control))
    assert told in found


def test_a_share_that_cannot_be_meant_as_percent_is_not_guessed():
    assert "did you mean" not in mistakes_in(with_control("{kind: bh, alpha: 101}"))[0]


@pytest.mark.parametrize(
    "deviation",
    ["common: {sd: 1e300}", "groups: {regions: 1e308}", "spread: 1e160", "drift: 1001"],
)
def test_deviations_that_no_value_can_have_are_refused_where_they_stand(deviation):
    behaviour = f"behaviour: {{kind: synthetic, {deviation}}}"
    (mistake,) = mistakes_in(GOOD.replace("rate: 10Hz", f"rate: 10Hz, {behaviour}"))
    assert mistake.startswith("scenario.yaml:4:")
    assert "must be at most 1000" in mistake
