import numpy as np
import pytest

from sim.engine.fingerprint import Fingerprint


def digest(*values):
    fingerprint = Fingerprint(["traffic"])
    fingerprint.add("traffic", *values)
    return fingerprint.hexdigest()


def test_the_same_values_in_the_same_order_give_the_same_digest():
    values = (1, 2.5, "root-0", b"\x00", np.arange(3))
    assert digest(*values) == digest(*values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, 2), (2, 1)),
        ((1,), (1.0,)),
        ((12,), (1, 2)),
        (("ab", "c"), ("a", "bc")),
        (("as", "b"), ("a", "sb")),
        (("a",), (b"a",)),
        ((0.0,), (-0.0,)),
        ((-1,), (1,)),
        ((np.zeros(2),), (np.zeros(3),)),
        ((np.zeros(2, np.int64),), (np.zeros(2, np.float64),)),
        ((np.zeros((2, 3)),), (np.zeros((3, 2)),)),
        ((np.zeros(0),), ()),
    ],
)
def test_values_that_differ_in_any_way_differ_in_their_digest(one, other):
    assert digest(*one) != digest(*other)


def test_byte_order_and_memory_layout_of_an_array_do_not_matter():
    array = np.arange(6, dtype=np.int64).reshape(2, 3)
    assert digest(array) == digest(array.astype(">i8")) == digest(np.asfortranarray(array))


def test_a_numpy_integer_counts_as_the_number_it_is():
    assert digest(np.int64(7)) == digest(7) == digest(np.uint8(7))


def test_adding_in_pieces_equals_adding_at_once():
    fingerprint = Fingerprint(["traffic"])
    fingerprint.add("traffic", 1)
    fingerprint.add("traffic", "a", 2)
    assert fingerprint.hexdigest() == digest(1, "a", 2)


def test_an_ingredient_that_is_not_selected_is_ignored():
    fingerprint = Fingerprint(["traffic"])
    fingerprint.add("faults", 1)
    assert fingerprint.hexdigest() == digest()
    assert not fingerprint.wants("faults")


def test_ingredients_do_not_move_each_other():
    both, one = Fingerprint(["traffic", "faults"]), Fingerprint(["traffic"])
    both.add("faults", "cut")
    for fingerprint in (both, one):
        fingerprint.add("traffic", 5)
    assert both.parts()["traffic"] == one.parts()["traffic"]
    assert both.hexdigest() != one.hexdigest()


def test_the_order_in_which_ingredients_are_named_does_not_matter():
    assert Fingerprint(["b", "a"]).hexdigest() == Fingerprint(["a", "b"]).hexdigest()


@pytest.mark.parametrize("value", [None, [1], np.array([None])])
def test_a_value_without_fixed_bytes_is_refused(value):
    with pytest.raises(TypeError, match="cannot fingerprint"):
        digest(value)


def extended(*pieces):
    fingerprint = Fingerprint(["heard"])
    for rows in pieces:
        fingerprint.extend("heard", rows)
    return fingerprint.hexdigest()


def test_rows_that_come_in_pieces_equal_rows_that_come_at_once():
    rows = np.arange(12, dtype=np.int64).reshape(4, 3)
    assert extended(rows) == extended(rows[:1], rows[1:1], rows[1:])
    assert extended(rows) == extended(rows.astype(">i8"))
    assert extended(rows) != extended(rows[::-1])


def test_rows_of_an_ingredient_that_is_not_selected_are_ignored():
    fingerprint = Fingerprint(["traffic"])
    fingerprint.extend("heard", np.arange(3))
    assert fingerprint.hexdigest() == digest()
