"""How busy and how full the nodes of a run are."""
