"""The gate's tests by their definition: try every rearrangement and count."""

from itertools import combinations, product


def p_of_pairs(differences, shift=0):
    """Share of sign patterns under which the shifted differences look at least as bad."""
    shifted = [difference - shift for difference in differences]
    sums = [
        sum(sign * one for sign, one in zip(signs, shifted, strict=True))
        for signs in product([1, -1], repeat=len(shifted))
    ]
    return sum(other >= sum(shifted) for other in sums) / len(sums)


def p_of_groups(candidate, base, shift=0):
    """Share of ways to deal all figures under which the candidate looks at least as bad."""
    pool = [one - shift for one in candidate] + list(base)
    sums = [sum(dealt) for dealt in combinations(pool, len(candidate))]
    return sum(other >= sum(pool[: len(candidate)]) for other in sums) / len(sums)
