"""News in a frame is read as a table of articles is; what takes articles takes it."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import signals as sg
from signals.testing import check_article_source

KNOWN = datetime(2025, 7, 21, 19, 11, 1, tzinfo=UTC)
STAMPS = ["2025-07-21T19:11:00Z", "2025-07-22T08:00:00Z"]
AWARE = pd.to_datetime(pd.Series(STAMPS))
NEWS = pd.DataFrame(
    {
        "published": AWARE,
        "title": ["Microsoft (NASDAQ:MSFT) wins", "Boeing (NYSE:BA) recalls jets"],
        "text": ["It won a large contract.", None],
        "symbols": [np.array(["MSFT"]), ["BA"]],
        "id": [7, 8],
    }
)
UNDATED = NEWS.assign(published=AWARE.where([True, False]))


class Foreign:
    """A frame of another library, which makes one of pandas."""

    columns = ("published", "title")

    def to_pandas(self):
        return NEWS


def known(frame, **options):
    return [getattr(one, "known_at", one) for one in sg.FrameSource(frame, **options).read()]


def test_a_row_is_the_article_that_the_same_row_of_a_file_is(tmp_path):
    NEWS.drop(columns="symbols").to_csv(tmp_path / "news.csv", index=False)
    of_file = sg.CsvSource(tmp_path / "news.csv").read()

    for one, same in zip(sg.FrameSource(NEWS).read(), of_file, strict=True):
        assert (one.id, one.title, one.text, one.known_at) == (
            *(same.id, same.title, same.text, same.known_at),
        )


def test_a_name_that_zones_share_is_of_the_zone_that_is_passed():
    rows = NEWS.assign(published=["2024-07-15 07:05 BST", "2024-02-01 09:45 IST"])

    assert known(rows, zone="Europe/London")[0] == datetime(2024, 7, 15, 6, 6, tzinfo=UTC)
    assert known(rows, zone="Asia/Kolkata")[1] == datetime(2024, 2, 1, 4, 16, tzinfo=UTC)
    assert [one.reason for one in known(rows)] == ["bad_time"] * 2


def test_what_is_no_field_is_kept_as_python_has_it():
    first, second = sg.FrameSource(NEWS).read()

    assert dict(first.provider) == {"symbols": ["MSFT"], "id": 7}
    assert type(first.provider["id"]) is int
    assert second.provider["symbols"] == ["BA"]


@pytest.mark.parametrize(
    "names",
    [
        ["published_utc", "title", "description", "tickers", "id"],
        ["created_at", "headline", "content", "symbols", "id"],
        ["publishedDate", "title", "description", "tickers", "id"],
        ["Date", "Article_title", "Article", "Stock_symbol", "id"],
        ["publishedAt", "Title", "content", "ticker", "uuid"],
        ["time_published", "title", "summary", "ticker", "id"],
    ],
)
def test_columns_are_known_by_the_names_that_vendors_give_them(names):
    items = list(sg.FrameSource(NEWS.set_axis(names, axis=1)).read())

    assert [one.title for one in items] == list(NEWS["title"])
    assert items[0].known_at == KNOWN
    assert items[0].text.endswith("It won a large contract.")


def test_a_revision_is_known_when_it_was_revised():
    updated = pd.to_datetime(pd.Series([None, "2025-07-23T09:00:00Z"]))

    assert known(NEWS.assign(updated_at=updated)) == [
        KNOWN,
        datetime(2025, 7, 23, 9, 0, 1, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "stamps",
    [
        AWARE,
        AWARE.dt.tz_convert("America/New_York"),
        AWARE.dt.as_unit("ns") + pd.Timedelta(5, "ns"),
        AWARE.astype("timestamp[us, tz=UTC][pyarrow]"),
        AWARE.astype(object),
        STAMPS,
        pd.Series(STAMPS, dtype="string[pyarrow]"),
    ],
)
def test_instants_may_be_kept_in_any_way(stamps):
    assert known(NEWS.assign(published=stamps))[0] == KNOWN


def test_an_index_of_times_is_a_column():
    assert known(NEWS.set_index("published"))[0] == KNOWN
    assert known(NEWS.set_index(["published", "id"]))[0] == KNOWN


def test_a_time_without_a_zone_is_of_the_zone_that_is_given():
    naive = NEWS.assign(published=AWARE.dt.tz_localize(None))

    assert [one.reason for one in sg.FrameSource(naive).read()] == ["naive_time"] * 2
    assert known(naive, zone="America/New_York")[0] == KNOWN.replace(hour=23)


DAYS = [date(2025, 7, 21), date(2025, 7, 22)]


@pytest.mark.parametrize(
    "days",
    [
        pd.to_datetime(pd.Series(DAYS)),
        pd.Series(DAYS),
        pd.Series(DAYS).astype(pd.ArrowDtype(pa.date32())),
        ["2025-07-21", "2025-07-22"],
    ],
)
def test_dates_end_where_they_end_last_or_in_the_zone_that_is_given(days):
    news = NEWS.assign(published=days)

    assert known(news)[0] == datetime(2025, 7, 22, 12, tzinfo=UTC)
    assert known(news, zone="Asia/Tokyo")[0] == datetime(2025, 7, 21, 15, tzinfo=UTC)


def test_midnight_is_a_date_and_a_time_of_day_needs_a_zone():
    stamps = pd.to_datetime(
        pd.Series(["2025-07-21", "2025-07-22 08:00"], dtype="str"), format="ISO8601"
    )
    day, naive = sg.FrameSource(NEWS.assign(published=stamps)).read()

    assert (day.known_at, naive.reason) == (datetime(2025, 7, 22, 12, tzinfo=UTC), "naive_time")


@pytest.mark.parametrize("nothing", [None, pd.NaT, np.nan, pd.NA, ""])
def test_what_has_no_time_is_quarantined(nothing):
    stamps = pd.Series([STAMPS[0], nothing], dtype=object)
    first, second = sg.FrameSource(NEWS.assign(published=stamps)).read()

    assert first.known_at == KNOWN
    assert (second.reason, second.place, second.title) == ("undated", "row 1", NEWS["title"][1])


def test_it_is_a_source_and_so_is_a_frame_of_another_library():
    check_article_source(sg.FrameSource(UNDATED))
    check_article_source(sg.open_source(UNDATED))
    assert list(sg.open_source(Foreign()).read()) == list(sg.FrameSource(NEWS).read())
    assert list(sg.FrameSource(NEWS.iloc[:0]).read()) == []


def test_what_is_no_frame_of_articles_is_refused():
    with pytest.raises(TypeError, match="takes a DataFrame with one row an article, not list"):
        sg.FrameSource([1])
    with pytest.raises(sg.ArticleError, match="two columns 'id'; keep one"):
        list(sg.FrameSource(NEWS.rename(columns={"symbols": "id"})).read())
    with pytest.raises(sg.ArticleError, match=r"columns when, title, .* say with columns"):
        list(sg.FrameSource(NEWS.rename(columns={"published": "when"})).read())
    with pytest.raises(sg.ConfigError, match="'headline' is no field of an article"):
        sg.FrameSource(NEWS, columns={"published": "published", "headline": "title"})


def test_own_names_are_told_with_columns():
    news = NEWS.rename(columns={"published": "when", "title": "what"})

    assert known(news, columns={"published": "when", "title": "what"})[0] == KNOWN


@pytest.mark.parametrize("take", [sg.score_articles, sg.group_stories])
def test_what_takes_articles_takes_a_source_and_counts_what_falls_out(take):
    articles = list(sg.FrameSource(NEWS).read())
    assert repr(take(sg.FrameSource(NEWS))) == repr(take(articles))

    with pytest.warns(UserWarning, match=r"leaves out 1 of 2 items: 1 undated") as told:
        assert repr(take(sg.FrameSource(UNDATED))) == repr(take(articles[:1]))
    assert told[0].filename == __file__


def test_an_analysis_tells_each_row_that_falls_out(root):
    found = sg.analyse(sg.FrameSource(UNDATED), prices=root / "data/prices")

    assert [reading.name for reading in found.readings] == [NEWS["title"][0]]
    row = found.lost.iloc[0]
    assert (row["article"], row["reason"]) == (NEWS["title"][1], "undated")
    assert found.status["status"].tolist() == ["lost", "studied"]
