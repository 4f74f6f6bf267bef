"""Time and order without a common clock: hybrid stamps, version vectors, and the truth about both.

`hlc` stamps messages in 8 bytes; `version_vector` tells before from concurrent among few writers;
`costs` says what each adds to a message; `causality` is what only the simulator can know: the exact
order of events, and which sources an estimate has counted twice.
"""
