"""A run that is made once for all tests of a file, and is there anew for each of them."""

import shutil

import pytest

from sim.campaign.replications import run_scenario
from sim.scenario import load_scenario
from tests.small import SMALL, only_what_counts


def made_once(home, changes=()):
    """Run the small scenario in a folder; gives the folder, and where in it the run is."""
    with pytest.MonkeyPatch.context() as patched:
        only_what_counts(patched)
        patched.chdir(home)
        (home / "small.yaml").write_text(SMALL)
        scenario = load_scenario("small.yaml", changes)
        run = run_scenario(scenario, home / "results" / "runs").folder
    return home, run.relative_to(home)


def there_anew(made, folder):
    """Copy what `made_once` gave to where commands look for it; gives the folder of the run."""
    home, run = made
    shutil.copytree(home, folder, symlinks=True, dirs_exist_ok=True)
    return folder / run
