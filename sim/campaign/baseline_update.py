"""Making a new baseline, with what it changes in the old one."""

from dataclasses import dataclass
from pathlib import Path

from sim.campaign.baselines import (
    Baseline,
    as_text,
    baseline_of,
    baseline_path,
    read_baseline,
    write_baseline,
)
from sim.campaign.comparison import Contrast, difference
from sim.campaign.gated import samples_of
from sim.campaign.subjects import Running, Subject, near, results_of
from sim.errors import ResultsError, SimError


@dataclass(frozen=True, slots=True)
class Update:
    """A new baseline beside the old one, of which nothing is written yet."""

    path: Path
    old: Baseline | None
    new: Baseline
    verdict: str
    """Of the run that it was made from."""
    trouble: str
    """Why there is no old one although there is a file."""

    @property
    def is_needed(self) -> bool:
        """Whether the file would change at all."""
        return self.old is None or as_text(self.old) != as_text(self.new)

    def difference(self) -> list[Contrast]:
        """Every metric, then and now; what it holds where there was none."""
        return difference(self.old, self.new)

    def write(self) -> None:
        """Replace the file. Raises ResultsError."""
        write_baseline(self.new, self.path.parent)


def prepare(subject: Subject, root: Path, running: Running) -> Update:
    """Run a subject if it has not run, and set its figures beside those of its baseline in `root`.

    Raises SimError for a run that was interrupted, and what `results_of` raises.
    """
    results = results_of(subject, running)
    if results.manifest["verdict"] == "interrupted":
        raise SimError(f"{near(results.path)}: was interrupted; run the scenario to its end first")
    new = baseline_of(subject.plan, samples_of(results, subject.plan))
    path = baseline_path(new.name, root)
    old, trouble = _old(path)
    return Update(path, old, new, str(results.manifest["verdict"]), trouble)


def _old(path: Path) -> tuple[Baseline | None, str]:
    """What is there; a file that is damaged is about to be mended, so it stops nothing."""
    if not path.exists():
        return None, ""
    try:
        return read_baseline(path), ""
    except ResultsError as error:
        return None, str(error)
