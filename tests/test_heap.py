"""Arrays come from memory that was freed before."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from signals.heap import keep_freed
if sys.argv[1:]:
    keep_freed(8_000_000)
pages = []
for _ in range(20):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(100_000), np.ones(90_000)
    pages.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
print(sum(pages[5:]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries take no notice")
def test_arrays_of_a_size_that_was_freed_cost_no_page_faults():
    command = [sys.executable, "-c", FAULTS]
    kept, fetched = (
        int(subprocess.run([*command, *more], capture_output=True, text=True, check=True).stdout)
        for more in (["keep"], [])
    )
    assert kept < 50
    assert fetched > 500
