"""Exit codes: what a command tells whoever started it, a timer or a script."""

DONE = 0
UNEXPECTED = 1
"""It was stopped, the disk is full or fails, or something else that nobody expected."""
USAGE = 2
"""The command line, the configuration or an input can't be used as given."""
PARTIAL = 3
"""Something is missing, and the output says what."""
NOTHING = 4
"""Nothing usable came in."""
LOCKED = 5
"""Another run is at work."""
