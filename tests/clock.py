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

    It is the root of how much longer four times the text takes, in which what other work adds
    weighs half. Both by turns, the least times of each: other work only ever adds.
    """
    gc.collect()
    gc.disable()  # a collection costs what the whole test run holds, not what the text asks
    least = [math.inf, math.inf]
    for done in range(rounds):
        for place, given in enumerate((text, text * 4)):
            least[place] = min(least[place], seconds(call, given))
        if done and least[1] <= enough**2 * least[0]:
            break
    gc.enable()
    return math.sqrt(least[1] / least[0])
