import json
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
from mutations import check_items, mutate, spoil

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.refusals import Quarantined
from signals.sources.vendor_json import VendorSource, read_vendor
from signals.testing import check_article_source

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
ANSWERS = sorted(FIXTURES.glob("*.json"))


def answer(name):
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def articles(items):
    return [item for item in items if isinstance(item, Article)]


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_vendor_may_be_named_or_told_by_the_answer(path):
    vendor = path.stem.partition("-")[0]

    assert list(VendorSource(path, vendor).read()) == list(VendorSource(path).read())


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_a_list_of_items_without_its_envelope_is_read_as_well(path):
    payload = answer(path.stem)
    if isinstance(payload, dict):
        payload = next(part for part in payload.values() if isinstance(part, list))

    assert list(read_vendor(payload, source=path.name)) == list(VendorSource(path).read())


def test_a_vendors_fields_are_kept_verbatim():
    first = articles(read_vendor(answer("alphavantage")))[0]

    assert dict(first.provider) == answer("alphavantage")["feed"][0]
    assert first.provider["overall_sentiment_score"] == "0.271"
    assert first.provider["ticker_sentiment"][1]["ticker"] == "CRYPTO:BTC"
    assert first.published_from == "payload"


def test_the_full_text_goes_before_the_teaser():
    first, second = articles(read_vendor(answer("benzinga")))

    assert first.text == "Acme's outlook\n\nAcme (NYSE: ACM) lifted its outlook.\n\nShares rose."
    assert second.text == "Acme in a headline"


def test_markup_without_a_text_gives_way_to_the_plain_text():
    item = answer("yfinance-content")[0]
    item["content"]["description"] = "<img src='x'>"

    assert articles(read_vendor([item]))[0].text.endswith("\n\nAcme lifted its outlook.")


def test_what_newsapi_puts_where_it_cuts_a_text_is_no_text():
    first = articles(read_vendor(answer("newsapi")))[0]

    assert first.text.endswith("lifted its outlook for the ye…")
    assert first.provider["content"].endswith("[+2034 chars]")


def test_tiingo_tells_when_it_was_first_seen():
    first = articles(read_vendor(answer("tiingo")))[0]

    assert first.first_seen.isoformat() == "2025-07-21T19:20:00+00:00"


def test_only_http_addresses_are_kept_as_such():
    kept, refused = articles(read_vendor(answer("polygon")))

    assert kept.url == "https://news.example/1"
    assert refused.url == ""
    assert refused.provider["article_url"] == "data:text/html,x"


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"Note": "Thank you! Our standard call frequency is 5 calls a minute."}, "5 calls a"),
        ({"Information": "We detected your API key as AB12CD34EF56GH78 and 25 a day."}, "25 a day"),
        ({"Error Message": "Invalid API call."}, "Invalid API call"),
        ({"feed": [], "Information": "The rate limit is 25 a day."}, "25 a day"),
        ({"status": "ERROR", "error": "You've exceeded the maximum requests."}, "exceeded"),
        ({"status": "error", "code": "rateLimited", "message": "Too many requests."}, "Too many"),
        ({"status": "error", "articles": []}, "error"),
        ({"error": {"code": "rate_limit_reached", "message": "Slow down."}}, "Slow down"),
        ({"ok": False, "errors": [{"code": "x", "value": "Unauthorized."}]}, "Unauthorized"),
        ({"detail": "Please supply a token"}, "supply a token"),
    ],
)
@pytest.mark.parametrize("vendor", [None, "alphavantage", "finnhub", "polygon"])
def test_a_complaint_inside_an_answer_is_a_failure_of_the_source(payload, told, vendor):
    with pytest.raises(ArticleError, match=told) as caught:
        list(read_vendor(payload, vendor))
    assert "AB12CD34EF56GH78" not in str(caught.value)


@pytest.mark.parametrize("payload", [None, 7, "text", {"a": 1}, [{"a": 1}], {"articles": {}}])
def test_what_is_no_vendors_answer_is_refused(payload):
    with pytest.raises(ArticleError, match="no answer of a vendor known here"):
        list(read_vendor(payload))


