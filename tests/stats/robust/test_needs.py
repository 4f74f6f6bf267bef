import pytest

from sim.stats.robust import needs


@pytest.mark.parametrize(
    ("share", "n", "expected"),
    [(0.3, 10, 3), (0.33, 50, 16), (1 / 3, 3, 1), (0.2, 4, 0), (1, 7, 7)],
)
def test_a_share_of_liars_is_rounded_down_but_not_by_rounding_errors(share, n, expected):
    assert needs.liars(share, n) == expected


@pytest.mark.parametrize("kind", needs.NEEDS)
@pytest.mark.parametrize("f", [0, 1, 7])
def test_a_rule_withstands_no_more_than_it_has_items_for(kind, f):
    enough = needs.least(kind, f)
    assert needs.most(kind, enough) == f
    assert needs.most(kind, enough - 1) == f - 1
    needs.check(kind, enough, f)
    with pytest.raises(ValueError, match=f"{kind} against .* needs {enough} items"):
        needs.check(kind, enough - 1, f)


def test_a_refusal_says_what_would_do():
    with pytest.raises(ValueError, match="krum against 4 liars needs 11 items, not 10"):
        needs.check("krum", 10, 4)
    with pytest.raises(ValueError, match="bulyan against 1 liar needs 7 items, not 6"):
        needs.check("bulyan", 6, 1)


def test_a_median_of_means_needs_an_item_a_bucket():
    assert needs.least("median_of_means", 2, {"buckets": 9}) == 9
    assert needs.least("median_of_means", 5, {"buckets": 9}) == 11


def test_less_than_no_liar_is_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        needs.check("median", 5, -1)
