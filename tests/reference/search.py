"""The obvious way to take parts away: the first that can go goes, then from the beginning."""

from sim.search.smaller import smaller


def minimal(case, search, is_bad):
    while True:
        for _, less in smaller(case, search):
            if is_bad(less):
                case = less
                break
        else:
            return case
