"""Statistical CAP resolver: what a consumer is told when the newest cannot be had.

`contract` says what is held and what a read returns; `widening` how far the truth may have moved
meanwhile; `drift` how it moves; `reader` answers or refuses; `alerts` does so for critical alerts;
`partial_quorum` is the chance of a stale read where replicas answer alone; `checks` are the
invariants of every read.

A bound on age cannot be *kept* in a partition that is longer than the bound. It can be reported as
broken, which is what all of this is for.
"""
