"""The public detection API on real data: the figures of the data cards, from plain arrays.

Thresholds and options are the published or the default ones; nothing here was chosen by labels.
"""

import csv
import json
from functools import cache

import numpy as np
import pytest

from sim.detection.detectors import make_detector
from sim.detection.engine import analyze_behavior, update_baseline
from tests.data import shared_data

pytestmark = [pytest.mark.data, pytest.mark.slow]

MACHINES = ("machine-1-2", "machine-2-4", "machine-3-3")
WARM_UP = 2000
"""Minutes of training before the test on which a level is started: 33 half lives of an hour."""


def areas(label, score):
    from sklearn.metrics import average_precision_score, roc_auc_score

    return roc_auc_score(label, score), average_precision_score(label, score)


@cache
def machine(name):
    """Train, test and label of a server of SMD."""
    with np.load(shared_data(f"smd/{name}.npz")) as file:
        return file["train"].astype(float), file["test"].astype(float), file["label"]


@cache
def published():
    """(machine, detector) -> (ROC-AUC, PR-AUC), to four digits."""
    with shared_data("smd/baselines.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {(r["machine"], r["detector"]): (float(r["auc_roc"]), float(r["auc_pr"])) for r in rows}


def at_once(values, baseline, detector, **options):
    """Scores of a detector without memory: every vector is the newest of an agent of its own."""
    return analyze_behavior(values[None], baseline, detector, **options).score[0]


# SMD


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize(
    ("detector", "options"),
    [
        ("z mean (|z| capped 10)", {"pool": "mean"}),
        ("z rms", {"pool": "rms", "cap": None}),
        ("z max", {"pool": "max", "cap": None}),
        ("z top-5 mean", {"pool": "top", "cap": None}),
    ],
)
def test_smd_z(name, detector, options):
    train, test, label = machine(name)
    scores = at_once(test, update_baseline(train), "z", **options)
    assert areas(label, scores) == pytest.approx(published()[name, detector], abs=1e-4)


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("statistic", ["reconstruction", "Hotelling"])
def test_smd_principal_components_of_capped_deviations(name, statistic):
    # The published ones are fitted to z that were capped at 10, without standardising them again:
    # a floor of 1 under standard deviations that are all below 1 does just that.
    train, test, label = machine(name)
    first = update_baseline(train)
    scale = np.maximum(first.sd, 0.01)
    capped = [np.clip((data - first.mean) / scale, -10, 10) for data in (train, test)]
    options = {"statistic": statistic.lower(), "floor": 1.0, "cap": None}
    scores = at_once(capped[1], update_baseline(capped[0]), "pca", **options)
    expected = published()[name, f"PCA-90 % {statistic}"]
    assert areas(label, scores) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("published_as", "detector", "options"),
    [
        ("EWMA-10 level z mean", "ewma_z", {"half_life_ns": 10, "pool": "mean"}),
        ("EWMA-60 residual rms", "ewma_residual", {"half_life_ns": 60, "spread": "own"}),
    ],
)
def test_smd_levels_go_on_from_training(published_as, detector, options):
    trained, tested, labels = zip(*map(machine, MACHINES), strict=True)
    longest = max(map(len, tested))
    padded = [np.pad(test, ((0, longest - len(test)), (0, 0)), "edge") for test in tested]
    warm = [train[-WARM_UP:] for train in trained]
    values = np.concatenate((np.stack(warm, axis=1), np.stack(padded, axis=1)))
    rows = [update_baseline(train) for train in trained]
    baseline = type(rows[0])(
        *(np.concatenate([getattr(row, part) for row in rows]) for part in ("count", "mean", "sd"))
    )
    scores = analyze_behavior(values, baseline, detector, **options).score[WARM_UP:]
    for name, label, score in zip(MACHINES, labels, scores.T, strict=True):
        expected = published()[name, published_as]
        assert areas(label, score[: len(label)]) == pytest.approx(expected, abs=1e-4)


# ASD


@cache
def servers():
    """Server of ASD -> train, test and label."""
    names = json.loads(shared_data("asd/interpretation.json").read_text())
    with np.load(shared_data("asd/asd.npz")) as file:
        parts = {name: [file[f"{name}_{part}"] for part in ("train", "test")] for name in names}
        labels = {name: file[f"{name}_label"] for name in names}
    return {name: (*(part.astype(float) for part in parts[name]), labels[name]) for name in names}


