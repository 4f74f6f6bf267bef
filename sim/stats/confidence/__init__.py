"""Honest intervals of a mean at any node of a tree: what is claimed, and when it stops being true.

`contract` says what a node knows (`Group`) and what it claims (`Interval`); each method is a file,
and `registry` makes one by its name. `components` tells the spread between sources from the spread
within one, `design` what that costs; `duplication`, `widening` and `worst_case` are about values
that are counted twice, old or missing; `diagnosis` names the assumptions that do not hold.
"""
