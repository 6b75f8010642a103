"""How CPU time grows with a text, as steadily as a shared machine allows."""

import gc
import math
import time


def seconds(call, text):
    """CPU seconds of one call."""
    start = time.process_time()
    call(text)
    return time.process_time() - start


def doubling(call, text, *, enough=2.5, rounds=5, attempts=4):
    """Say how many times longer twice a text takes; measured anew while it is not ``enough``.

    Both by turns, the least times of each: other work on the machine only ever adds.
    """
    gc.collect()
    gc.disable()  # a collection costs what the whole test run holds, not what the text asks
    ratio = math.inf
    for _ in range(attempts):
        least = [math.inf, math.inf]
        for _ in range(rounds):
            for place, given in enumerate((text, text * 2)):
                least[place] = min(least[place], seconds(call, given))
        ratio = min(ratio, least[1] / least[0])
        if ratio <= enough:
            break
    gc.enable()
    return ratio
