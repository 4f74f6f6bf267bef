"""The statistical Merkle tree inside a run: rounds of commitments, and what comes of liars."""
