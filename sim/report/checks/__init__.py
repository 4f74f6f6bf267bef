"""What a gate or a comparison found, for terminals, pages and other programs."""
