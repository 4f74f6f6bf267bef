"""What ByzFL 0.0.11 makes the liars send, and on what: plain data, no code of it.

Made once outside this repository, with `byzfl.attacks` on numpy arrays. Conventions: sign flip is
minus the mean of the correct items; inner product manipulation is -tau times it; a little is enough
is the mean plus tau standard deviations (ddof = 1); mimic repeats the item with the given index.
"""

CORRECT = [
    [0.0, 0.875, 1.75],
    [0.75, 3.25, 1.875],
    [-0.625, -0.375, -0.125],
    [1.25, 3.125, 1.125],
    [-0.5, 3.0, 2.625],
    [-0.5, 0.75, 2.0],
    [2.75, 1.75, 0.75],
    [2.375, 3.0, 3.625],
    [-0.125, 2.125, 0.5],
]
"""Nine correct items of three features."""

SIGN_FLIP = [-0.5972222222222222, -1.9444444444444444, -1.5694444444444444]

INNER_PRODUCT = {
    2.0: [-1.1944444444444444, -3.888888888888889, -3.138888888888889],
    0.1: [-0.059722222222222225, -0.19444444444444445, -0.15694444444444444],
}
"""By tau."""

LITTLE_IS_ENOUGH = {
    1.5: [2.511141221945042, 3.8819444444444446, 3.2907493636844958],
    -0.541: [-0.09306456367780813, 1.2456527777777777, 0.9486271369051992],
}
"""By tau."""

MIMIC = {0: [0.0, 0.875, 1.75], 4: [-0.5, 3.0, 2.625]}
"""By the index of the item that is repeated."""
