"""The named shapes of a partition: who is on which side, with replicas and without, and when."""

import pytest

from sim.scenario import resolved_yaml
from sim.scenario.partitions import few, reach_of
from sim.scenario.selectors import ranges, tree_shape
from tests.scenario.texts import GOOD, mistakes_in, plan_of, with_fault

S = 10**9
SHAPES = ("halves", "minority", "ring", "nested")


def cut(shape: str, replicas: int = 1, tiers: str = "root") -> str:
    """The good scenario (eight regions) cut from 10 s to 30 s."""
    text = with_fault(f"kind: partition, {shape}, at: 10s, until: 30s")
    if replicas == 1:
        return text
    counts = ", ".join(f"{tier}: {replicas}" for tier in tiers.split())
    return text + f"tree: {{replicas: {{{counts}}}}}\n"


def options(shape: str, replicas: int = 1, tiers: str = "root"):
    """The options of the cut."""
    return plan_of(cut(shape, replicas, tiers)).faults[0].options


def replicas_in(group) -> list[int]:
    """The numbers of the replicas that a group names; `rest` and `root` are replica 0."""
    named = [int(name.split("-")[1]) for name in group if name.startswith("replica-")]
    return [0] * (group[0] in ("root", "rest")) + named


def test_halves_deal_the_replicas_with_the_regions():
    far, near = options("shape: halves", 4)["groups"]
    assert far == ("region-4", "region-5", "region-6", "region-7", "replica-2", "replica-3")
    assert near == ("rest",)


@pytest.mark.parametrize("replicas", range(2, 14))
def test_a_minority_of_replicas_leaves_a_quorum_on_the_other_side(replicas):
    far, _ = options("shape: minority", replicas)["groups"]
    cut_off = len(replicas_in(far))
    assert cut_off == few(replicas)
    # A quorum has n - f members where n >= 3 f + 1; of three or fewer it is a majority.
    liars = (replicas - 1) // 3
    assert cut_off <= liars if replicas > 3 else 2 * cut_off < replicas


def test_what_replica_0_is_cut_with_is_the_rest():
    for shape in ("halves", "minority", "nested"):
        far, _ = options(f"shape: {shape}", 5, "regional root")["groups"]
        assert 0 not in replicas_in(far)


@pytest.mark.parametrize("replicas", range(4, 21))
def test_on_a_ring_everybody_sees_a_majority_and_no_two_the_same(replicas):
    found = options("shape: ring", replicas)
    reach = found["reach"]
    assert reach == reach_of(replicas)
    seen = [
        frozenset((number + step) % replicas for step in range(-reach, reach + 1))
        for number in range(replicas)
    ]
    assert all(len(some) > replicas / 2 for some in seen)
    assert len(set(seen)) == replicas


@pytest.mark.parametrize("replicas", [4, 5, 7])
@pytest.mark.parametrize("tiers", ["root", "regional root"])
def test_on_a_ring_every_region_and_replica_stands_once(replicas, tiers):
    plan = plan_of(cut("shape: ring", replicas, tiers))
    tree = tree_shape(plan)
    groups = plan.faults[0].options["groups"]
    nodes = [
        (row, number)
        for group in groups
        for name in group
        for row, (first, last) in ranges(name, tree).items()
        for number in range(first, last)
    ]
    everybody = [(row, number) for row, count in enumerate(tree.rows) for number in range(count)]
    assert sorted(nodes) == everybody
    assert len(groups) == replicas


@pytest.mark.parametrize("replicas", [1, 2, 3])
def test_a_ring_of_fewer_than_four_replicas_is_refused(replicas):
    (found,) = mistakes_in(cut("shape: ring", replicas))
    assert "faults[0].shape: needs 4 replicas of the root" in found


def test_nested_halves_are_cut_again_halfway():
    found = options("shape: nested", 4)
    assert found["groups"] == options("shape: halves", 4)["groups"]
    assert found["again_ns"] == 20 * S
    assert found["then"] == (
        ("region-2", "region-3", "replica-1"),
        ("region-4", "region-5", "replica-2"),
        ("region-6", "region-7", "replica-3"),
        ("rest",),
    )


