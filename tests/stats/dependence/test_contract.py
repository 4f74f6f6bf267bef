"""What every method of the registry promises."""

import numpy as np
import pytest

from sim.stats.dependence.contract import State
from sim.stats.dependence.registry import DEPENDENCE, make_dependence

SERIES = np.random.default_rng(1).normal(size=(40, 12)) + 0.5 * np.sin(np.arange(40))[:, None]
CUTS = (3, 4, 9)
OPTIONS = {"frequent_directions": {"rows": 6}}
EVERY = [make_dependence(kind, OPTIONS.get(kind)) for kind in DEPENDENCE]
METHODS = pytest.mark.parametrize("method", EVERY, ids=DEPENDENCE)
OF_SERIES = pytest.mark.parametrize(
    "method",
    [method for method in EVERY if method.takes == "series"],
    ids=lambda method: method.name,
)


def lift(method, values, agents=None):
    return method.lift(values, agents, np.random.default_rng(7))


def locals_of(method, values=SERIES):
    """What four locals make of rows or columns."""
    if method.takes == "samples":
        return [lift(method, part) for part in np.split(values, CUTS)]
    agents = np.split(np.arange(values.shape[1]), CUTS)
    return [lift(method, values[:, part], part) for part in agents]


def truth(method, values=SERIES):
    reference = make_dependence(method.reference)
    return reference.read(lift(reference, values))


@METHODS
def test_the_order_of_children_and_the_tree_do_not_change_the_error(method):
    a, b, c, d = locals_of(method)
    flat = method.read(method.merge([a, b, c, d]))
    tree = method.read(method.merge([method.merge([d, b]), method.merge([c, a])]))
    # Frequent directions keep one promise for all trees, not one result.
    allowed = max(flat.lost, tree.lost) / 12 if method.name == "frequent_directions" else 1e-9
    errors = [method.error(reading, truth(method)) for reading in (flat, tree)]
    assert abs(errors[0] - errors[1]) <= allowed


@METHODS
def test_a_state_of_one_merges_into_itself(method):
    state = lift(method, SERIES)
    once = method.merge([state])
    assert once.size_bytes == state.size_bytes
    assert method.error(method.read(once), truth(method)) == pytest.approx(
        method.error(method.read(state), truth(method)), abs=1e-12
    )


@METHODS
def test_size_is_that_of_the_arrays_and_work_is_counted(method):
    state = method.merge(locals_of(method))
    assert isinstance(state, State)
    assert state.size_bytes > 0
    assert method.read(state).operations > 0
    # Only the flat method leaves all the work to the root.
    assert (locals_of(method)[0].operations > 0) == (method.name != "all_pairs")


@METHODS
def test_the_data_are_left_as_they_are(method):
    values = SERIES.copy()
    method.read(lift(method, values))
    assert (values == SERIES).all()


@OF_SERIES
def test_agents_that_never_move_or_are_never_seen_are_as_if_not_there(method):
    still = np.full(40, 0.1)
    more = np.column_stack((SERIES, still, np.full(40, np.nan)))
    assert method.error(method.read(lift(method, more)), truth(method, more)) == pytest.approx(
        method.error(method.read(lift(method, SERIES)), truth(method)), abs=1e-12
    )


@OF_SERIES
def test_nobody_at_all_is_a_state_that_changes_nothing(method):
    nobody = lift(method, np.zeros((40, 0)))
    both = method.merge([nobody, *locals_of(method)])
    alone = method.merge(locals_of(method))
    assert method.error(method.read(both), truth(method)) == pytest.approx(
        method.error(method.read(alone), truth(method)), abs=1e-9
    )


@METHODS
def test_a_gap_does_not_spoil_the_rest(method):
    gaps = SERIES.copy()
    gaps[::7, 2] = np.nan
    assert method.error(method.read(lift(method, gaps)), truth(method, gaps)) < 0.2


@METHODS
def test_nothing_to_merge_is_refused(method):
    with pytest.raises(ValueError, match="nothing to merge"):
        method.merge([])


@METHODS
def test_states_of_different_lengths_are_refused(method):
    other = SERIES[:, :5] if method.takes == "samples" else SERIES[:30]
    if method.name == "projection":
        states = [lift(method, SERIES), lift(make_dependence("projection", {"k": 7}), SERIES)]
    else:
        states = [lift(method, SERIES), lift(method, other)]
    with pytest.raises(ValueError, match="do not merge"):
        method.merge(states)


@METHODS
def test_values_that_are_no_matrix_are_refused(method):
    with pytest.raises(ValueError, match="matrix"):
        lift(method, SERIES[0])


@OF_SERIES
@pytest.mark.parametrize("agents", [np.arange(11), np.zeros(12, int)])
def test_every_column_needs_an_agent_of_its_own(method, agents):
    with pytest.raises(ValueError, match="as many different agents"):
        lift(method, SERIES, agents)


def test_unknown_methods_and_options_are_refused_by_name():
    with pytest.raises(ValueError, match="no method 'copula'; there are covariance, mean_corr"):
        make_dependence("copula")
    with pytest.raises(ValueError, match="projection has no option 'l'; it has k"):
        make_dependence("projection", {"l": 3})
    with pytest.raises(ValueError, match="blocks has no option 'k'; it has none"):
        make_dependence("blocks", {"k": 3})
    with pytest.raises(ValueError, match="at least 1 direction"):
        make_dependence("projection", {"k": 0})
    with pytest.raises(ValueError, match="at least 2 rows"):
        make_dependence("frequent_directions", {"rows": 1})
