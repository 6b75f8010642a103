from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import signals as sg
from signals.cli import main
from signals.errors import StudyError
from signals.market.csvprices import CsvPrices
from signals.market.frames import FramePrices
from signals.market.prices import build_table
from signals.market.quality import Fault
from signals.market.sessions import Sessions
from signals.pipeline import write_report
from signals.study.audit import _ReadOnce, audit, measure_before, perturb
from signals.study.audit_policies import EARLY, compare_policies, list_policies
from signals.study.estimate import event_study
from signals.study.timestamps import NEW_YORK_HOURS

ROOT = Path(__file__).parents[1]
DAYS = Sessions("XNYS").labels(pd.Timestamp("2022-01-03"), pd.Timestamp("2024-12-31"))


class Foreign:
    """A frame of another library, which makes one of pandas and knows no more of it."""

    def __init__(self, frame):
        self.to_pandas = frame.copy


def recaps(seed: int, *, hour: float, n_symbols: int = 20, per_symbol: int = 20):
    """Prices that nothing predicts, and stories that recap the move of their own day."""
    random = np.random.default_rng(seed)
    names = [f"S{number:02}" for number in range(n_symbols)]
    market = 0.01 * random.standard_normal(len(DAYS))
    own = 0.02 * random.standard_normal((len(DAYS), n_symbols))
    returns = pd.DataFrame(own + market[:, None], DAYS, names).assign(SPY=market)
    closes = 100 * (1 + returns).cumprod()
    rows = []
    for column, name in enumerate(names):
        for place in random.choice(np.arange(300, len(DAYS) - 10), per_symbol, replace=False):
            known = DAYS[place].tz_localize("America/New_York") + pd.Timedelta(hours=hour)
            rows.append((name, known.tz_convert("UTC"), np.sign(own[place, column])))
    return pd.DataFrame(rows, columns=["symbol", "known_at", "score"]), FramePrices(closes)


def policies_of(seed: int, hour: float) -> dict[tuple[str, int], dict]:
    events, prices = recaps(seed, hour=hour)
    table = compare_policies(events, prices, market="SPY")
    return {(row["policy"], row["offset"]): row for row in table.to_dict("records")}


def test_recaps_after_the_close_are_a_discovery_by_date_and_none_by_time():
    for seed in range(3):
        found = policies_of(seed, hour=18)
        assert found["same_date", 0]["statistic"] > 20
        assert all(np.sign(row["mean"]) == np.sign(row["statistic"]) for row in found.values())
        assert abs(found["next_close", 0]["statistic"]) < 3.5
        assert "looks ahead" in found["same_date", 0]["note"]


def test_recaps_within_the_session_show_in_session_0_and_are_gone_in_session_1(monkeypatch):
    monkeypatch.setattr("signals.study.audit.perturb", partial(perturb, most=3))
    events, prices = recaps(1, hour=15.9)
    result = audit(events.iloc[:120], prices, market="SPY")
    rows = {(row["policy"], row["offset"]): row for row in result.comparison.to_dict("records")}
    assert rows["next_close", 0]["statistic"] > 5
    assert "contains the move" in rows["next_close", 0]["note"]
    assert abs(rows["next_close", 1]["statistic"]) < 3.5
    assert any("gone in session 1" in words for words in result.verdicts)


@pytest.mark.slow
@pytest.mark.parametrize(("hour", "offset"), [(18, 0), (15.9, 1)])
def test_in_200_seeds_ours_rejects_as_often_as_chance(hour, offset):
    found = [policies_of(seed, hour) for seed in range(200)]
    rejected = np.mean([one["next_close", offset]["p_value"] < 0.05 for one in found])
    print(f"\nhour {hour}, session {offset}: rejects in {rejected:.1%} of seeds")
    assert 0.02 <= rejected <= 0.09
    by_date = [one["same_date", 0]["statistic"] for one in found]
    print(f"same date: t from {min(by_date):.1f} to {max(by_date):.1f}")
    assert min(by_date) > 20


