"""Semantic routing: updates of single agents go up the tree through lines of finite rates.

In the order of reading: `contract` (messages, what a discipline does), `importance` (from a score
to a class), `bucket` and `admission` (how often a child may claim one), `disciplines` (who goes
next), `router` (the queue and the line).
"""
