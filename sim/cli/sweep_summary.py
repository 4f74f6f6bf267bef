"""What ``sim sweep`` prints and writes: the cells, where they are, what went wrong, what it means.

The end of a sweep means what the worst of its cells means, as ``sim run`` of that cell would: 1 for
a threshold or an invariant, then 2 for what could not be run, then 3 for what is not known.
"""

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.cli.exits import Exit
from sim.cli.output import note, say, say_json
from sim.cli.progress import roughly
from sim.errors import InvariantViolated, SimError

if TYPE_CHECKING:
    from sim.campaign.cells import Estimate
    from sim.campaign.sweep import SweepOutcome
    from sim.measure.cells import CellResult
    from sim.scenario.grid import Cell
    from sim.scenario.loader import Scenario

WORST_FIRST: Final = (Exit.FAILED, Exit.WRONG_CALL, Exit.INCONCLUSIVE, Exit.GOOD)
EXITS: Final = {
    "pass": Exit.GOOD,
    "fail": Exit.FAILED,
    "infeasible": Exit.FAILED,
    "inconclusive": Exit.INCONCLUSIVE,
    "missing": Exit.GOOD,  # whatever kept it from being run counts, and is told, by itself
}
TABLE: Final = "sweep.csv"
FEW: Final = ("staleness.root.mean", "coverage.mean", "error.mean.median")
"""What is shown if nobody has said what to look at, and cells do not differ."""


