"""Whether the headline test keeps its size on related shares, and naive ones do not."""

import pytest
from size_designs import CLUSTERED, DESIGNS, rejections, synthetic_panel

SAMPLES = 500


@pytest.fixture(scope="module")
def panel():
    return synthetic_panel()


@pytest.mark.parametrize("name", DESIGNS)
def test_the_headline_keeps_its_size_and_its_interval_its_coverage(panel, name):
    seed = 1000 + list(DESIGNS).index(name)
    tests = ("headline", "bmp")
    rates = rejections(panel, name, (-1, 1), samples=SAMPLES, seed=seed, tests=tests)
    # 500 samples: three standard errors about 5 %.
    assert 0.015 <= rates["headline"] <= 0.08
    assert 0.915 <= rates["coverage"] <= 0.985
    if name in CLUSTERED:
        assert rates["bmp"] > 0.15
