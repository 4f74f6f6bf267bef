"""Updates of single agents on their way up through routers with finite rates."""
