"""What each fault and liar caused: table and figure."""
