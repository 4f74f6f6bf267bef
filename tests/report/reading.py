"""What stands on a drawn figure, read back from it."""


def panel(figure, start):
    """The first panel whose title begins so."""
    return next(axes for axes in figure.axes if axes.get_title(loc="left").startswith(start))


def labels(axes):
    """What the legend of a panel says."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def rows(axes):
    """How the rows of a panel of lanes are called, from the first on."""
    return [tick.get_text() for tick in axes.get_yticklabels()]
