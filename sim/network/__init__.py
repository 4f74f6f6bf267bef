"""The network: sites and routes, delay and loss of a message, and the faults between them."""
