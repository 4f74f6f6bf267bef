"""The fast liar: answer first, so that the slow and correct miss the quorum.

Who takes the first n - f answers takes all f lies among them, and drops f correct ones: of n
members n - 2f correct ones are left, and trimming f wants n > 5f (theory section 5).
"""

from sim.adversary.push import Push


class FastLiar(Push):
    """Reports at the begin of every period, and claims `to` sd; options: to (sd)."""

    expects = (
        "doubles its weight where somebody closes at a quorum; where everybody's newest report "
        "counts it is a push like any other"
    )
    first_in_period = True
