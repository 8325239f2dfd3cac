"""An example of a rule of one's own."""


def choose(request: object) -> None:
    """Leave every request where it is."""
