"""Semantic routing: updates of single agents go up the tree through lines of finite rates.

In the order of reading: `contract` (messages, what a discipline does), `importance` (from a score
to a class), `bucket` and `admission` (how often a child may claim one), `disciplines` (who goes
next), `router` (the queue and the line); `sending` (when a source has something to say, and what
its silence means), `reporter` (a source), `sink` (the root's end), `estimators` (what the root
makes of who was silent); `checks` (what a liar might send), `registry`.

Routing by importance makes no capacity: what some no longer wait, others do (the conservation law
of queues). It saves messages where sources are silent by a rule that the root knows.
"""
