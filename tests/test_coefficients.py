"""Ranks, coefficients and bins of many sessions at once, against pandas session by session."""

import numpy as np
import pandas as pd
import pytest

from signals.evaluation import coefficients
from signals.evaluation.coefficients import BinMeans, Groups, quantile_bins, session_coefficients


@pytest.fixture(scope="module")
def uneven():
    """Sessions of 1 to 40 names, scores with ties, returns with holes."""
    generator = np.random.default_rng(3)
    sizes = generator.integers(1, 41, size=200)
    frame = pd.DataFrame({"day": np.repeat(np.arange(200) * 2, sizes)})
    frame["score"] = np.round(generator.standard_normal(len(frame)), 1)
    frame["returns"] = np.round(generator.standard_normal(len(frame)), 2)
    frame.loc[generator.random(len(frame)) < 0.05, "returns"] = np.nan
    frame.loc[frame["day"] == 40, "score"] = 1.0
    return frame


def arrays(frame):
    return (
        Groups.by(frame["day"].to_numpy()),
        frame["score"].to_numpy(),
        frame["returns"].to_numpy(),
    )


def test_ranks_are_mid_ranks_of_each_session(uneven):
    groups, score, _ = arrays(uneven)
    by_day = uneven.groupby("day")["score"]
    expected = by_day.rank() - by_day.transform("size").add(1).div(2)

    np.testing.assert_array_equal(groups.ranks(score), expected)


def test_coefficients_are_those_of_pandas(uneven):
    found = session_coefficients(*arrays(uneven))
    known = uneven.dropna()
    sizes = known.groupby("day")["score"].transform("size")
    expected = {
        day: one["score"].rank().corr(one["returns"].rank())
        for day, one in known[(sizes >= 5) & (known["day"] != 40)].groupby("day")
    }

    assert found.day.tolist() == list(expected)
    np.testing.assert_allclose(found.rank, list(expected.values()), atol=1e-12)
    assert found.constant == 1
    assert found.thin == (known.groupby("day").size() < 5).sum()


def test_ranks_that_are_known_and_parts_change_nothing(uneven, monkeypatch):
    groups, score, returns = arrays(uneven)
    plain = session_coefficients(groups, score, returns)
    known = session_coefficients(groups, score, returns, ranks=groups.ranks(score))
    monkeypatch.setattr(coefficients, "PART", 100)
    again = Groups.by(uneven["day"].to_numpy())
    parted = session_coefficients(again, score, returns, ranks=groups.ranks(score))

    assert len(again.parts) > 20
    for name in ("day", "n", "rank", "linear", "slope", "pooled_rank", "thin", "constant"):
        np.testing.assert_array_equal(getattr(known, name), getattr(plain, name))
        np.testing.assert_allclose(getattr(parted, name), getattr(plain, name), rtol=1e-12)


def test_no_observation_gives_no_session():
    nothing = np.empty(0)
    found = session_coefficients(Groups.by(nothing.astype(np.int64)), nothing, nothing)

    assert len(found.n) == found.thin == found.constant == 0
    assert np.isnan(found.pooled_rank)


def test_means_by_bin_are_those_of_a_group_by(uneven):
    groups, score, returns = arrays(uneven)
    bins = quantile_bins(groups, score, groups.order(score), 4)
    bins[uneven["day"] == 40] = 0
    found = BinMeans.of(groups, bins, returns, 4)
    table = uneven.assign(bin=bins)[bins > 0].dropna()
    by_day = table["returns"] - table.groupby("day")["returns"].transform("mean")
    for values, expected in ((table["returns"], found.mean), (by_day, found.relative)):
        wide = values.groupby([table["day"], table["bin"]]).mean().unstack()  # noqa: PD010
        np.testing.assert_allclose(wide, expected, atol=1e-14)
    assert found.n.sum() == len(table)
