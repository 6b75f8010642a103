"""How CPU time grows with a text, as steadily as a shared machine allows."""

import gc
import math
import time


def seconds(call, text):
    """CPU seconds of one call."""
    start = time.process_time()
    call(text)
    return time.process_time() - start


def doubling(call, text, *, enough=2.5, rounds=20):
    """Say how many times longer twice a text takes; measured anew while it is not ``enough``.

    Both by turns, the least times of each: other work on the machine only ever adds.
    """
    gc.collect()
    gc.disable()  # a collection costs what the whole test run holds, not what the text asks
    least = [math.inf, math.inf]
    for done in range(rounds):
        for place, given in enumerate((text, text * 2)):
            least[place] = min(least[place], seconds(call, given))
        if done and least[1] <= enough * least[0]:
            break
    gc.enable()
    return least[1] / least[0]
