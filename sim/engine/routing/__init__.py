"""Updates of single agents in a run: from what they measure, through routers, to the root.

In the order in which an update meets them: `looks` and `levels` (what agents measure and make of
it), `field` and `outlet` (what they send), `routers` and `station` (routers and the root's sink on
their hosts), `beliefs` (what the root makes of it). `mischief` has the liars among them; `ledger`
knows where every update is, `meter` counts, `criticals` and `deaths` time what matters.
"""
