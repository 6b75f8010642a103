"""Which shares a story is about, what it says about each, and whether prices moved."""

__version__ = "0.1.0"