@dataclass(frozen=True, slots=True)
class Call:
    """What the user called, so that a cell can be run alone."""

    file: Path
    changes: tuple[str, ...]
    seed: int

    def of(self, cell: "Cell") -> str:
        """The command that runs a cell alone."""
        settings = [word for change in (*self.changes, *cell.changes) for word in ("--set", change)]
        return shlex.join(["sim", "run", str(self.file), *settings, "--seed", str(self.seed)])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which outputs are wanted, and how each is told."""

    metrics: Sequence[str]
    """Empty: as many as in FEW, those that differ most between the cells."""
    markdown: Path | None
    json: bool
    quiet: bool

    def check(self) -> None:
        """Raises SimError for outputs that exclude each other or cannot be written."""
        from sim.report.files import check_writable

        if self.json and self.markdown == Path("-"):
            raise SimError("--json prints one document; it does not go with --markdown -")
        if self.markdown not in (None, Path("-")):
            check_writable(self.markdown)

    def tell(self, scenario: "Scenario", outcome: "SweepOutcome", root: Path, call: Call) -> None:
        """Everything there is to say, the bad news last; the table is kept beside the runs."""
        self._tell_cells(scenario, outcome, call)
        for result in outcome.results:
            if result.error is not None:
                note(f"cell {result.cell}: {_told(result.error)}\nreplay:   {call.of(result.cell)}")
        table = root / scenario.plan.name / TABLE
        told = self.json or self.quiet or self.markdown == Path("-")
        if _keep(scenario, outcome, table) and not told:
            say(f"table:    {table} (every metric of every cell that is stored)")
        if outcome.stopped is not None:
            note(f"the sweep was stopped: {outcome.stopped}")
        if outcome.interrupted:
            note("interrupted: finished cells are kept, the same call goes on from there")

    def _tell_cells(self, scenario: "Scenario", outcome: "SweepOutcome", call: Call) -> None:
        from sim.report.files import write_whole
        from sim.report.sweeps.cell_table import as_text

        if self.json:
            say_json(_as_json(scenario, outcome, call))
        elif self.markdown == Path("-"):
            say(self._as_markdown(outcome).rstrip())
        else:
            colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            columns = self._columns(outcome)
            say(as_text(outcome.results, columns, colour).rstrip())
            _tell_unlike(outcome, columns)
            _tell_breakdown(outcome)
            _tell_growth(outcome)
            _tell_intervals(outcome)
            say("\n" + _counts(outcome))
        if self.markdown not in (None, Path("-")):
            write_whole(self.markdown, self._as_markdown(outcome))

    def _as_markdown(self, outcome: "SweepOutcome") -> str:
        """The cells; where rules break down, or how costs grow, if that was swept."""
        from sim.report.breakdown import table as breakdown_table
        from sim.report.growth import table as growth_table
        from sim.report.sweeps.cell_table import as_markdown

        found = breakdown_table.broken(outcome.results)
        more = "\n" + breakdown_table.as_markdown(found) if found else ""
        grown = growth_table.grown(outcome.results)
        more += "\n" + growth_table.as_markdown(grown) if grown else ""
        return as_markdown(outcome.results, self._columns(outcome)) + more

    def _columns(self, outcome: "SweepOutcome") -> Sequence[str]:
        from sim.measure.cells import most_different

        return self.metrics or most_different(outcome.results, len(FEW)) or FEW


def _tell_unlike(outcome: "SweepOutcome", metrics: Sequence[str]) -> None:
    """What a column holds, if it is not the same in all rows."""
    from sim.report.dependence.words import ERROR, unlike

    plans = [result.cell.plan.dependence for result in outcome.results]
    words = unlike(plan.method.kind for plan in plans if plan is not None)
    if words and any(metric.startswith(ERROR) for metric in metrics):
        say("\n" + words)


def _tell_breakdown(outcome: "SweepOutcome") -> None:
    """Where rules break down, if a share of liars was swept."""
    from sim.report.breakdown.table import as_text, broken

    found = broken(outcome.results)
    if found:
        say("\n" + as_text(found).rstrip())


def _tell_growth(outcome: "SweepOutcome") -> None:
    """How costs grow, if a plain number was swept."""
    from sim.report.growth.table import as_text, grown

    found = grown(outcome.results)
    if found:
        say("\n" + as_text(found).rstrip())


def _tell_intervals(outcome: "SweepOutcome") -> None:
    """What broke in the cells whose intervals cover too seldom."""
    from sim.campaign.cells import why_short

    lines = [f"{one.cell}: {line}" for one in outcome.results for line in why_short(one)]
    if lines:
        say("\n" + "\n".join(lines))


def tell_plan(cells: "Sequence[Cell]", root: Path, jobs: int, force: bool, as_json: bool) -> None:
    """What would be run, and how long that may take."""
    from sim.campaign.cells import estimate, stored
    from sim.report.sweeps.cell_table import as_text

    results = stored(cells, root)
    work = estimate(results, force)
    if as_json:
        found = [_cell(result) for result in results]
        say_json({"cells": found, "to_run": asdict(work)})
        return
    say(as_text(results).rstrip())
    say("\n" + _estimated(work, len(results), jobs))


def exit_of(outcome: "SweepOutcome") -> Exit:
    """What the end means. Raises what is worse than any result: a bug of ours."""
    errors = [result.error for result in outcome.results if result.error is not None]
    for error in errors:
        if not isinstance(error, SimError | InvariantViolated):
            raise error
    if outcome.interrupted:
        return Exit.INTERRUPTED
    found = {EXITS[result.verdict] for result in outcome.results if result.error is None}
    found |= {
        Exit.FAILED if isinstance(error, InvariantViolated) else Exit.WRONG_CALL
        for error in (*errors, *([outcome.stopped] if outcome.stopped else ()))
    }
    return next(code for code in WORST_FIRST if code in found)


def _keep(scenario: "Scenario", outcome: "SweepOutcome", table: Path) -> bool:
    """Write the table of all cells that are stored, whichever of them were asked for just now."""
    from sim.campaign.cells import stored
    from sim.errors import ResultsError
    from sim.report.files import write_whole
    from sim.report.sweeps.cell_table import as_csv

    known = {str(result.cell): result for result in outcome.results}
    rest = stored((cell for cell in scenario.cells if str(cell) not in known), table.parents[1])
    known |= {str(result.cell): result for result in rest}
    results = [known[str(cell)] for cell in scenario.cells]
    if isinstance(outcome.stopped, ResultsError) or not any(one.is_stored for one in results):
        return False
    write_whole(table, as_csv(results))
    return True


def _counts(outcome: "SweepOutcome") -> str:
    verdicts = [result.verdict for result in outcome.results]
    parts = [f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(sorted(verdicts))]
    return f"cells:    {len(verdicts)} ({', '.join(parts)}), {outcome.fresh} of them run just now"


def _estimated(work: "Estimate", cells: int, jobs: int) -> str:
    if not work.cells:
        return f"nothing to run: all {cells} cells are stored"
    time = (
        "nobody knows before a cell is stored"
        if work.seconds is None
        else f"about {roughly(work.seconds / jobs)} with --jobs {jobs}, by the stored cells"
    )
    return (
        f"to run:   {work.cells} of {cells} cells, {work.runs:,} runs, "
        f"{work.messages:,.0f} messages\ntime:     {time}"
    )


def _told(error: Exception) -> str:
    if isinstance(error, SimError):
        return str(error)
    kind = "an invariant does not hold" if isinstance(error, InvariantViolated) else "a bug of ours"
    return f"{kind}: {error}"


def _as_json(scenario: "Scenario", outcome: "SweepOutcome", call: Call) -> Any:
    from sim.campaign.cells import why_short
    from sim.campaign.store import plain
    from sim.report.breakdown.table import as_json, broken
    from sim.report.growth import table as growth_table

    return {
        "name": scenario.plan.name,
        "seed": scenario.plan.seed,
        "interrupted": outcome.interrupted,
        "stopped": None if outcome.stopped is None else str(outcome.stopped),
        "cells": [
            _cell(result) | {"replay": call.of(result.cell), "intervals": why_short(result)}
            for result in outcome.results
        ],
        "breakdown": plain(as_json(broken(outcome.results))),
        "growth": plain(growth_table.as_json(growth_table.grown(outcome.results))),
    }


def _cell(result: "CellResult") -> dict[str, Any]:
    """A cell for programs; an undefined number is null and an infinite one ``"inf"``."""
    from sim.campaign.store import plain

    return {
        "settings": dict(result.cell.settings),
        "verdict": result.verdict,
        "folder": str(result.folder),
        "error": None if result.error is None else _told(result.error),
        "fingerprints": list(result.fingerprints),
        "metrics": plain([asdict(value) for value in result.values]),
    }
