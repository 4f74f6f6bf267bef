"""Group capture: push from where nested rules are weakest.

A rule at every tier that withstands f_1, f_2, ... liars among its children is owned by
(f_1 + 1) * (f_2 + 1) * ... agents, if these may choose their seats: 68 of 1000 in a tree of
groups of 50, 10 and 2 (theory section 4, tree theorem).
"""

from sim.adversary.push import Push


class GroupCapture(Push):
    """Claims `to` sd from the seats that the tree theorem names; options: to (sd)."""

    expects = (
        "owns the root of a nested rule with a few per cent of the agents; rules that count agents "
        "at the root, and seats that are drawn anew each epoch, reduce it to a push"
    )
    placement = "worst"