class Counted:
    """A price source that counts how often it is asked."""

    def __init__(self, prices):
        self._prices = prices
        self.asked = 0

    def history(self, symbols, start, end):
        self.asked += 1
        return self._prices.history(symbols, start, end)


def test_the_prices_are_read_once_and_give_what_reading_them_each_time_gives(monkeypatch):
    events, prices = recaps(0, hour=12, per_symbol=1)
    events.loc[0, "symbol"] = "NONE"
    counted = Counted(prices)

    found = audit(events, counted, market="SPY")

    assert counted.asked == 1
    monkeypatch.setattr("signals.study.audit._ReadOnce", lambda source: source)
    expected = audit(events, prices, market="SPY")
    assert found.verdicts == expected.verdicts
    pd.testing.assert_frame_equal(found.comparison, expected.comparison)
    pd.testing.assert_frame_equal(found.perturbation.changed, expected.perturbation.changed)
    assert found.perturbation.n_events == expected.perturbation.n_events > 15


def test_prices_of_later_symbols_are_read_once_as_well():
    events, prices = recaps(0, hour=12, per_symbol=4)
    table = prices.history([*events["symbol"].unique(), "SPY"], *DAYS[[0, -1]])
    renamed = table.closes.rename(columns={events["symbol"].iloc[0]: "SGI"})
    counted = Counted(FramePrices(renamed))

    audit(events.replace({"symbol": {events["symbol"].iloc[0]: "TPX"}}), counted, market="SPY")

    assert counted.asked == 2


def test_a_fault_before_what_a_study_reads_refuses_nothing_in_an_audit():
    """As a split that is not applied: only who reads across it may refuse the series."""
    days = pd.bdate_range("2025-06-02", periods=40)
    closes = pd.DataFrame({"A": 1.0, "B": 2.0}, index=days)

    class Spoilt:
        def history(self, symbols, start, end):
            held, faults = [*symbols], []
            if start <= days[15]:
                held = ["B"]
                faults = [Fault("A", days[15], "split_not_applied", "refused", "A split.")]
            return build_table(
                closes.loc[start:end, held], source="made", fetched_at=days[-1], faults=faults
            )

    plain, once = Spoilt(), _ReadOnce(Spoilt())
    for start in (days[16], days[17]):
        found, expected = (one.history(["A", "B"], start, days[-1]) for one in (once, plain))
        pd.testing.assert_frame_equal(found.closes, expected.closes)
        assert not found.faults["action"].eq("refused").any()


def test_noise_after_the_news_changes_nothing_before_it():
    events, prices = recaps(0, hour=12, per_symbol=3)

    def measure(some, source):
        return measure_before(some, source, market="SPY", model="market")

    found = perturb(events, prices, measure=measure, most=10)
    assert found.changed.empty
    assert found.n_sessions == 10
    assert "no look-ahead" in found.verdict


def test_a_model_that_reads_the_market_of_the_next_session_is_not_accused():
    events = pd.DataFrame({"symbol": ["MSFT"], "session": ["2025-07-22"]})
    found = audit(events, CsvPrices(ROOT / "data/prices"), market="SPY", model="dimson")
    assert "no look-ahead" in found.verdicts[0]


def test_a_quantity_that_looks_ahead_is_caught():
    events, prices = recaps(0, hour=12, per_symbol=3)

    def measure(some, source):
        study = event_study(some, source, market="SPY")
        leaking = study.abnormal[0]  # the event session's own return
        return pd.DataFrame({"beta": study.events["beta"], "leaking": leaking})

    found = perturb(events, prices, measure=measure, most=5)
    assert set(found.changed["quantity"]) == {"leaking"}
    assert found.verdict.startswith("LOOK-AHEAD")


def test_noise_that_would_lose_the_event_counts_as_a_change():
    events, prices = recaps(0, hour=12, per_symbol=1)
    calls = []

    def measure(some, source):
        calls.append(source)
        if len(calls) % 2 == 0:
            raise StudyError("lost")
        return pd.DataFrame({"n": [1.0]}, index=["one"])

    assert len(perturb(events, prices, measure=measure, most=2).changed) == 2


