"""What can be left out of a case: every case that is one part smaller, with words for the part.

A part is a fault, an attack, a place that liars sit in, a single liar, a node that a fault hits, a
step of time at either end, or the next smaller size of a lie. A case from which no part can be
removed without losing the damage is *minimal*; that is computed by running all of these.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from sim.scenario.search.options import size_option
from sim.scenario.search.plan import Search
from sim.search.case import ANYWHERE, Attack, Case, Fault, Span
from sim.units import write_duration

Smaller = tuple[str, Case]


def smaller(case: Case, search: Search) -> Iterator[Smaller]:
    """Every case that is one part smaller; large parts first, and quieter lies last.

    Quieter lies last, for they need more liars: a case is as quiet as so few of them can be.
    """
    yield from _without_one("attacks", case)
    yield from _without_one("faults", case)
    yield from _in_attacks(case, _less_of_attack, search)
    for number, fault in enumerate(case.faults):
        for words, weaker in _less_of_fault(fault, search):
            faults = (*case.faults[:number], weaker, *case.faults[number + 1 :])
            yield f"{fault.kind} {words}", replace(case, faults=faults)
    yield from _in_attacks(case, _quieter, search)


def made_minimal(case: Case, search: Search, is_bad: Callable[[Case], bool]) -> Case:
    """Take parts away as long as what is left is bad enough; what is left is minimal.

    Many at a time at first, then one by one; after a part has gone, the search goes on behind it.
    """
    less, at, in_vain = _less(case, search), 0, 0
    while in_vain < len(less):
        one = less[at % len(less)]
        if is_bad(one):
            case, in_vain = one, 0
            less = _less(case, search)
        else:
            at, in_vain = at % len(less) + 1, in_vain + 1
    return case


def _less(case: Case, search: Search) -> list[Case]:
    return [*_halves(case), *(one for _, one in smaller(case, search))]


def _halves(case: Case) -> Iterator[Case]:
    """Leaps: half of the places of an attack, half of the liars in a place."""
    for number, attack in enumerate(case.attacks):
        before, after = case.attacks[:number], case.attacks[number + 1 :]
        half = len(attack.places) // 2
        for places in (attack.places[:half], attack.places[half:]) if half else ():
            yield replace(case, attacks=(*before, replace(attack, places=places), *after))
        for here, (name, count) in enumerate(attack.places):
            if count > 3:
                fewer = (*attack.places[:here], (name, count // 2), *attack.places[here + 1 :])
                yield replace(case, attacks=(*before, replace(attack, places=fewer), *after))


def _without_one(block: str, case: Case) -> Iterator[Smaller]:
    parts = getattr(case, block)
    for number, part in enumerate(parts):
        rest = (*parts[:number], *parts[number + 1 :])
        yield f"without the {part.kind}", replace(case, **{block: rest})


def _in_attacks(
    case: Case, change: Callable[[Attack, Search], Iterator[tuple[str, Attack]]], search: Search
) -> Iterator[Smaller]:
    for number, attack in enumerate(case.attacks):
        for words, less in change(attack, search):
            attacks = (*case.attacks[:number], less, *case.attacks[number + 1 :])
            yield f"{attack.kind} {words}", replace(case, attacks=attacks)


def _less_of_attack(attack: Attack, search: Search) -> Iterator[tuple[str, Attack]]:
    yield from _fewer_places(attack)
    yield from _fewer_liars(attack)
    if search.liars is not None and search.liars.timing:
        for words, span in _shorter(attack.span, search):
            yield words, replace(attack, span=span)


def _fewer_places(attack: Attack) -> Iterator[tuple[str, Attack]]:
    if len(attack.places) < 2:
        return
    for number, (name, _) in enumerate(attack.places):
        rest = (*attack.places[:number], *attack.places[number + 1 :])
        yield f"without {name}", replace(attack, places=rest)


def _fewer_liars(attack: Attack) -> Iterator[tuple[str, Attack]]:
    for number, (name, count) in enumerate(attack.places):
        if count > 1:
            fewer = (*attack.places[:number], (name, count - 1), *attack.places[number + 1 :])
            where = "all the tree" if name == ANYWHERE else name
            word = "liar" if count == 2 else "liars"
            yield f"with {count - 1} {word} in {where}", replace(attack, places=fewer)


def _quieter(attack: Attack, search: Search) -> Iterator[tuple[str, Attack]]:
    name, options = size_option(attack.kind), dict(attack.options)
    if name is None or search.liars is None or options[name] == search.liars.sizes[0]:
        return
    sizes = search.liars.sizes
    size = sizes[sizes.index(options[name]) - 1]
    yield f"with {name} {size}", replace(attack, options=tuple({**options, name: size}.items()))


def _less_of_fault(fault: Fault, search: Search) -> Iterator[tuple[str, Fault]]:
    if fault.kind not in ("link_down", "site_down") and len(fault.targets) > 1:
        for number, name in enumerate(fault.targets):
            rest = (*fault.targets[:number], *fault.targets[number + 1 :])
            yield f"without {name}", replace(fault, targets=rest)
    for words, span in _shorter(fault.span, search):
        yield words, replace(fault, span=span)


def _shorter(span: Span, search: Search) -> Iterator[tuple[str, Span]]:
    """One step less at the end, and at the begin."""
    step_ns, duration_ns = search.step_ns, search.plan.duration_ns
    if span.length_ns(duration_ns) <= step_ns:
        return
    end_ns = duration_ns // step_ns * step_ns if span.end_ns is None else span.end_ns
    if end_ns == duration_ns or span.end_ns is not None:
        end_ns -= step_ns
    yield f"until {write_duration(end_ns)}", Span(span.begin_ns, end_ns)
    begin_ns = span.begin_ns + step_ns
    yield f"from {write_duration(begin_ns)}", Span(begin_ns, span.end_ns)