@pytest.mark.parametrize(
    ("detector", "options", "expected"),
    [
        ("z", {"cap": None}, (0.677, 0.210)),
        ("pca", {}, (0.731, 0.294)),
        ("mahalanobis", {"cap": 10.0}, (0.738, 0.365)),
    ],
)
def test_asd_is_scored_with_the_options_of_smd(detector, options, expected):
    found, false_alarms = [], []
    for train, test, label in servers().values():
        both = at_once(np.vstack((train, test)), update_baseline(train), detector, **options)
        scores = both[len(train) :]
        found.append(areas(label, scores))
        false_alarms.append(np.mean(scores[label == 0] > np.quantile(both[: len(train)], 0.99)))
    assert len(found) == 8
    assert np.mean(found, axis=0) == pytest.approx(expected, abs=1e-3)
    assert np.mean(false_alarms) < 0.02


# Hijacked agents


@cache
def agent_runs():
    """Behaviour of clean and attacked runs (agents, tasks, features); whether it was hijacked."""
    import pandas as pd

    runs = pd.read_csv(shared_data("agentdojo_runs/runs.csv"))
    runs = runs.sort_values(["pipeline", "suite", "user_task"])
    behaviour = runs.columns[list(runs.columns).index("n_messages") :]
    agents = runs.pipeline.nunique()
    clean, attacked = (
        runs.loc[runs.attack == attack, behaviour]
        .to_numpy(float)
        .reshape(agents, -1, len(behaviour))
        for attack in (0, 1)
    )
    hijacked = runs.loc[runs.attack == 1, "attack_succeeded"].to_numpy(bool)
    return clean, attacked, hijacked.reshape(agents, -1)


def peer_scores(clean, attacked):
    """Scores of all clean runs, and of each agent's attacked runs among clean ones of the others.

    Peers are the twelve agents on one task; nobody is told who is attacked, and nothing is learnt.
    """
    agents, tasks, features = clean.shape
    groups, rows = np.tile(np.arange(tasks), agents), np.arange(agents * tasks)
    sizes = {"agents": agents * tasks, "features": features, "period_ns": 1}
    peers = make_detector("peers", {}, groups=groups, **sizes)
    nothing = update_baseline(np.zeros((2, features)))
    peers.update(rows, clean.reshape(-1, features), nothing, None)
    normal, among_clean = peers.scores(nothing, None), []
    for agent, own in enumerate(rows.reshape(agents, tasks)):
        peers.update(own, attacked[agent], nothing, None)
        among_clean.append(peers.scores(nothing, None)[own])
        peers.update(own, clean[agent], nothing, None)
    return normal.reshape(agents, tasks), np.array(among_clean)


def test_a_hijacked_agent_stands_out_among_peers_at_the_same_task():
    clean, attacked, hijacked = agent_runs()
    normal, scores = peer_scores(clean, attacked)

    def roc(others):
        label = np.repeat([1, 0], [hijacked.sum(), len(others)])
        return areas(label, np.concatenate((scores[hijacked], others)))[0]

    assert hijacked.sum() == 178
    assert roc(normal.ravel()) == pytest.approx(0.908, abs=2e-3)
    # An attack that fails leaves its mark on behaviour, too; it counts as normal here.
    assert roc(scores[~hijacked]) == pytest.approx(0.773, abs=2e-3)
    assert roc(np.concatenate((normal.ravel(), scores[~hijacked]))) >= 0.80


# Cloud monitoring


@cache
def series():
    """Series of the cloud -> values (in deviations of the first half) and labels."""
    import pandas as pd

    table = pd.read_csv(shared_data("ms_cloud_monitoring/series.csv.gz"))
    table["value"] = pd.to_numeric(table["value"], errors="coerce")
    found = {}
    for name, rows in table.groupby("series"):
        value, half = rows["value"].ffill().bfill().to_numpy(float), len(rows) // 2
        scaled = (value - value[:half].mean()) / (value[:half].std() or 1)
        found[name] = scaled, rows["label"].to_numpy()
    return found


def test_a_series_without_anomalies_raises_as_many_alarms_as_its_quantile_says():
    clean = {name: values for name, (values, label) in series().items() if not label.any()}
    assert len(clean) == 5
    for name, values in clean.items():
        half = len(values) // 2
        options = {"half_life_ns": 60, "spread": "own"}
        nothing = update_baseline(np.zeros((2, 1)))
        scores = analyze_behavior(values[:, None], nothing, "ewma_residual", **options).score
        alarms = np.mean(scores[half:] > np.nanquantile(scores[:half], 0.99))
        assert alarms < 0.015, name
