"""Updates of single agents in a run: from what they measure, through routers, to the root.

In the order in which an update meets them: `field` (the agents), `station` (routers and the root's
sink on their hosts), `beliefs` (what the root makes of it). `ledger` knows where every update is,
`meter` counts, `criticals` and `deaths` time what matters.
"""