def test_what_noise_takes_away_as_a_whole_has_changed_whatever_its_type():
    events, prices = recaps(1, hour=12, per_symbol=1)
    values = {
        "share": 1.5,
        "count": 3,
        "rises": True,
        "word": "up",
        "since": DAYS[0],
        "known": pd.Timestamp("2022-01-03T15:00Z"),
        "whole": pd.array([1], dtype="Int64")[0],
    }
    missing = {"no_share": np.nan, "no_since": pd.NaT, "no_word": None}

    def measure(some, source):
        if type(source).__name__ == "_Noisy":
            raise StudyError("The price of a share is no price.")
        return pd.DataFrame([values | missing] * len(some), index=some.index)

    found = perturb(events, prices, measure=measure, most=1)
    assert found.changed["quantity"].to_list() == list(values)
    assert found.changed["after"].isna().all()
    assert found.verdict.startswith("LOOK-AHEAD: noise after the news changed share, count")

    def measure_all(some, source):
        if type(source).__name__ == "_Noisy":
            raise StudyError("The price of a share is no price.")
        return measure_before(some, source, market="SPY", model="market")

    changed = perturb(events, prices, measure=measure_all, most=1).changed["quantity"].to_list()
    assert {"beta", "n_obs", "estimation_start", "abnormal -1"} <= set(changed)


def test_equal_texts_have_not_changed_wherever_they_lie_in_memory():
    events, prices = recaps(1, hour=12, per_symbol=1)

    def measure(some, source):
        words = pd.Series(
            [str(bytes("up", "ascii"), "ascii") for _ in some.index], some.index, dtype=object
        )
        return pd.DataFrame({"word": words, "text": words.astype("str"), "none": None})

    assert perturb(events, prices, measure=measure, most=2).changed.empty


def test_each_event_is_listed_with_its_policy_and_when_it_could_be_traded():
    events = pd.DataFrame(
        {
            "symbol": ["MSFT", "MSFT", "9984.T"],
            "known_at": ["2025-07-22T08:00-04:00", "2025-07-22T12:00-04:00", "2025-07-22T10:00Z"],
        }
    )
    table = list_policies(events)
    assert list(table["phase"]) == ["pre-open", "intraday", "after-close"]
    assert list(table["tradable"]) == ["open of session 0", "session 1", "open of session 0"]
    assert list(table["session"].dt.strftime("%d")) == ["22", "22", "23"]
    assert set(table["policy"]) == {"next_close"}


def test_a_score_that_an_article_of_the_day_completes_is_no_trade_at_its_open():
    events = pd.DataFrame(
        {
            "symbol": ["MSFT", "MSFT"],
            "known_at": ["2025-07-22T08:00-04:00"] * 2,
            "complete_at": ["2025-07-22T08:30-04:00", "2025-07-22T14:00-04:00"],
        }
    )
    assert list(list_policies(events)["tradable"]) == ["open of session 0", "session 1"]


def test_a_session_that_closed_before_the_news_is_caught():
    events = pd.DataFrame(
        {"symbol": ["MSFT"], "session": ["2025-07-22"], "known_at": ["2025-07-22T18:00-04:00"]}
    )
    assert list(list_policies(events)["policy"]) == [EARLY]
    found = audit(events, CsvPrices(ROOT / "data/prices"), market="SPY")
    assert any("1 event stands in a session that closed before" in one for one in found.verdicts)


EARLY_EVENT = pd.DataFrame(
    {
        "symbol": ["MSFT"],
        "session": pd.to_datetime(["2025-07-22"]),
        "known_at": pd.to_datetime(["2025-07-22T18:00-04:00"]),
        "score": [0.5],
        "article_ids": ["a"],
    }
)


