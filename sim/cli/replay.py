"""``sim replay``: run a stored run again and demand the same fingerprints."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.exits import Exit
from sim.cli.output import say, say_json
from sim.cli.parameters import AsJson, Quiet
from sim.cli.progress import progress
from sim.cli.run import Jobs

RunFolder = Annotated[Path, typer.Argument(help="Folder of a run, or of a name.", metavar="RUN")]


def replay(run: RunFolder, jobs: Jobs = 1, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Run a stored run again; good only if every fingerprint is the same."""
    from dataclasses import asdict

    from sim.campaign.replay import replay as run_again
    from sim.campaign.replay import stored_plan
    from sim.campaign.results import open_results

    results = open_results(run)
    plan = stored_plan(results)
    stored = results.manifest["fingerprints"]
    with progress(plan.name, len(stored), plan.duration_ns, quiet or as_json) as report:
        differences = run_again(results, jobs, report)
    if as_json:
        say_json({"same": not differences, "differences": [asdict(one) for one in differences]})
    elif not differences:
        say(f"same: {len(stored)} of {len(stored)} fingerprints")
    for one in differences if not as_json else ():
        say(
            f"replication {one.replication} differs: {one.found} instead of {one.expected} "
            f"(in {', '.join(one.ingredients)})"
        )
    raise typer.Exit(Exit.FAILED if differences else Exit.GOOD)
