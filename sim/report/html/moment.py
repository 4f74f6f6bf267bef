"""What is known at one step of the slider: as text for the page, and of all steps for the script.

The page is written with the step that tells most; the script writes the same words of any other.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from sim.report.html.embed import numbers, seconds_of
from sim.report.html.states import FRESH, KEYS, LETTERS, UNUSED, WORDS, Member, States
from sim.report.table import NOTHING
from sim.report.words import seconds


@dataclass(frozen=True, slots=True)
class Seen:
    """A region at one instant, in words."""

    label: str
    short: str
    key: str
    letter: str
    state: str
    age: str
    coverage: str
    lying: bool
    alerting: bool
    besides: str


def seen(states: States, step: int) -> list[Seen]:
    """Every member at a step."""
    return [_seen(states, step, column) for column in range(len(states.members))]


def _seen(states: States, step: int, column: int) -> Seen:
    code, alarms = int(states.code[step, column]), int(states.alarms[step, column])
    lying, alerting = bool(states.lying[step, column]), bool(states.alerting[step, column])
    member = states.members[column]
    return Seen(
        label=member.label,
        short=short(member),
        key=KEYS[code],
        letter=LETTERS[code],
        state=WORDS[code],
        age=NOTHING if code == UNUSED else seconds(float(states.age_s[step, column]) * 1e9),
        coverage=NOTHING if code == UNUSED else _percent(float(states.coverage[step, column])),
        lying=lying,
        alerting=alerting,
        besides=besides(lying=lying, alerting=alerting, alarms=alarms),
    )


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def short(member: Member) -> str:
    """What is written in a mark: the number of a region."""
    return "others" if member.is_rest else str(member.regions[0])


def besides(*, lying: bool, alerting: bool, alarms: int) -> str:
    """What is to be said of a region beside its state.

    >>> besides(lying=True, alerting=True, alarms=2)
    'lies, 2 alarms'
    """
    alarm = f"{alarms} alarm{'s' if alarms > 1 else ''}" if alarms else "alert"
    return ", ".join(["lies"] * lying + [alarm] * alerting)


def sentence(states: States, step: int) -> str:
    """All regions at a step, and what the root knows, in two sentences."""
    counts = Counter(states.code[step].tolist())
    told = [_told(states, step, code, counts[code]) for code in range(len(WORDS)) if counts[code]]
    share = 100 * float(states.root_coverage[step])
    root = states.root[:1].upper() + states.root[1:]
    down = f"{root} is down. " if states.root_down[step] else ""
    return (
        f"At {states.clock.exactly(states.time_s[step])}: {', '.join(told)}. {down}"
        f"{root} knows {share:.3g} % of the agents within the bound; "
        f"the oldest is {seconds(float(states.root_age_s[step]) * 1e9)} old."
    )


NAMED: Final = 3
"""So many regions in one state are named."""


def _told(states: States, step: int, code: int, count: int) -> str:
    names = [
        m.label for m, one in zip(states.members, states.code[step], strict=True) if one == code
    ]
    which = f" ({', '.join(names)})" if code != FRESH and count <= NAMED else ""
    return f"{count} {WORDS[code]}{which}"


def steps_data(states: States) -> dict[str, Any]:
    """All steps, column by column; states and flags as one character an instant."""
    members = range(len(states.members))
    return {
        "time": seconds_of(states.time_s),
        "told": [states.clock.exactly(at_s) for at_s in seconds_of(states.time_s)],
        "labels": [member.label for member in states.members],
        "code": ["".join(map(str, states.code[:, one].tolist())) for one in members],
        "age": [numbers(states.age_s[:, one]) for one in members],
        "coverage": [[round(100 * share) for share in states.coverage[:, one]] for one in members],
        "lying": [_flags(states.lying[:, one]) for one in members],
        "alerting": [_flags(states.alerting[:, one]) for one in members],
        "alarms": states.alarms.T.tolist() if states.alarms.any() else [],
        "root": {
            "coverage": numbers(100 * states.root_coverage),
            "age": numbers(states.root_age_s),
            "name": states.root[:1].upper() + states.root[1:],
            "down": _flags(states.root_down),
        },
    }


def _flags(flags: Any) -> str:
    """One character an instant; nothing where it is never up."""
    return "".join("1" if flag else "0" for flag in flags) if flags.any() else ""
