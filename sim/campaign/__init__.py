"""Where runs are kept and how many of them are carried out; no simulation logic."""
