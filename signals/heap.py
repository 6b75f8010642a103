"""Memory that the C library keeps for the next array, rather than ask the system for it anew."""

from __future__ import annotations

import numpy as np


def keep_freed(size: int) -> None:
    """Have arrays of up to ``size`` bytes come from memory that was freed before.

    The C library gives each array of more than 128 kB back to the system when it is freed, and
    fetches the next one from there, page by page: up to half of the time of work on arrays. Once a
    larger piece was freed, it keeps those up to its size, of 32 MB at most (mallopt(3),
    M_MMAP_THRESHOLD). Other C libraries take no notice.
    """
    np.empty(size, dtype=np.uint8)  # which nobody fills
