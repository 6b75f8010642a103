"""Text to numbers: scorers, and what an article says about each security."""
