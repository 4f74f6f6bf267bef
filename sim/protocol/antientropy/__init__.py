"""Anti-entropy: how two replicas find out what each of them lacks, and give it to each other.

In the order in which a session meets them: `items` and `store` are what a replica holds; `full`,
`merkle_descent` and `rateless` compare two stores behind one contract (`comparison`); `shipment`
brings what is missing; `initiator` and `responder` are the two ends of a session and `node` is the
replica's node. `prediction` and `costs` say beforehand how long it takes and how many bytes.
"""
