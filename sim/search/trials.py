"""Running cases, and remembering what came out of each.

A case is run once: a file of lines keeps what every one of them did, so that a search that was
stopped goes on where it was, and a case that another budget leads to again costs nothing. The file
belongs to the scenario, the seed, the version and what is asked for; another has another file.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final, Literal

from sim.campaign.provenance import version
from sim.campaign.replications import whole
from sim.campaign.store import run_id
from sim.engine.simulation import Recording, Simulation, replication_seed
from sim.errors import InputError, InvariantViolated, ScenarioError
from sim.measure.metrics import MetricValue, measure
from sim.measure.tables import Tables
from sim.scenario.catalogue import BETTER
from sim.scenario.flow import flow
from sim.scenario.loader import parse_scenario
from sim.scenario.plan import Plan, Threshold
from sim.scenario.search.plan import INVARIANTS, Search
from sim.scenario.writer import resolved_document
from sim.search.case import Case

RESULTS: Final = Path("results/search")
_LINES: Final = "trials.jsonl"


class Spent(BaseException):
    """The budget is used up. No Exception, for Hypothesis takes each of those for a find."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a case did. A case that the scenario refuses did nothing."""

    end: Literal["run", "refused", "broken"]
    figures: tuple[tuple[str, float], ...] = ()
    """The metrics that are asked about."""
    words: str = ""
    """Why it was refused, or which invariant it broke."""

    def figure(self, metric: str) -> float:
        """The value of a metric; NaN where there is none."""
        return dict(self.figures).get(metric, math.nan)


@dataclass(slots=True)
class Trials:
    """The runs of a search. `left` and `until_s` say when to stop with `Spent`."""

    search: Search
    folder: Path | None = RESULTS
    """Where they are remembered; None: nowhere."""
    left: float = math.inf
    until_s: float = math.inf
    """By the clock of `time.monotonic`."""
    watch: Callable[[Case, Trial], None] | None = None
    """Is told of every run."""
    known: dict[str, Trial] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    """What was asked for, by its text."""
    runs: int = 0
    run_s: float = 0.0
    _file: Path | None = None

    def __post_init__(self) -> None:
        if self.folder is None:
            return
        key = run_id(resolved_document(self.search.plan), self.search.plan.seed, version())
        self._file = self.folder / self.search.name / f"{key}-{self.search.worst}" / _LINES
        self.known |= _remembered(self._file)

    def of(self, case: Case) -> Trial:
        """What a case does; run now if nobody knows yet. Raises Spent."""
        text = str(case)
        self.cases[text] = case
        if text not in self.known:
            if self.left < 1 or monotonic() >= self.until_s:
                raise Spent
            self.note(text, self._run(case))
        return self.known[text]

    def forget(self) -> None:
        """Begin without what earlier searches have run."""
        self.known.clear()
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def worst_below(self, liars: int) -> tuple[int, Trial | None]:
        """Of the cases asked for with fewer liars: how many were run, and the worst."""
        few = [
            self.known[text]
            for text, case in self.cases.items()
            if 0 < case.liars < liars and text in self.known
        ]
        run = [trial for trial in few if trial.end != "refused"]
        worst = self.search.worst
        return len(run), max(run, key=lambda trial: loss_of(trial, worst), default=None)

    def beyond_calm(self, case: Case) -> bool:
        """Whether a case is worse than one in which nothing is tried, as far as that is known."""
        calm = self.known.get(str(Case()))
        before = -math.inf if calm is None else loss_of(calm, self.search.worst)
        return case != Case() and self.loss(case) > before

    def refuse_calm(self) -> None:
        """Raises InputError if a run in which nothing is tried does the damage already."""
        until_s, self.until_s = self.until_s, math.inf
        calm, damage = self.of(Case()), self.search.plan.thresholds
        self.until_s = until_s
        if calm.end == "run" and does_damage(calm, damage):
            one = damage[0]
            bad = f"{one.metric} is {calm.figure(one.metric):.3g} there"
            raise InputError(
                f"{self.search.path}: a run in which nobody lies and nothing fails does this "
                f"damage already ({bad}), so there is nothing to search for"
            )

    def confirm(self, case: Case) -> None:
        """Run a case again. Raises InputError if what is remembered of it is of other code."""
        again = Trials(self.search, None).of(case)
        if str(again) != str(self.known[str(case)]):
            raise InputError("what was remembered is no longer so: search again with --anew")

    def note(self, text: str, trial: Trial) -> None:
        """Remember what somebody has found out."""
        self.known[text] = trial
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([text, trial.end, trial.figures, trial.words]) + "\n")

    def loss(self, case: Case) -> float:
        """How bad a case is: the more the worse, infinite for a contradiction. Raises Spent."""
        return loss_of(self.of(case), self.search.worst)

    def _run(self, case: Case) -> Trial:
        begin = monotonic()
        try:
            plan = plan_of(self.search, case)
        except ScenarioError as error:
            return Trial("refused", words=_refusal(error))
        try:
            trial = Trial("run", tuple(self._asked(measured(plan))))
        except InvariantViolated as error:
            trial = Trial("broken", words=str(error))
        self.left -= 1
        self.runs += 1
        self.run_s += monotonic() - begin
        if self.watch is not None:
            self.watch(case, trial)
        return trial

    def _asked(self, values: Sequence[MetricValue]) -> list[tuple[str, float]]:
        names = {self.search.worst, *(one.metric for one in self.search.plan.thresholds)}
        return [(value.name, value.value) for value in values if value.name in names]