@pytest.mark.parametrize(
    "events",
    [
        EARLY_EVENT.set_index(["known_at", "symbol"]),
        EARLY_EVENT.set_index("score"),
        pa.Table.from_pandas(EARLY_EVENT),
        Foreign(EARLY_EVENT),
    ],
    ids=["times in the index", "scores in the index", "a table of Arrow", "another library"],
)
def test_a_look_ahead_is_caught_however_the_table_is_kept(events):
    found = audit(events, CsvPrices(ROOT / "data/prices"), market="SPY")
    assert any("1 event stands in a session that closed before" in one for one in found.verdicts)
    assert found.clock.n == 1
    assert len(found.comparison) == 4
    assert len(compare_policies(events, CsvPrices(ROOT / "data/prices"), market="SPY")) == 4


def test_events_without_scores_or_times_are_audited_as_far_as_can_be():
    events = pd.DataFrame({"symbol": ["MSFT"], "session": ["2025-07-22"]})
    found = audit(events, CsvPrices(ROOT / "data/prices"), market="SPY")
    assert found.clock is None and found.comparison.empty
    assert "no look-ahead" in found.verdicts[0]
    with pytest.raises(StudyError, match="no column 'known_at'"):
        compare_policies(events, CsvPrices(ROOT / "data/prices"), market="SPY")


def test_an_audit_shows_itself_in_words():
    events = pd.DataFrame(
        {"symbol": ["MSFT"], "known_at": ["2025-07-22T08:00-04:00"], "score": [0.5]}
    )
    found = sg.audit(events, ROOT / "data/prices", market="SPY")
    assert repr(found).startswith("<Audit>\nNoise after the news changed no byte")
    assert "<p>Noise after the news" in found._repr_html_() and "<table" in found._repr_html_()


def test_no_report_is_made_of_events_merged_by_date(tmp_path):
    events = pd.DataFrame({"symbol": ["MSFT"], "session": ["2025-07-22"], "policy": ["same_date"]})
    study = event_study(events, CsvPrices(ROOT / "data/prices"), market="SPY")
    with pytest.raises(StudyError, match="looks ahead"):
        write_report(study, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_the_command_audits_articles_and_tables_of_events(root, tmp_path, capsys):
    prices = str(root / "data/prices")
    code = main(["audit", str(root / "data/articles/openai-uk.txt"), "--prices", prices])
    out = capsys.readouterr().out
    assert code == 0
    assert "no look-ahead" in out and "date-only" in out and "in standard errors" in out
    table = tmp_path / "events.csv"
    table.write_text("symbol,known_at,score\nMSFT,2025-07-22T18:00:00-04:00,0.5\n")
    code = main(["audit", str(table), "--prices", prices, "--json"])
    assert code == 0
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)  # NaN is no JSON
    assert [row["policy"] for row in told["comparison"][:2]] == ["next_close", "next_close"]
    assert told["comparison"][0]["p_value"] is None  # one session alone has no spread
    assert main(["audit", str(tmp_path / "none.csv"), "--prices", prices]) == 2
    minutes = [f"MSFT,2025-07-22T{17 + n // 60}:{n % 60:02d}:00-04:00,0.5" for n in range(70)]
    table.write_text("\n".join(["symbol,known_at,score", *minutes]))
    assert main(["audit", str(table), "--prices", prices]) == 0
    out = capsys.readouterr().out
    assert "The first 50 of 70 events; --json prints them all." in out
    assert re.search("after-close next_close open of session 0 +70$", out, re.MULTILINE)


