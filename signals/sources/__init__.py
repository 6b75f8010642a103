"""Where articles and lists of companies come from."""