def plan_of(search: Search, case: Case) -> Plan:
    """The plan of a case. Raises ScenarioError if the scenario refuses it."""
    return parse_scenario(text_of(search, case), search.base_path)


def text_of(search: Search, case: Case) -> str:
    """The scenario with a case in it, as a file that says nothing about thresholds."""
    return "\n".join(f"{key}: {flow(value)}" for key, value in with_case(search, case).items())


def with_case(search: Search, case: Case) -> dict[str, object]:
    """The scenario with a case in it, as plain values."""
    drawn: dict[str, object] = {}
    if search.liars is not None:
        drawn["adversaries"] = case.adversaries()
    if search.faults is not None:
        drawn["faults"] = case.failures()
    return {**search.base, **drawn}


def loss_of(trial: Trial, worst: str) -> float:
    """How bad a trial is: the more the worse; nothing where there is nothing to judge."""
    if trial.end == "broken":
        return math.inf
    value = trial.figure(worst)
    if worst == INVARIANTS or math.isnan(value):
        return -math.inf
    return value if is_better_when_less(worst) else -value


def is_better_when_less(metric: str) -> bool:
    """Whether a metric is bad when it is large."""
    return BETTER[metric] == "less"


def does_damage(trial: Trial, damage: Sequence[Threshold]) -> bool:
    """Whether a trial is as bad as asked for: every threshold is met, or there is a contradiction.

    Without thresholds only a contradiction is bad enough.
    """
    if trial.end == "broken":
        return True
    return bool(damage) and all(_is_met(trial.figure(one.metric), one) for one in damage)


def _is_met(value: float, bound: Threshold) -> bool:
    low = -math.inf if bound.minimum is None else bound.minimum
    high = math.inf if bound.maximum is None else bound.maximum
    return low <= value <= high


def measured(plan: Plan) -> list[MetricValue]:
    """All metrics of a plan, over its replications; nothing is stored."""
    runs = (_recorded(plan, number) for number in range(plan.replications))
    return measure([Tables.of(whole(run.tables)) for run in runs], plan)


def _recorded(plan: Plan, replication: int) -> Recording:
    """One run. Other than `simulate`, without collecting garbage first: runs are many and short."""
    simulation = Simulation(plan, replication_seed(plan.seed, replication))
    simulation.prepare()
    simulation.play()
    return simulation.finish()


def _remembered(file: Path) -> dict[str, Trial]:
    """What the lines of a file say; a line that was cut short says nothing."""
    known: dict[str, Trial] = {}
    if not file.exists():
        return known
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            text, end, figures, words = json.loads(line)
        except ValueError:
            continue
        known[text] = Trial(end, tuple((name, value) for name, value in figures), words)
    return known


def _refusal(error: ScenarioError) -> str:
    """The first mistake without its line, for the text was never a file."""
    mistake = error.mistakes[0]
    return f"{mistake.path}: {mistake.problem}"