def test_an_event_without_prices_beside_a_good_one_is_told_as_lost(tmp_path, capsys):
    table = tmp_path / "events.csv"
    rows = [f"{name},2025-07-22T18:00:00-04:00,0.5" for name in ("MSFT", "NOPE", "ALSO")]
    table.write_text("\n".join(["symbol,known_at,score", *rows]))
    command = ["audit", str(table), "--prices", str(ROOT / "data/prices")]

    assert main(command) == 3
    told = capsys.readouterr()
    assert "no look-ahead (events: 1," in told.out
    assert "signals: 2 events, no prices: The first, NOPE-2025-07-23: " in told.err
    assert main([*command, "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert list(found["lost"]) == ["2 events, no prices"]
    assert [(row["symbol"], row["reason"]) for row in found["missing"]] == [
        ("NOPE", "no_prices"),
        ("ALSO", "no_prices"),
    ]
    result = sg.audit(pd.read_csv(table), ROOT / "data/prices", market="SPY")
    assert list(result.lost["symbol"]) == ["NOPE", "ALSO"]
    for shown in (repr(result), result._repr_html_()):
        assert "Lost: 2 events, no prices. The first, NOPE-2025-07-23: " in shown


@pytest.mark.parametrize(
    "text",
    [
        "symbol,known_at,score\nNOPE,2025-07-22T18:00:00-04:00,0.5\n",
        "symbol,session\nNOPE,2025-07-22\n",
        "symbol,known_at,score\n",
        "symbol,session\n",
    ],
)
def test_an_audit_of_no_event_that_can_be_studied_has_nothing_usable(text, tmp_path, capsys):
    table = tmp_path / "events.csv"
    table.write_text(text)
    assert main(["audit", str(table), "--prices", str(ROOT / "data/prices")]) == 4
    told = capsys.readouterr()
    assert not told.out
    why = "prices holds no price of NOPE" if "NOPE" in text else "There are no events to study."
    assert why in told.err


def test_a_market_without_prices_is_an_option_of_an_audit_that_is_wrong(tmp_path, capsys):
    table = tmp_path / "events.csv"
    table.write_text("symbol,session\nMSFT,2025-07-22\n")
    prices = str(ROOT / "data/prices")
    assert main(["audit", str(table), "--prices", prices, "--market", "NOPE"]) == 2
    assert "no_market_prices" in capsys.readouterr().err


def test_sessions_beside_empty_times_are_audited_without_a_comparison():
    events = pd.DataFrame(
        {"symbol": ["MSFT"], "session": ["2025-07-22"], "known_at": [None], "score": [0.5]}
    )
    found = audit(events, CsvPrices(ROOT / "data/prices"), market="SPY")
    assert found.comparison.empty and "no look-ahead" in found.verdicts[0]


def test_an_article_of_no_session_is_a_loss_of_an_audit(root, tmp_path, capsys):
    old = tmp_path / "old.txt"
    old.write_text("Published: 1985-05-06T12:00Z\n\nMicrosoft (NASDAQ: MSFT) won a contract.")
    articles = [str(old), str(root / "data/articles/openai-uk.txt")]

    assert main(["audit", *articles, "--prices", str(root / "data/prices")]) == 3
    told = capsys.readouterr()
    why = "The first, MSFT: The calendar of XNAS doesn't reach 1985-05-06"
    assert f"signals: 1 score, outside calendar: {why}" in told.err
    assert "1 stamp with a time is too few" in told.out and "\n1 stamp: " in told.out


def write_corpus(path: Path, *, hours: float, n: int = 600) -> None:
    """Write articles whose stamps are some hours off, and when a collector saw them."""
    random = np.random.default_rng(0)
    days = random.choice(DAYS[300:360], n)
    clock = random.choice(24, n, p=NEW_YORK_HOURS / NEW_YORK_HOURS.sum())
    true = pd.DatetimeIndex(days + pd.to_timedelta(clock * 60 + random.integers(60, size=n), "m"))
    true = true.tz_localize("America/New_York").tz_convert("UTC")
    rows = [
        {
            "published": (one + pd.Timedelta(hours=hours)).isoformat(),
            "first_seen": (one + pd.Timedelta(minutes=5)).isoformat(),
            "title": f"Number {place}",
            "text": "Microsoft (NASDAQ:MSFT) rose." if place < 2 else "It rained.",
        }
        for place, one in enumerate(true)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))


def test_a_corpus_whose_clock_is_8_hours_early_is_told_by_both_its_clocks(tmp_path, capsys):
    write_corpus(tmp_path / "news.jsonl", hours=-8)
    prices = pd.DataFrame(
        100
        * np.exp(0.01 * np.random.default_rng(3).standard_normal((len(DAYS), 2)).cumsum(axis=0)),
        DAYS,
        ["MSFT", "SPY"],
    )
    prices.rename_axis("date").to_csv(tmp_path / "prices.csv")
    command = ["audit", str(tmp_path / "news.jsonl"), "--prices", str(tmp_path / "prices.csv")]

    assert main(command) == 0
    out = capsys.readouterr().out
    assert "Its clock looks 8 hours early" in out
    assert "half were first seen within 8.1 hours" in out
    assert "Stamps by hour in America/New_York:\n00 " in out
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["clock"]["shift"], told["clock"]["n"], told["delays"]["n"]) == (-8, 600, 600)


