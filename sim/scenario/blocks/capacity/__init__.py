"""What a node of each role can hold."""
