"""``sim replay``: run a stored run again and demand the same fingerprints."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.exits import Exit
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Quiet
from sim.cli.progress import progress
from sim.cli.run import Jobs

if TYPE_CHECKING:
    from sim.campaign.replay import Difference

RunFolder = Annotated[Path, typer.Argument(help="Folder of a run, or of a name.", metavar="RUN")]


def replay(run: RunFolder, jobs: Jobs = 1, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Run a stored run again; good only if every fingerprint is the same."""
    from sim.campaign.replay import origin_changes, stored_plan
    from sim.campaign.replay import replay as run_again
    from sim.campaign.results import open_results

    results = open_results(run)
    plan = stored_plan(results)
    changes = origin_changes(results)
    for change in changes:
        note(f"not as it was: {change}", quiet=quiet or as_json)
    count = len(results.manifest["fingerprints"])
    with progress(plan.name, count, plan.duration_ns, quiet or as_json) as report:
        differences = run_again(results, jobs, report)
    if as_json:
        say_json(_as_json(results.path, count, differences, changes))
    else:
        _tell(results.path, count, differences, changes)
    raise typer.Exit(Exit.FAILED if differences else Exit.GOOD)


def _tell(
    folder: Path, count: int, differences: "Sequence[Difference]", changes: Sequence[str]
) -> None:
    same = count - len(differences)
    say(f"{'same' if same == count else 'different'}: {same} of {count} fingerprints of {folder}")
    for one in differences:
        say(
            f"  replication {one.replication}: {one.found} instead of {one.expected} "
            f"(differs in {', '.join(one.ingredients)})"
        )
    if differences:
        why = (
            "; ".join(changes)
            or "nothing that is recorded has changed (has an input file? if not, please report it)"
        )
        say(f"  likely why: {why}")


def _as_json(
    folder: Path, count: int, differences: "Sequence[Difference]", changes: Sequence[str]
) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "folder": str(folder),
        "same": not differences,
        "replications": count,
        "differences": [asdict(one) for one in differences],
        "origin_changes": list(changes),
    }
