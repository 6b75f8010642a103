"""A study added up from parts of its events says what one of all of them says."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import signals as sg
from signals.errors import StudyError
from signals.study import clocks
from signals.study.study_sums import StudySums
from signals.study.summed_study import SummedStudy

HEADLINE = (0, 1)
SHARES, SESSIONS, EVENTS = 40, 700, 3000


def prices(seed=0):
    """Prices of forty shares and two markets, a twentieth of them missing."""
    rng = np.random.default_rng(seed)
    labels = sg.Sessions("XNYS").labels()
    labels = labels[labels.searchsorted(pd.Timestamp("2019-01-02")) :][:SESSIONS]
    names = [f"S{number:02d}" for number in range(SHARES)]
    market = rng.normal(0.0003, 0.01, SESSIONS)
    moves = rng.normal(0, 0.02, (SESSIONS, SHARES)) + market[:, None]
    closes = pd.DataFrame(50 * np.exp(np.cumsum(moves, axis=0)), labels, names)
    closes = closes.mask(rng.random(closes.shape) < 0.01)
    closes.loc[labels[500] :, "S07"] = np.nan  # its prices end before some events
    return closes.assign(SPY=50 * np.exp(np.cumsum(market)))


def events(closes, seed=1, n=EVENTS):
    """Events that share sessions and overlap, some known to the day, some echoes, some lost."""
    rng = np.random.default_rng(seed)
    day = closes.index[rng.integers(200, SESSIONS, n)]
    symbol = np.array([*closes.columns[:-1], "NONE"])[rng.integers(0, SHARES + 1, n)]
    dated = rng.random(n) < 0.1
    phases = np.array(["pre-open", "intraday", "after-close"])
    return pd.DataFrame(
        {
            "event_id": [f"e{number}" for number in range(n)],
            "symbol": symbol,
            "mic": "XNYS",
            "session": day,
            "score": np.round(rng.normal(0, 0.4, n).clip(-1, 1), 2),
            "precision": np.where(dated, "day", np.where(rng.random(n) < 0.5, "second", "minute")),
            "phase": np.where(dated, "date-only", phases[rng.integers(0, 3, n)]),
            "echo": rng.random(n) < 0.3,
        }
    )


def study_of(some, closes):
    windows = ((0, 0), (0, 1), (-1, 1), (-3, 3))
    return sg.event_study(some, closes, market="SPY", window=(-3, 3), windows=windows)


def parts_of(some, number):
    """Cut events into parts, each share in one of them."""
    code = some["symbol"].map({name: k for k, name in enumerate(sorted(set(some["symbol"])))})
    return [some[code % number == k] for k in range(number)]


def summed(whole, sums):
    sessions = np.unique(whole.sample.grid.labels.astype("datetime64[D]")).astype(np.int64)
    return SummedStudy(sums, sessions, whole.settings, whole.prices, HEADLINE)


def added(parts):
    total = StudySums.none()
    for part in parts:
        total = total + StudySums.of(part, HEADLINE)
    return total


def assert_alike(ours, whole):
    whole = whole[[name for name in whole.columns if name not in {"placebo_p", "pooled"}]]
    pd.testing.assert_frame_equal(
        ours[whole.columns], whole, rtol=1e-12, atol=1e-15, check_dtype=False
    )


@pytest.fixture(scope="module")
def closes():
    return prices()


@pytest.fixture(scope="module")
def whole(closes):
    return study_of(events(closes), closes)


@pytest.fixture(scope="module")
def made(closes, whole):
    """The same from five parts."""
    parts = [study_of(part, closes) for part in parts_of(events(closes), 5)]
    assert sum(len(part.events) for part in parts) == len(whole.events)
    return summed(whole, added(parts))


def test_the_means_equal_those_of_one_piece(made, whole):
    timed = clocks.timed(whole)
    assert len(timed.events) < len(whole.events) < EVENTS
    assert_alike(made.caar(), timed.caar())
    assert_alike(made.aar(), timed.aar())
    assert_alike(made.path(), timed.path())
    assert_alike(made.path_by_sign(), timed.path_by_sign())
    whole_by = whole.by("precision").loc[["second", "minute", "day"]]
    assert_alike(made.by("precision"), whole_by)
    assert_alike(made.drift(), whole.drift((-3, -1)).loc[["second", "minute", "day"]])
    phases = ["pre-open", "intraday", "after-close"]
    ours = made.by("phase", (HEADLINE,), adjust="holm")
    assert_alike(ours, timed.by("phase", (HEADLINE,), adjust="holm").loc[phases])
    assert made.mixes_precisions


def test_what_was_not_added_up_is_no_table_of_nothing(made):
    assert_alike(made.caar((0, 1)), made.caar([(0, 1)]))
    with pytest.raises(StudyError, match=r"not added up over \(0, 3\); they were over"):
        made.caar((0, 3))
    with pytest.raises(StudyError, match=r"not added up over \(-1, 1\); they were over \(0, 1\)"):
        made.by("phase", (-1, 1))
    with pytest.raises(StudyError, match="not added up by 'sector'"):
        made.by("sector")


def test_first_tellings_equal_those_of_one_piece(made, whole):
    first = clocks.subset(whole, ~whole.events["echo"].to_numpy())
    assert_alike(made.caar(group="first"), clocks.timed(first).caar())


def test_what_follows_the_score_equals_that_of_one_piece(made, whole):
    ours, theirs = made.sentiment(), clocks.timed(whole).sentiment("score", HEADLINE)
    pd.testing.assert_frame_equal(ours[theirs.columns], theirs, rtol=1e-12)
    for table in (ours, theirs):
        counts = table.to_csv(columns=["n_positive", "n_negative"], header=False).splitlines()
        assert all(cell.isdigit() for cell in counts[0].split(",")[1:])
        assert counts[1] == "slope,,"


def test_the_tests_that_sums_can_tell_equal_those_of_one_piece(made, whole):
    theirs = {one.name: one for one in clocks.timed(whole).tests(HEADLINE)}
    told = set()
    for ours in made.tests(HEADLINE):
        if ours.valid:
            told.add(ours.name)
            assert ours.statistic == pytest.approx(theirs[ours.name].statistic, rel=1e-12)
            assert ours.p_value == pytest.approx(theirs[ours.name].p_value, rel=1e-10)
            assert ours.n_events == theirs[ours.name].n_events
            assert ours.df == pytest.approx(theirs[ours.name].df, rel=1e-12, nan_ok=True)
        elif ours.name not in {"t", "placebo"}:
            assert "in one piece" in ours.reason
    of_means = {"cross_sectional_t", "skewness_adjusted_t", "patell", "bmp", "cosine"}
    of_groups = {"bmp_episode", "bmp_date", "bmp_two_way", "crude_dependence"}
    assert told == of_means | of_groups | {"sign", "generalised_sign"}


def test_events_of_two_calendars_are_counted_in_the_sessions_of_both(closes):
    tokyo = sg.Sessions("XTKS").labels()
    both = closes.reindex(closes.index.union(tokyo[tokyo.slice_indexer("2019-01-02", "2021-10")]))
    rng = np.random.default_rng(5)
    for number in range(4):
        both[f"T{number}"] = 90 * np.exp(np.cumsum(rng.normal(0, 0.02, len(both))))
    both["SPY"] = both["SPY"].ffill()
    day = rng.choice(tokyo[tokyo.slice_indexer("2020-02-01", "2021-09-01")], 300)
    asian = pd.DataFrame(
        {
            "event_id": [f"t{number}" for number in range(300)],
            "symbol": [f"T{number % 4}" for number in range(300)],
            "mic": "XTKS",
            "session": day,
            "precision": "minute",
        }
    )
    american = events(closes, n=800)[asian.columns]
    whole = study_of(pd.concat([american, asian]), both)
    parts = [study_of(one, both) for one in (*parts_of(american, 2), asian)]
    total, timed = summed(whole, added(parts)), clocks.timed(whole)
    assert_alike(total.caar(), timed.caar())
    # Another exchange's sessions part no two events of a share.
    theirs = {one.name: one for one in timed.tests((-3, 3))}
    for ours in total.tests((-3, 3)):
        if ours.valid:
            assert ours.n_clusters == theirs[ours.name].n_clusters
            assert ours.p_value == pytest.approx(theirs[ours.name].p_value, rel=1e-9)
    alone = pd.concat([one.flags() for one in parts])
    pd.testing.assert_frame_equal(alone.loc[whole.events.index], whole.flags())


def test_a_group_of_one_event_or_a_few_sessions_says_what_it_can(closes):
    some = events(closes, n=400)
    days = some.loc[some["precision"] != "day", "session"].iloc[:2]
    few = some[some["session"].isin(days) & (some["precision"] != "day")]
    whole = study_of(few, closes)
    ours = summed(whole, added([whole])).caar(((0, 0), (-1, 1)))
    theirs = whole.caar(((0, 0), (-1, 1)))
    assert list(ours["test"]) == list(theirs["test"])
    assert list(ours["caar"]) == pytest.approx(list(theirs["caar"]), rel=1e-12)
    for test, reason in zip(ours["test"], ours["reason"], strict=True):
        assert ("in one piece" in reason) == (test == "generalised_kp")
    one = study_of(few.iloc[:1], closes)
    assert_alike(summed(one, added([one])).caar(), one.caar())
    three = study_of(few.iloc[:3].assign(score=[0.2, 0.5, -0.5]), closes)
    counted = [
        table.loc["spread", ["n_positive", "n_negative", "n"]].tolist()
        for table in (
            summed(three, added([three])).sentiment(),
            three.sentiment("score", HEADLINE),
        )
    ]
    assert counted[0] == counted[1]
    assert sum(counted[0][:2]) == counted[0][2] > 0


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=SHARES + 1, max_size=SHARES + 1), st.randoms())
def test_however_shares_are_parted_and_in_whatever_order_the_sums_are_the_same(where, random):
    closes = _closes()
    some = events(closes, n=500)
    names = [*closes.columns[:-1], "NONE"]
    number = some["symbol"].map(dict(zip(names, where, strict=True)))
    parts = []
    for k in range(4):
        chosen = some[number == k]
        if chosen["symbol"].isin(closes.columns).any():
            parts.append(StudySums.of(study_of(chosen, closes), HEADLINE))
    random.shuffle(parts)
    total = StudySums.none()
    for part in parts:
        total = total + part
    once = StudySums.of(study_of(some, closes), HEADLINE)
    assert set(total.groups) == set(once.groups)
    assert np.array_equal(total.days, once.days)
    for key, sums in once.groups.items():
        ours = total.groups[key]
        assert np.array_equal(ours.pairs, sums.pairs)
        assert ours.products == pytest.approx(sums.products, rel=1e-12, abs=1e-12)
        assert np.array_equal(ours.by_session[:1], sums.by_session[:1])
        np.testing.assert_allclose(ours.by_session, sums.by_session, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(ours.totals, sums.totals, rtol=1e-9, atol=1e-12)
        assert (ours.low == sums.low).all() and (ours.high == sums.high).all()


@cache
def _closes():
    return prices()


def test_sums_survive_a_file_to_the_byte(closes, tmp_path):
    sums = StudySums.of(study_of(events(closes, n=300), closes), HEADLINE)
    np.savez(tmp_path / "sums.npz", **sums.arrays())
    with np.load(tmp_path / "sums.npz") as file:
        read = StudySums.read({name: file[name] for name in file.files})
    assert read.groups.keys() == sums.groups.keys()
    again, first = read.arrays(), sums.arrays()
    assert all(again[name].tobytes() == first[name].tobytes() for name in first)


def test_no_test_depends_on_the_order_of_the_events(closes):
    some = events(closes, n=500).drop_duplicates(["symbol", "session"])
    one, other = (study_of(given, closes) for given in (some, some.sample(frac=1, random_state=1)))
    for ours, theirs in zip(one.tests(HEADLINE), other.tests(HEADLINE), strict=True):
        assert ours.p_value == pytest.approx(theirs.p_value, rel=1e-9, nan_ok=True), ours.name
