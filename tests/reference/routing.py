"""Routing the obvious way: fluids in fractions, queues that are searched, policies step by step."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple


class Arrival(NamedTuple):
    """A message of `work` ns of the line that comes at an instant."""

    at_ns: int
    source: str
    work: int
    importance: int = 2


def bucket_answers(
    questions: Sequence[tuple[int, int]], rate: int, per_ns: int, burst: int
) -> list[bool]:
    """For each (instant, tokens), in order of time, whether a bucket that begins full has them."""
    level, at_ns, answers = Fraction(burst), 0, []
    for now_ns, tokens in questions:
        level = min(Fraction(burst), level + Fraction(rate * (now_ns - at_ns), per_ns))
        at_ns = now_ns
        answers.append(tokens <= level)
        level -= tokens if answers[-1] else 0
    return answers


def fluid_ends(arrivals: Sequence[Arrival], weights: dict[str, int]) -> list[Fraction]:
    """When each message ends if the line is shared by weight, drop by drop (GPS)."""
    ends = [Fraction(0)] * len(arrivals)
    waiting: dict[str, list[list]] = {source: [] for source in weights}
    now, coming = Fraction(0), list(range(len(arrivals)))
    while coming or any(waiting.values()):
        while coming and arrivals[coming[0]].at_ns <= now:
            number = coming.pop(0)
            waiting[arrivals[number].source].append([number, Fraction(arrivals[number].work)])
        busy = [source for source in weights if waiting[source]]
        total = sum(weights[source] for source in busy)
        steps = [waiting[source][0][1] * total / weights[source] for source in busy]
        steps += [arrivals[coming[0]].at_ns - now] if coming else []
        step = min(steps)
        now += step
        for source in busy:
            waiting[source][0][1] -= step * weights[source] / total
            if waiting[source][0][1] == 0:
                ends[waiting[source].pop(0)[0]] = now
    return ends


def served(
    arrivals: Sequence[Arrival],
    choose: Callable[[list[int], int, list[tuple[int, int]]], int],
) -> list[tuple[int, int]]:
    """(number, begin) in the order of service; `choose` is given who waits, now, and this so far.

    A message that comes at the instant the line becomes free comes after that.
    """
    waiting: list[int] = []
    done: list[tuple[int, int]] = []
    free_ns, coming = 0, list(range(len(arrivals)))
    while coming or waiting:
        if not waiting:
            free_ns = max(free_ns, arrivals[coming[0]].at_ns)
            waiting.append(coming.pop(0))
        number = choose(waiting, free_ns, done)
        waiting.remove(number)
        done.append((number, free_ns))
        free_ns += arrivals[number].work
        while coming and arrivals[coming[0]].at_ns < free_ns:
            waiting.append(coming.pop(0))
    return done


def sent_on_delta(values: Sequence[float], delta: float) -> list[int]:
    """Which of one source's measurements are sent."""
    sent: list[int] = []
    for number, value in enumerate(values):
        if not sent or abs(value - values[sent[-1]]) > delta:
            sent.append(number)
    return sent
