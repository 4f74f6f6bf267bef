"""Findings in GitHub's Markdown: for the summary of a job or a comment on a pull request."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple

from sim.measure.findings import Judgement
from sim.report.checks.finding_words import cells, closing, explanation
from sim.report.columns import markdown_table, safe


def findings_as_markdown(judgements: Sequence[Judgement]) -> str:
    """The verdict, the first reason with the way back, and a table for each scenario."""
    lines = [f"## sim check: {closing(judgements)}"]
    found = [f"- {label}: {safe(text)}" for label, text in explanation(judgements)]
    lines += ["", *found] if found else []
    for judgement in judgements:
        lines += ["", *_section(judgement)]
    return "\n".join(lines) + "\n"


def _section(judgement: Judgement) -> Iterator[str]:
    yield f"### {judgement.name}: {closing([judgement])}"
    yield ""
    yield f"seed {judgement.seed}, replications: {judgement.replications}"
    yield ""
    headers = ("", "what", "value", "against", "verdict", "interval or change", "note")
    rows = [astuple(cells(finding, judgement.replications)) for finding in judgement.findings]
    yield from markdown_table(headers, "<<>><<<", rows)
    below = (
        *judgement.error_rates,
        *judgement.notes,
        *([f"`{judgement.replay}`"] if judgement.replay else []),
    )
    if below:
        yield ""
        yield from (f"- {line}" for line in below)
