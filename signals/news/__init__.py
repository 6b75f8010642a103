"""One article in, records out: zones, times, sentences, mentions."""
