"""The command line: which commands there are, and what their ends mean.

A command prints results to stdout and everything else to stderr, and imports what is heavy inside
its function, so that ``sim --help`` is instant. `main` turns whatever goes wrong into an exit code
(see `Exit`).
"""

import platform
import shlex
import sys
import traceback
from collections.abc import Sequence

import typer
from typer.main import get_command

from sim.cli import (
    attribute,
    baseline,
    check,
    claims,
    compare,
    explain,
    export,
    ladder,
    listing,
    new,
    plot,
    replay,
    report,
    run,
    schema,
    search,
    sweep,
    validate,
)
from sim.cli.exits import Exit
from sim.cli.output import note
from sim.errors import InvariantViolated, SimError

app = typer.Typer(
    name="sim",
    help="What happens to what is known about many agents while their network splits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# A new command is a file of its own and one line here.
app.command("validate")(validate.validate)
app.command("explain")(explain.explain)
app.command("run")(run.run)
app.command("sweep")(sweep.sweep)
app.command("check")(check.check)
app.command("compare")(compare.compare)
app.add_typer(baseline.app, name="baseline")
app.command("plot")(plot.plot)
app.command("export")(export.export)
app.command("replay")(replay.replay)
app.command("report")(report.report)
app.command("list")(listing.list_names)
app.command("claims")(claims.claims)
app.command("attribute")(attribute.attribute)
app.command("ladder")(ladder.ladder)
app.command("search")(search.search)
app.command("schema")(schema.schema)
app.command("new")(new.new)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    call = list(sys.argv[1:] if arguments is None else arguments)
    try:
        get_command(app).main(args=call, prog_name="sim")
    except SystemExit as end:
        if _by_interrupt(end):
            note("interrupted")  # what parses the call ends on Ctrl-C without a word
        return end.code if isinstance(end.code, int) else Exit.GOOD
    except SimError as error:
        note(str(error))
        return Exit.WRONG_CALL
    except InvariantViolated as error:
        note(f"an invariant does not hold: {error}")
        note("The simulator contradicts itself: please report this line and the scenario.")
        return Exit.FAILED
    except KeyboardInterrupt:
        note("interrupted")
        return Exit.INTERRUPTED
    except Exception:
        note(bug_report(call))
        return Exit.OUR_BUG
    return Exit.GOOD


def _by_interrupt(end: BaseException) -> bool:
    """Whether nobody but the parser of the call has caught a Ctrl-C."""
    before = end.__context__
    return isinstance(before, KeyboardInterrupt) or (before is not None and _by_interrupt(before))


def bug_report(call: Sequence[str]) -> str:
    """The exception at hand as text to paste into an issue."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        release = version("statistical-network-simulator")
    except PackageNotFoundError:
        release = "not installed"
    return (
        "This is a bug of the simulator, not a mistake of yours. Please report all of this:\n\n"
        f"sim {release}, Python {platform.python_version()}, {platform.platform()}\n"
        f"sim {shlex.join(call)}\n\n{traceback.format_exc()}"
    )