def test_a_story_about_many_shares_is_one_stamp():
    events = pd.DataFrame(
        {
            "symbol": ["MSFT", "SFTBY", "MSFT"],
            "known_at": ["2025-07-22T08:00-04:00", "2025-07-22T08:00-04:00", "2025-07-23T09:00Z"],
            "article_ids": ["a", "a", "b"],
        }
    )
    assert audit(events, CsvPrices(ROOT / "data/prices"), market="SPY").clock.n == 2


def test_what_a_corpus_loses_before_an_audit_is_told(tmp_path, capsys):
    good = '{"published": "2025-07-21T15:11Z", "text": "Microsoft (NASDAQ:MSFT) rose."}'
    (tmp_path / "news.jsonl").write_text(f'{good}\n{{"text": "It rose."}}\n[]\n{{}}\n')
    code = main(["audit", str(tmp_path / "news.jsonl"), "--prices", str(ROOT / "data/prices")])
    told = capsys.readouterr()
    assert code == 3
    assert "no look-ahead (events: 1" in told.out
    assert told.err.splitlines() == [
        "signals: 1 item of news.jsonl, malformed: The first, line 3: The line is JSON, but no "
        "object.",
        "signals: 2 items of news.jsonl, undated: The first, line 2: It states no publication "
        "time.",
    ]


def test_an_article_without_a_time_is_not_passed_over_in_an_audit(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("Microsoft (NASDAQ:MSFT) rose.")
    dated = str(ROOT / "data/articles/openai-uk.txt")
    code = main(["audit", dated, str(tmp_path / "a.txt"), "--prices", str(ROOT / "data/prices")])
    assert code == 4
    assert "a.txt states no publication time, so it has no session." in capsys.readouterr().err


def test_a_corpus_without_a_readable_article_is_a_sentence(tmp_path, capsys):
    (tmp_path / "news.jsonl").write_text('{"published": "07/21/2025", "text": "It rose."}')
    code = main(["audit", str(tmp_path / "news.jsonl"), "--prices", str(ROOT / "data/prices")])
    assert code == 4
    assert "news.jsonl holds no article that can be read: " in capsys.readouterr().err


def test_a_time_without_a_zone_is_no_time_to_audit():
    events = pd.DataFrame(
        {"symbol": ["MSFT"], "session": ["2025-07-22"], "known_at": ["2025-07-22 10:00:00"]}
    )
    with pytest.raises(StudyError, match="needs a time zone"):
        list_policies(events)


def test_a_session_without_a_time_or_without_trading_is_listed_as_far_as_can_be():
    events = pd.DataFrame(
        {
            "symbol": ["MSFT", "MSFT"],
            "session": ["2025-07-22", "2025-07-19"],  # a Saturday
            "known_at": [None, "2025-07-18T08:00-04:00"],
        }
    )
    table = list_policies(events)
    assert list(table["policy"]) == ["", "later"]
    assert list(table["phase"]) == ["", "pre-open"]
    assert list(table["opens"].isna()) == [False, True]


def test_what_trades_on_no_exchange_came_into_its_session_by_no_rule():
    events = pd.DataFrame({"symbol": ["CL=F", "MSFT"], "known_at": "2025-07-22T19:00:00+00:00"})
    for one in (events, events.assign(session="2025-07-22")):
        assert list(list_policies(one)["policy"]) == ["", "next_close"]