@pytest.mark.parametrize("payload", [[], {"feed": []}, {"articles": []}])
def test_no_news_is_no_failure(payload):
    assert list(read_vendor(payload)) == []


def test_nothing_found_by_gdelt_is_an_empty_object():
    assert list(read_vendor({}, "gdelt")) == []


def test_an_item_that_is_no_object_is_quarantined():
    items = list(read_vendor([7, None, *answer("finnhub")], source="s"))

    told = replace(items[0], digest="")
    assert told == Quarantined("s", "item 1", "malformed", "The item is no JSON object.")
    assert items[1].reason == "malformed"
    assert len(items) == 5


def test_numbers_that_json_lacks_are_kept_as_nothing():
    item = {**answer("finnhub")[0], "rating": math.nan, "size": math.inf}

    assert articles(read_vendor([item]))[0].provider["rating"] is None
    assert articles(read_vendor([item]))[0].provider["size"] is None


def test_an_unknown_vendor_is_named():
    with pytest.raises(ConfigError, match="'reddit' is no vendor known here; yfinance, alpha"):
        VendorSource("x.json", "reddit")


def test_massive_is_polygon():
    assert len(articles(read_vendor(answer("polygon"), "Massive"))) == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"Please limit requests to one every 5 seconds.", "begins 'Please limit requests"),
        (b"", "is no JSON"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'[{"datetime": 1' + b"0" * 10_000 + b', "headline": "x"}]', "is no JSON"),
        (b"<html>token=AB12CD34EF56GH78</html>", r"token=\*\*\*"),
    ],
)
def test_a_file_that_is_no_json_is_refused(tmp_path, content, told):
    (tmp_path / "a.json").write_bytes(content)

    with pytest.raises(ArticleError, match=told):
        list(VendorSource(tmp_path / "a.json").read())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ArticleError, match=r"nowhere\.json can't be read: No such file"):
        list(VendorSource(tmp_path / "nowhere.json").read())


def test_an_answer_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("signals.sources.vendor_json.MAX_ANSWER", 100)
    (tmp_path / "a.json").write_bytes(b" " * 101)

    with pytest.raises(ArticleError, match="larger than 100 bytes"):
        list(VendorSource(tmp_path / "a.json").read())


def test_in_a_folder_one_complaint_does_not_take_the_other_files_with_it(tmp_path):
    (tmp_path / "1.json").write_text('{"Note": "The rate limit is reached."}')
    (tmp_path / "2.json").write_text((FIXTURES / "finnhub.json").read_text())
    read = []

    with pytest.raises(ArticleError, match=r"1\.json: Instead of news it says 'The rate limit"):
        read.extend(iter_into(read, VendorSource(tmp_path).read()))

    assert len(articles(read)) == 2
    assert read[2].place == "2.json, item 3"


def iter_into(seen, items):
    for item in items:
        seen.append(item)
    return []


def test_a_folder_without_answers_is_refused(tmp_path):
    with pytest.raises(ArticleError, match="holds no file"):
        list(VendorSource(tmp_path).read())


def test_a_folder_keeps_to_the_contract():
    check_article_source(VendorSource(FIXTURES))


def check_mutated(name, times, seed):
    """Read mutated answers: a sentence or items, each dated by what it states or quarantined."""
    draw = random.Random(seed)
    original = answer(name)
    for _ in range(times):
        payload = mutate(original, draw)
        try:
            items = list(read_vendor(payload, name.partition("-")[0]))
        except ArticleError:
            continue
        check_items(items)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_mutated_answers_raise_nothing_unexpected_and_nothing_undated_gets_through(path):
    check_mutated(path.stem, 50, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_a_thousand_mutated_answers_each(path):
    check_mutated(path.stem, 1000, seed=2)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_answers_cut_or_with_changed_bytes_are_read_or_refused(path, tmp_path):
    draw = random.Random(3)
    content = path.read_bytes()
    for _ in range(50):
        (tmp_path / path.name).write_bytes(spoil(content, draw))
        try:
            items = list(VendorSource(tmp_path / path.name).read())
        except ArticleError:
            continue
        check_items(items)
