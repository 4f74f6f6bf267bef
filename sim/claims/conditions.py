"""Where findings came out in one way, in as few words as are true.

Findings that differ in one number alone (the length of a cut, the number of agents) are told as a
range if those that came out so are the first or the last ones along it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.claims.finding import Finding
from sim.claims.verdict import Outcome


@dataclass(frozen=True, slots=True)
class _Group:
    """Findings under one condition, which may be along one number."""

    when: str
    findings: Sequence[Finding]

    def where(self, outcome: Outcome) -> str:
        """Where in it the outcome is this; empty: nowhere."""
        came = [finding.outcome is outcome for finding in self.findings]
        if not any(came):
            return ""
        if all(came):
            return self.when
        count = sum(came)
        # What holds is taken to hold for less, what does not not to hold for more; nothing else.
        if outcome is Outcome.HOLDS and all(came[:count]):
            return self._with(f"up to {_at(self.findings[count - 1])}")
        if outcome in (Outcome.FAILS, Outcome.FORBIDDEN) and all(came[-count:]):
            return self._with(f"{_at(self.findings[-count])} or more")
        chosen = [one for one, is_so in zip(self.findings, came, strict=True) if is_so]
        return self._with(" and ".join(_at(one) for one in chosen))

    def _with(self, words: str) -> str:
        along = self.findings[0].along
        return ", ".join(part for part in (self.when, along and f"{along.what} {words}") if part)


def conditions(findings: Iterable[Finding], outcome: Outcome) -> list[str]:
    """The conditions under which findings came out like this, each once, in order.

    Where several things are asked under one condition and not all came out so, what did is named.
    """
    asked: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        what = "" if finding.along is None else finding.along.what
        parts = asked.setdefault(finding.when, {})
        parts.setdefault(f"{finding.asked} {what}", []).append(finding)
    told = (_of(when, list(parts.values()), outcome) for when, parts in asked.items())
    return list(dict.fromkeys(one for words in told for one in words))


def _of(when: str, parts: list[list[Finding]], outcome: Outcome) -> list[str]:
    """The words for one condition: the same for all that is asked, or each with what it is of."""
    words = [_Group(when, sorted(part, key=_place)).where(outcome) for part in parts]
    if len(set(words)) == 1:
        return words[:1] if words[0] else []
    return [f"{one} ({part[0].asked})" for one, part in zip(words, parts, strict=True) if one]


def _place(finding: Finding) -> float:
    return 0.0 if finding.along is None else finding.along.place


def _at(finding: Finding) -> str:
    return "" if finding.along is None else finding.along.written
