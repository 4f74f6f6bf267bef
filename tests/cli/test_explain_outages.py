"""``sim explain`` draws what chance brings under the seed, and says how much it is."""

import numpy as np

from tests.scenario.texts import GOOD, with_fault

CUTS = "kind: outages, fault: partition, each: [region-0, region-1], up: 20s, down: 5s"


def test_outages_are_drawn_like_other_faults(sim, folder):
    (folder / "chance.yaml").write_text(with_fault(CUTS, "kind: crash, nodes: local-1, at: 30s"))
    out = sim("explain", "chance.yaml").out
    lane = f"{'.' * 16}{'#' * 4}{'.' * 28}"
    assert f"  partition  {lane}  20s to 25s, region-0 | rest\n" in out
    assert f"  crash      {'.' * 24}{'#' * 24}  30s to the end, local-1\n" in out


def test_outages_are_told_in_numbers(sim, folder):
    (folder / "chance.yaml").write_text(with_fault(CUTS))
    words = " ".join(sim("explain", "chance.yaml").out.split())
    assert "faults[0]: 2 targets, up constant (value 20s), down constant (value 5s)." in words
    assert "Seed 1 brings 4 outages, the longest 5 s; down for 16.67% of their time" in words


def test_chance_may_bring_nothing_and_says_so(sim, folder):
    (folder / "chance.yaml").write_text(with_fault(CUTS.replace("20s", "70s")))
    assert "Seed 1 brings no outage" in " ".join(sim("explain", "chance.yaml").out.split())


def test_many_outages_are_not_all_drawn(sim, folder):
    (folder / "chance.yaml").write_text(with_fault(CUTS.replace("20s", "1s").replace("5s", "1s")))
    out = sim("explain", "chance.yaml").out
    assert out.count(" | rest\n") == 40
    assert "  and 20 more\n" in out


def test_tails_of_pairs_are_told(sim, folder):
    np.savez(folder / "rtt.npz", rtt=np.array([[2, 40, 60], [4, 40, 60]]))
    old = "topology: {kind: topohub, name: topozoo/Abilene}"
    new = "topology: {kind: rtt_npz, path: rtt.npz, array: rtt, placement: spread}"
    (folder / "measured.yaml").write_text(GOOD.replace(old, new))
    out = sim("explain", "measured.yaml").out
    assert "rtt.npz: 3 sites, 3 links" in out
    assert "each pair with a tail of its own: 1 message in 100 is late by 333 us or more" in out
