"""A claim: what is promised, what drives it, and how it is judged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.claims.conditions import conditions
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding
from sim.claims.verdict import Outcome, Verdict, verdict


@dataclass(frozen=True, slots=True)
class ScenarioSource:
    """A scenario file of ``scenarios/claims``; all cells of its sweep, or its one run."""

    name: str
    """Of the file, without ``.yaml``; what evidence calls it."""
    fast: Sequence[str] = ()
    """``path=value``: what a short run changes, such as ``replications=2``."""
    fast_only: Sequence[str] = ()
    """``path=value``: the cells of a short run; empty: all."""
    in_fast: bool = True
    """False: a short run leaves it out."""
    needs_data: bool = False
    """True: it reads recordings of $SIM_DATA, and is not run where that is no folder."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """Pure code that is measured without a simulator: ``sim.claims.experiments.<name>.run``.

    ``run(seed, **settings)`` gives figures by metric; ``UNITS`` beside it gives their units. It is
    called `replications` times for each of the settings, with seeds of its own each time.
    """

    name: str
    cells: Sequence[Mapping[str, Any]]
    replications: int = 1
    seed: int = 20261122
    fast: int | None = None
    """So many of the first cells are in a short run; None: all, 0: none."""
    exact: bool = False
    """Whether there is no chance in the figures, so that one replication says all."""


Source = ScenarioSource | Experiment
Judge = Callable[[Evidence], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise of the design."""

    id: str
    """C01 ..."""
    promise: str
    """As it was made, in one sentence."""
    sources: Sequence[Source]
    judge: Judge
    reading: str = ""
    """The honest reading: what is measured of it and why, in one to three sentences."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with what was measured and what came of it."""

    claim: Claim
    evidence: Evidence
    findings: Sequence[Finding] = field(default_factory=tuple)

    @property
    def verdict(self) -> Verdict:
        """One of five words, from the findings that decide."""
        return verdict(finding.outcome for finding in self.findings if finding.decides)

    def where(self, outcome: Outcome) -> list[str]:
        """The conditions under which the findings that decide came out like this, each once.

        What was not run came out in no way.
        """
        return conditions([one for one in self.findings if one.decides and one.was_run], outcome)

    @property
    def not_run(self) -> int:
        """How many of the findings that decide a short run has left out."""
        return sum(one.decides and not one.was_run for one in self.findings)

    @property
    def floors(self) -> list[str]:
        """The bounds that forbid what is forbidden, each once."""
        found = (
            one.floor.why
            for one in self.findings
            if one.floor is not None and one.outcome is Outcome.FORBIDDEN
        )
        return list(dict.fromkeys(found))


def judged(claim: Claim, evidence: Evidence) -> Judged:
    """Put a claim to what was measured."""
    asked = Evidence(evidence.rows)
    return Judged(claim, asked, tuple(claim.judge(asked)))
