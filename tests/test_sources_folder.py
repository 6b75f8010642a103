import errno
import inspect
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signals.errors import ArticleError
from signals.news.article import Article
from signals.news.storable import MAX_BYTES
from signals.sources.folder import FolderSource, entries
from signals.sources.refusals import Quarantined, refuse_future
from signals.sources.vendor_json import VendorSource


def test_files_of_inner_folders_are_read_in_the_order_of_their_names(tmp_path):
    for name in ("b/2.txt", "a.txt", "b/1.txt", ".hidden.txt", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"Published: 2025-07-21T19:11Z\n\nStory {name}.")

    assert [item.text for item in FolderSource(tmp_path).read()] == [
        "Story a.txt.",
        "Story b/1.txt.",
        "Story b/2.txt.",
    ]


def test_what_is_no_file_of_an_article_is_told_and_not_passed_over(tmp_path):
    (tmp_path / "there").mkdir()
    (folder := tmp_path / "news").mkdir()
    (folder / "link").symlink_to(tmp_path / "there")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / os.fsdecode(b"\xff.doc")).write_text("x")

    told = {item.place: (item.reason, item.detail) for item in FolderSource(folder).read()}

    assert {place: reason for place, (reason, _) in told.items()} == {
        "gone.txt": "unreadable",
        "link": "unreadable",
        "loop": "unreadable",
        "pipe.txt": "unreadable",
        "\ufffd.doc": "unknown_format",
    }
    assert "link to a folder" in told["link"][1] and "pipe" in told["pipe.txt"][1]


@pytest.mark.parametrize("source", [FolderSource, VendorSource])
def test_a_folder_is_called_by_its_own_name_wherever_one_stands(tmp_path, monkeypatch, source):
    (tmp_path / "news/inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "news")

    assert [source(place).name for place in (".", "inner/..", "..")] == [
        "news",
        "news",
        tmp_path.name,
    ]


def test_folders_in_folders_are_read_however_deep(tmp_path):
    inner = tmp_path.joinpath(*["a"] * 200)
    inner.mkdir(parents=True)
    (inner / "a.txt").write_text("Published: 2025-07-21T19:11Z\n\nAcme rose.")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 120)
    try:
        places = list(entries(tmp_path))
    finally:
        sys.setrecursionlimit(limit)
    assert places == [inner / "a.txt"]


def test_the_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    list_of = Path.iterdir

    def refuse(folder):
        if folder.name == "inner":
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return list_of(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ArticleError, match=r"The folder inner can't be read: Permission denied\."):
        list(FolderSource(tmp_path).read())


@pytest.mark.parametrize("source", [FolderSource, VendorSource])
def test_a_folder_that_may_not_be_read_fails_in_a_sentence(tmp_path, monkeypatch, source):
    def refuse(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ArticleError, match=r"The folder .* can't be read: Permission denied\."):
        list(source(tmp_path).read())


def test_a_time_may_be_given_for_articles_that_state_none(root):
    folder = root / "data/articles"

    given = FolderSource(folder, published="2025-07-30T20:08Z")
    reasons = {item.place: item.reason for item in given.read() if isinstance(item, Quarantined)}

    assert reasons["openai-uk.txt"] == "bad_time"  # its own header says otherwise
    assert all(isinstance(item, Article) for item in FolderSource(folder).read())


def test_a_zone_may_be_given_for_times_without_one(tmp_path):
    (tmp_path / "a.txt").write_text("Published: 2025-07-21 15:11\n\nAcme rose.")

    assert next(FolderSource(tmp_path).read()).reason == "naive_time"
    article = next(FolderSource(tmp_path, zone="America/New_York").read())
    assert article.known_at == datetime(2025, 7, 21, 19, 12, tzinfo=UTC)


def test_an_oversized_file_is_quarantined(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a" * (MAX_BYTES + 1))

    assert next(FolderSource(tmp_path).read()).reason == "oversized"


def test_a_folder_that_is_missing_or_a_file_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("x")

    for place in ("a.txt", "nowhere"):
        with pytest.raises(ArticleError, match=f"{place} is no folder of articles"):
            list(FolderSource(tmp_path / place).read())


@pytest.mark.parametrize("stamp", ["1970-01-01", "9999-12-31", "0001-01-01", "2999-01-01T10:00Z"])
def test_a_time_of_which_no_news_is_is_refused(tmp_path, stamp):
    (tmp_path / "a.txt").write_text(f"Published: {stamp}\n\nAcme (NYSE: ACM) rose.")

    (item,) = FolderSource(tmp_path).read()

    assert item.reason in {"implausible_time", "unreadable"}
    assert stamp[:4] in item.detail


def test_an_empty_folder_holds_no_news(tmp_path):
    assert list(FolderSource(tmp_path).read()) == []


@pytest.mark.parametrize(("stamp", "kept"), [("2025-07-21", True), ("2025-07-22", False)])
def test_a_date_is_not_of_the_future_where_its_day_has_begun_somewhere(tmp_path, stamp, kept):
    (tmp_path / "a.txt").write_text(f"Published: {stamp}\n\nAcme rose.")
    present = datetime(2025, 7, 20, 11, tzinfo=UTC)  # in Kiribati the 21st began an hour ago

    (item,) = refuse_future(FolderSource(tmp_path).read(), present, source="mine")

    assert isinstance(item, Article) == kept


def test_a_revision_of_the_future_is_refused(tmp_path):
    from dataclasses import replace

    article = Article.from_text("Acme rose.", published="2025-07-21T19:11Z")
    present = datetime(2025, 7, 21, 20, tzinfo=UTC)
    revised = replace(article, updated=datetime(2025, 7, 22, tzinfo=UTC))

    assert list(refuse_future([article], present, source="mine")) == [article]
    assert next(refuse_future([revised], present, source="mine")).reason == "future_time"


def test_articles_of_the_future_are_refused_where_the_present_is_known(tmp_path):
    for name, minute in (("a", 11), ("b", 16), ("c", 17)):
        stamp = f"2025-07-21T19:{minute}:00Z"
        (tmp_path / f"{name}.txt").write_text(f"Title: {name}\nPublished: {stamp}\n\nAcme rose.")
    (tmp_path / "d.txt").write_text("Acme rose.")
    present = datetime(2025, 7, 21, 19, 11, tzinfo=UTC)

    items = list(refuse_future(FolderSource(tmp_path).read(), present, source="mine"))

    assert [item.title for item in items[:2]] == ["a", "b"]  # five minutes are a clock's error
    assert (items[2].source, items[2].place, items[2].reason) == ("mine", "c", "future_time")
    assert items[3].reason == "undated"