def test_nested_halves_are_cut_again_when_it_is_said():
    assert options("shape: nested, again: 12s")["again_ns"] == 12 * S


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tiers", ["root", "regional root"])
def test_a_shape_is_written_back_as_its_groups(shape, tiers):
    plan = plan_of(cut(f"shape: {shape}", 5, tiers))
    assert plan_of(resolved_yaml(plan)).faults == plan.faults


def test_a_partition_without_anything_special_has_two_options():
    assert set(options("shape: halves")) == {"groups", "one_way"}


@pytest.mark.parametrize(
    ("fault", "mistake"),
    [
        ("groups: [region-0, rest], then: [region-1, rest]", "needs `again`, the time of the"),
        ("groups: [region-0, rest], again: 20s", "`again` needs `then`"),
        ("shape: halves, reach: 1", "`then` and `reach` go with `groups`"),
        ("groups: [region-0, rest], reach: 1", "reach: cuts nobody off: on a ring of 2"),
        ("shape: nested, again: 30s", "faults[0].again: the second cut, at 30s, is not within"),
        ("shape: nested, again: 10s", "the second cut, at 10s, is not within"),
        (
            "groups: [region-0, rest], again: 20s, then: [region-1, regoin-2]",
            "then[1][0]: there is no node 'regoin-2', did you mean region-2",
        ),
        (
            "groups: [region-0, rest], again: 20s, then: [region-1, local-7]",
            "faults[0].then: local-7 is in two groups",
        ),
        ("groups: [root/1, rest]", "groups[0][0]: 'root' has no replicas, see tree.replicas"),
    ],
)
def test_a_second_cut_or_a_ring_that_cannot_be_is_refused(fault, mistake):
    (found,) = mistakes_in(cut(fault))
    assert mistake in found


def test_a_nested_cut_without_an_end_needs_a_time():
    (found,) = mistakes_in(with_fault("kind: partition, shape: nested, at: 1s"))
    assert "needs `again`" in found


def test_too_few_regions_cannot_be_cut_twice():
    (found,) = mistakes_in(cut("shape: nested"), "agents.count=200", "tree.regional=5")
    assert "too few regions" in found


@pytest.mark.parametrize("one", ["root/0", "root-0/0", "root-0", "root"])
def test_the_first_replica_of_the_root_is_the_root(one):
    tree = tree_shape(plan_of(GOOD + "tree: {replicas: {root: 3}}\n"))
    assert ranges(one, tree) == {tree.top: (0, 1)}


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("root/2", ["root-0/2"]),
        ("root/*", ["root-0/0", "root-0/1", "root-0/2"]),
        ("regional-3/1", ["regional-3/1"]),
        ("regionals/2", [f"regional-{number}/2" for number in range(8)]),
        ("replica-1", [*(f"regional-{number}/1" for number in range(8)), "root-0/1"]),
    ],
)
def test_replicas_have_names(name, names):
    tree = tree_shape(plan_of(GOOD + "tree: {replicas: {regional: 3, root: 3}}\n"))
    found = ranges(name, tree)
    nodes = [(row, n) for row, (first, last) in sorted(found.items()) for n in range(first, last)]
    assert [tree.node_name(*node) for node in nodes] == names


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("root/3", "there is no root/3, they are root/0 to root/2"),
        ("root-0/x", "there is no 'root-0/x', did you mean root-0/"),
        ("locals/1", "'locals' has no replicas, replicated are root"),
        ("region-0/1", "'region-0' has no replicas"),
        ("replica-3", "there is no replica-3, they are replica-0 to replica-2"),
    ],
)
def test_a_replica_that_is_not_there_is_refused(name, mistake):
    text = with_fault(f"kind: crash, nodes: '{name}', at: 1s") + "tree: {replicas: {root: 3}}\n"
    (found,) = mistakes_in(text)
    assert mistake in found
