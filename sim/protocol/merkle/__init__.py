"""A statistical Merkle tree: commit to every child's summary, attest, watch, convict, roll back.

In the order of a round: members sign what they say (`keys`, `statements`) and aggregators commit to
all of it (`hashes`, `commitments`); agents check their own way to the root (`inclusion`) and
acknowledge it (`attestation`); watchers recompute what aggregators did (`checks`, `watchers`), and
a court convicts on proof (`fraud`, `court`). The registry says what can be true at all (`registry`,
`bounds`). `costs` counts the messages and bytes.

It proves the integrity of the aggregation, not the honesty of readings: who lies about its own
values within what is possible is not found here (Chan, Perrig & Song, CCS 2006).
"""
