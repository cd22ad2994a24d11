"""Try the walls for real."""


def require_walls() -> None:
    """To come."""
