"""Names of metrics on the command line: checked before anything is done."""

from collections.abc import Iterable

from sim.errors import Mistake, ScenarioError


def check_metric_names(names: Iterable[str]) -> None:
    """Raises ScenarioError for those that do not exist, all at once."""
    from sim.scenario.catalogue import METRIC_NAMES
    from sim.scenario.nearest import did_you_mean

    unknown = [
        Mistake(f"--metric {name}", 0, 0, "", "unknown metric", did_you_mean(name, METRIC_NAMES))
        for name in names
        if name not in METRIC_NAMES
    ]
    if unknown:
        raise ScenarioError(tuple(unknown))
