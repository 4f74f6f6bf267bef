"""What may be replaced in one step when sources change hands, found by trying every choice."""

from itertools import chain, combinations


def replaceable(counted, target, ready):
    """All names that can be replaced now, each as part of a smallest safe choice.

    counted, target: name -> set of sources; ready: those whose new summary is there. A choice is
    safe if afterwards no source is counted twice and none that is still to be counted is lost.
    """
    late = sorted(name for name in counted if counted[name] != target[name])
    wanted, found = set(chain(*target.values())), set()
    for size in range(1, len(late) + 1):
        for choice in combinations(late, size):
            after = [target[name] if name in choice else counted[name] for name in counted]
            once = sum(map(len, after)) == len(set(chain(*after)))
            lost = (set(chain(*counted.values())) & wanted) - set(chain(*after))
            if once and not lost and ready >= set(choice):
                found |= set(choice)
    return found
