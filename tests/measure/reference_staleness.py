"""The obvious version: look at every moment at which anything can change, one after another."""


def born(rows, region, now):
    """(oldest, mean, agents) that the root holds of a region; rows in order of arrival."""
    mine = [row for row in rows if row[1] == region]
    known = [row for row in mine if row[0] <= now]
    return known[-1][3:] if known else (0, 0.0, mine[0][5])


def scan(rows, bound, begin, end):
    """(mean age, oldest age, time in violation), all in whole nanoseconds, by brute force."""
    regions = sorted({row[1] for row in rows})
    violation, area, oldest = 0, 0.0, 0
    for now in range(begin, end):  # nothing changes between two nanoseconds
        held = [born(rows, region, now) for region in regions]
        violation += any(now - old >= bound for old, _, _ in held)
        oldest = max(oldest, *(now + 1 - old for old, _, _ in held))
        ages = [(now + 0.5 - mean) * agents for _, mean, agents in held]
        area += sum(ages) / sum(agents for _, _, agents in held)
    return area / (end - begin), oldest, violation
