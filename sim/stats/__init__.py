"""Pure mathematics on arrays: whole numbers, moments. It knows no node and no time."""
