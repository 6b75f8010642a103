"""Two functions that do the same, timed in one run: the median of the paired ratios."""

import gc
import statistics
import time
from dataclasses import dataclass

_SHORTEST = 0.1  # seconds: what takes less is repeated


@dataclass(frozen=True)
class Ratio:
    """How many times the time of ours the peer takes, over the pairs of one run."""

    median: float
    low: float
    high: float

    def __str__(self):
        return f"{self.median:.1f}x ({self.low:.1f} to {self.high:.1f})"


def seconds(call, times):
    """CPU seconds of one call, the mean over so many."""
    gc.collect()
    gc.freeze()
    start = time.process_time()
    for _ in range(times):
        call()
    spent = (time.process_time() - start) / times
    gc.unfreeze()
    return spent


def compare(peer, ours, *, same=None, pairs=5):
    """Time both in alternating order; ``same(a, b)`` must hold of what they give, if stated."""
    given, own = peer(), ours()
    assert same is None or same(given, own), "a ratio of different results is void"
    times = {call: max(1, round(_SHORTEST / max(seconds(call, 1), 1e-6))) for call in (peer, ours)}
    ratios = []
    for number in range(pairs):
        order = (peer, ours) if number % 2 == 0 else (ours, peer)
        spent = {call: seconds(call, times[call]) for call in order}
        ratios.append(spent[peer] / spent[ours])
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))
