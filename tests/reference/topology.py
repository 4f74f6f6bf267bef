"""A tree that rebalances, with a list of children a node; and the churn behind theory's figures."""


def balanced_tier(children, parent, spares, limits, borrow, has_room):
    """One tier at one epoch. Changes children: node -> list, parent: node -> node, spares: list.

    Operations are (name, source, target, children); `has_room(parent)` is asked for one more node.
    """
    done, busy = [], []
    for node in sorted(children, key=lambda n: (-len(children[n]), n)):
        if len(children[node]) <= limits.max:
            continue
        if not spares or not has_room(parent[node]):
            done.append(("Refused", node, -1, ()))
            continue
        new, half = spares.pop(0), (len(children[node]) + 1) // 2
        parent[new] = parent[node]
        children[node], children[new] = children[node][:half], children[node][half:]
        done.append(("Split", node, new, tuple(children[new])))
        busy += [node, new]
    for node in sorted(children, key=lambda n: (len(children[n]), n)):
        if node in busy or len(children[node]) >= limits.min:
            continue
        others = [n for n in children if n != node]
        siblings = [n for n in others if parent[n] == parent[node]] or others
        idle = sorted(n for n in siblings if n not in busy)
        if not idle:
            continue
        fullest = max(idle, key=lambda n: (len(children[n]), -n))
        smallest = min(idle, key=lambda n: (len(children[n]), n))
        both = sorted(children[fullest] + children[node])
        if borrow and len(both) // 2 >= limits.min + limits.slack:
            keeps = len(both) - len(both) // 2
            lent = children[fullest][keeps:]
            children[fullest] = children[fullest][:keeps]
            children[node] = sorted(children[node] + lent)
            done.append(("Borrow", fullest, node, tuple(lent)))
            busy += [node, fullest]
        elif len(children[smallest]) + len(children[node]) <= limits.room:
            given = children.pop(node)
            del parent[node]
            children[smallest] = sorted(children[smallest] + given)
            done.append(("Merge", node, smallest, tuple(given)))
            busy += [node, smallest]
        else:
            done.append(("Refused", node, -1, ()))
    return done


def operations_of_churn(fewest, most, nodes, events, rng, told=None):
    """Splits and merges while agents join any node and any agent leaves, all as likely.

    `told`, a list, takes each event: 1 for a join or -1, and how large the node was before.

    Every node has half of fewest + most agents at the start. A node above `most` splits at once;
    one below `fewest` merges into the smallest other one, which splits if it is too large then.
    """
    sizes = [(fewest + most) // 2] * nodes
    agents, done = sum(sizes), 0
    for _ in range(events):
        if rng.random() < 0.5 or agents <= fewest:
            at, change = int(rng.random() * len(sizes)), 1
        else:
            at, left, change = 0, int(rng.random() * agents), -1
            while left >= sizes[at]:
                left, at = left - sizes[at], at + 1
        if told is not None:
            told.append((change, sizes[at]))
        sizes[at], agents = sizes[at] + change, agents + change
        if sizes[at] < fewest and len(sizes) > 1:
            merged, done = sizes.pop(at), done + 1
            at = sizes.index(min(sizes))
            sizes[at] += merged
        if sizes[at] > most:
            half, done = sizes[at] // 2, done + 1
            sizes.append(sizes[at] - half)
            sizes[at] = half
    return done
