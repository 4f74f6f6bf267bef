"""``sim claims``: which promises of the design hold, worked out from what is measured."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.exits import Exit
from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Quiet
from sim.cli.progress import source_progress
from sim.cli.sweep import Jobs
from sim.errors import SimError
from sim.units import format_count

if TYPE_CHECKING:
    from sim.claims.claim import Claim, Judged
    from sim.claims.run import Manner

Ids = Annotated[
    list[str] | None, typer.Argument(help="Claims, such as C10; default: all.", metavar="ID...")
]
Fast = Annotated[bool, typer.Option("--fast", help="The short form: minutes, wider intervals.")]
Against = Annotated[
    Path | None,
    typer.Option(help="A scorecard (JSON) that this one must not contradict.", metavar="FILE"),
]
Write = Annotated[
    Path | None,
    typer.Option(help="Write claims.json, claims.md and the figures there.", metavar="FOLDER"),
]


def claims(
    ids: Ids = None,
    fast: Fast = False,
    jobs: Jobs = 1,
    against: Against = None,
    write: Write = None,
    out: Annotated[Path, typer.Option("--out", help="Where runs are kept.")] = Path(
        "results/claims"
    ),
    scenarios: Annotated[
        Path, typer.Option(help="Folder of the scenarios of the claims.", metavar="FOLDER")
    ] = Path("scenarios/claims"),
    force: Annotated[bool, typer.Option("--force", help="Run again what is stored.")] = False,
    findings: Annotated[bool, typer.Option("--findings", help="Show every finding.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run what is missing of the claims, and print which of them hold."""
    from sim.claims.registry import CLAIMS, claims_named
    from sim.claims.run import Manner
    from sim.claims.scorecard import read

    chosen = claims_named(ids or [])
    if write is not None and len(chosen) < len(CLAIMS):
        raise SimError("--write is for the whole scorecard: leave the names of claims out")
    before = None if against is None else read(against, chosen)
    cards, interrupted = _run(chosen, Manner(out, scenarios, jobs, fast, force), quiet or as_json)
    _tell(cards, fast, findings, as_json)
    if interrupted:
        note("interrupted: what was finished is kept, the same call goes on from there")
        raise typer.Exit(Exit.INTERRUPTED)
    if write is not None:
        _write(cards, fast, write)
    contradicted = before is not None and _contradicts(before, cards)
    raise typer.Exit(_exit(cards, contradicted, before is not None))


def _contradicts(before: "list[Judged]", cards: "list[Judged]") -> bool:
    """Tell how this scorecard stands to another. Raises SimError if they have nothing in common."""
    from sim.claims.scorecard import compared

    found = compared(before, cards)
    if not found:
        raise SimError("--against: that scorecard and this one have settled nothing in common")
    apart = [one for one in found if not one.agrees]
    for one in apart:
        asked = f"{one.claim}: {one.now.asked}, {one.now.condition}"
        note(f"{asked}: {one.now.outcome}, was {one.before.outcome}")
    agree = len(found) - len(apart)
    note(f"compared: {format_count(len(found), 'finding')}, {agree} agree")
    return bool(apart)


def _run(chosen: "list[Claim]", manner: "Manner", quiet: bool) -> "tuple[list[Judged], bool]":
    """The claims that were judged, and whether an interrupt left some out."""
    from sim.claims.run import run_claims

    cards: list[Judged] = []
    with source_progress(quiet) as watch:
        try:
            # Not a list of all: those before an interrupt are kept.
            for card in run_claims(chosen, manner, watch):
                cards.append(card)
        except KeyboardInterrupt:
            return cards, True
    return cards, False


def _tell(cards: "list[Judged]", short: bool, findings: bool, as_json: bool) -> None:
    from sim.claims.page import as_findings, as_text
    from sim.claims.scorecard import as_document

    if as_json:
        say_json(as_document(cards, short))
        return
    if not cards:
        return  # an interrupt came before the first
    if findings:
        for card in cards:
            say(f"{card.claim.id}  {card.claim.promise}\n{as_findings(card)}\n")
    say(as_text(cards))


def _write(cards: "list[Judged]", short: bool, folder: Path) -> None:
    """The scorecard for programs, and what people look at, which is made of it."""
    import json

    from sim.claims.page import as_markdown, write_figures
    from sim.claims.scorecard import as_document, read
    from sim.report.files import write_whole

    file, figures = folder / "claims.json", folder / "claims"
    document = json.dumps(as_document(cards, short), indent=1, ensure_ascii=False)
    write_whole(file, document + "\n")
    stored = read(file, [card.claim for card in cards])
    write_whole(folder / "claims.md", as_markdown(stored, short))
    figures.mkdir(parents=True, exist_ok=True)
    write_figures(stored, figures)
    say(f"page:     {folder / 'claims.md'}")


def _exit(cards: "list[Judged]", contradicted: bool, was_compared: bool) -> Exit:
    """1 where a scorecard is contradicted or theory is; 3 where a claim is left inconclusive."""
    from sim.claims.verdict import Verdict

    impossible = [one for card in cards for one in card.findings if one.contradicts_theory]
    for finding in impossible:
        note(f"better than theory allows: {finding.asked}, {finding.condition}")
    if contradicted or impossible:
        return Exit.FAILED
    left = any(card.verdict is Verdict.INCONCLUSIVE for card in cards)
    return Exit.INCONCLUSIVE if left and not was_compared else Exit.GOOD
