from sim.report.groups import cut_groups, other_regions
from tests.measure.synthetic import Fault, S, make_plan, make_tables

PLAN = make_plan(30 * S, 12)


def groups_of(room, *faults):
    tables = make_tables(faults, regions=12, duration_ns=30 * S)
    return tables, cut_groups(tables, PLAN, room)


def test_few_regions_have_a_group_each():
    _, groups = groups_of(3, Fault(5 * S, 9 * S, (1, 4, 7)))
    assert [group.label for group in groups] == ["region-1", "region-4", "region-7"]


def test_regions_cut_at_the_same_times_share_a_group_when_room_is_short():
    faults = Fault(5 * S, 9 * S, (0, 1, 2, 4)), Fault(15 * S, 20 * S, (4, 5))
    _, groups = groups_of(3, *faults)
    assert [group.regions for group in groups] == [(0, 1, 2), (4,), (5,)]
    assert groups[1].cut.tolist() == [[5 * S, 9 * S], [15 * S, 20 * S]]


def test_what_still_has_no_room_is_one_group_with_every_cut():
    faults = [Fault((5 + 3 * k) * S, (6 + 3 * k) * S, (k,)) for k in range(5)]
    _, groups = groups_of(2, *faults)
    assert [group.regions for group in groups] == [(0,), (1, 2, 3, 4)]
    assert len(groups[1].cut) == 4


def test_every_region_is_in_one_group_or_among_the_others():
    tables, groups = groups_of(2, Fault(5 * S, 9 * S, (1, 4, 7)))
    named = [region for group in groups for region in group.regions]
    assert sorted(named + other_regions(tables, groups)) == list(range(12))
