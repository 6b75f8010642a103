"""`signals verify` repeats a run and names exactly what is no longer as it was."""

import json
import shutil
import sqlite3
from dataclasses import replace

import pandas as pd
import pytest

from signals.batch.analyses import analyse
from signals.batch.report_files import make_report
from signals.batch.store_file import FILE_NAME
from signals.batch.verify import verify_run
from signals.batch.word_scores import words_in
from signals.cli import main
from signals.errors import ConfigError
from signals.news.article import read_article
from signals.sentiment.articles import score
from signals.sentiment.finance import Finance
from signals.sentiment.linear import load_model
from signals.sentiment.vader import Vader


@pytest.fixture
def office(reported):
    return reported


def found(office):
    return [(one.kind, one.what) for one in verify_run(office.latest, office.config)]


def test_a_run_that_nothing_has_touched_repeats(office):
    assert found(office) == []


def test_one_changed_price_is_named(office):
    path = office.folder / "prices/closes.csv"
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("2025-07-10"))
    day, close, rest = line.split(",", 2)
    path.write_text(text.replace(line, f"{day},{float(close) + 0.01},{rest}"))

    assert found(office) == [("price", "MSFT 2025-07-10")]


def told(office, capsys, *options):
    code = main(["verify", str(office.latest), "--config", str(office.path), *options])
    assert code == 3
    return capsys.readouterr().out.splitlines()


def test_prices_of_another_source_are_told_in_one_sentence_and_all_of_them_to_machines(
    office, capsys
):
    path = office.folder / "prices/closes.csv"
    closes = pd.read_csv(path, index_col=0)
    recorded = pd.read_csv(office.latest / "inputs/closes.csv", index_col=0)
    (path.parent.parent / "other").mkdir()
    (closes * 2).to_csv(path.parent.parent / "other/closes.csv")
    office.change('path = "prices"', 'path = "other"')
    prices = recorded.notna().to_numpy().sum()

    option, sentence, *firsts = told(office, capsys)

    assert option.startswith("option prices.path: ")
    assert sentence == (
        f"{prices} prices of 3 symbols differ, as they come from another source now; "
        "--json names all of them, the first are:"
    )
    assert [one.split()[0] for one in firsts] == ["MSFT", "SFTBY", "SPY"]
    close = recorded["MSFT"].iloc[0]
    assert f"{close} in the run, {2 * close} now." in firsts[0]

    (line,) = told(office, capsys, "--json")
    assert json.loads(line)["code"] == 3
    kinds = [one["kind"] for one in json.loads(line)["differences"]]
    assert kinds == ["option", *["price"] * prices]


def test_many_changed_prices_of_one_symbol_are_counted_and_few_are_named(office, capsys):
    path = office.folder / "prices/closes.csv"
    head, *lines = path.read_text().splitlines()

    def spoil(number):
        fields = [line.split(",") for line in lines[-60:]]
        for row in fields[:number]:
            row[1] = str(float(row[1]) + 0.25)
        path.write_text("\n".join([head, *lines[:-60], *map(",".join, fields)]) + "\n")

    spoil(5)
    assert [line.split()[:2] for line in told(office, capsys)] == [["price", "MSFT"]] * 5
    spoil(6)
    sentence, first = told(office, capsys)
    assert sentence.startswith("6 prices of 1 symbol differ; --json names all")
    assert first.startswith(f"  MSFT {lines[-60].split(',')[0]}: ")


def test_one_changed_word_is_named(office, monkeypatch):
    lexicon = {**Vader().lexicon, "strongest": 0.5}
    monkeypatch.setattr("signals.batch.verify.open_scorer", lambda _: Vader(lexicon))

    assert [one for one in found(office) if one[0] == "word"] == [("word", "strongest")]


def test_one_changed_article_is_named(office):
    path = office.folder / "news/openai-uk.txt"
    path.write_text(path.read_text().replace("voluntary", "binding"))

    (one,) = verify_run(office.latest, office.config)

    assert one.kind == "article"
    assert "OpenAI agrees to help Britain" in one.what
    assert "was changed" in one.detail


def test_one_changed_article_is_named_beside_a_feed_that_moves_on(office):
    address = '[[sources]]\nname = "wire"\nkind = "feed"\nurl = "https://wire.test/rss"\n'
    office.path.write_text(office.path.read_text() + address)
    (office.folder / "news/week-ahead.txt").unlink()
    path = office.folder / "news/openai-uk.txt"
    path.write_text(path.read_text().replace("voluntary", "binding"))

    (one,) = [one for one in verify_run(office.latest, office.config) if one.kind == "article"]

    assert "OpenAI agrees to help Britain" in one.what
    assert "was changed" in one.detail


def test_a_feed_in_a_file_moves_on_as_well(office):
    table = '[[sources]]\nname = "wire"\nkind = "feed"\npath = "wire.xml"\n'
    office.path.write_text(office.path.read_text() + table)
    item = (
        "<item><title>Microsoft (NASDAQ:MSFT) won</title><link>https://wire.test/1</link>"
        "<pubDate>Tue, 22 Jul 2025 10:00:00 GMT</pubDate></item>"
    )
    feed = office.folder / "wire.xml"
    feed.write_text(f"<rss><channel>{item}</channel></rss>")
    outcome = office.report()
    assert "2 -> linked 2" in outcome.words[0]
    feed.write_text("<rss><channel/></rss>")

    assert found(office) == []


def test_what_its_file_showed_no_more_when_the_run_was_made_is_no_difference(office):
    office.tell("gone", "Microsoft (NASDAQ:MSFT) won.", "2025-07-22T10:00-04:00", title="Won")
    changed = office.tell("other", "Microsoft (NASDAQ:MSFT) lost.", "2025-07-22T11:00-04:00")
    office.report()
    (office.folder / "news/gone.txt").unlink()
    changed.write_text(changed.read_text().replace("lost", "has lost"))
    outcome = office.report(session="2025-07-23")
    assert outcome.state == "made"
    assert found(office) == []

    (office.folder / "news/openai-uk.txt").unlink()
    ((kind, what),) = found(office)
    assert kind == "article" and "OpenAI agrees" in what


def test_a_dead_source_and_prices_that_cannot_be_read_are_named(office):
    shutil.rmtree(office.folder / "news")
    path = office.folder / "prices/closes.csv"
    path.write_text(path.read_text() + "2025-09-15,abc,1,1\n")

    found = verify_run(office.latest, office.config)

    assert [one.kind for one in found] == ["source", "prices"]
    assert all("can't be read now" in one.detail for one in found)


def test_one_changed_option_is_named(office):
    office.change("trailing = 60", "trailing = 61")

    assert found(office) == [("option", "study.trailing")]


def test_one_changed_output_and_one_that_is_gone_are_named(office):
    with (office.latest / "report.md").open("a") as file:
        file.write("added")
    (office.latest / "funnel.csv").unlink()

    assert found(office) == [("file", "funnel.csv"), ("file", "report.md")]


def test_what_comes_out_otherwise_of_the_same_inputs_is_named_by_its_file(office, monkeypatch):
    def otherwise(*inputs, **given):
        report = make_report(*inputs, **given)
        return replace(report, files={**report.files, "report.md": b"Something else."})

    monkeypatch.setattr("signals.batch.verify.make_report", otherwise)
    assert found(office) == [("output", "report.md")]

    monkeypatch.setattr("signals.batch.verify.code_digest", lambda: "of another program")
    assert found(office) == [("code", "signals"), ("output", "report.md")]


def test_a_version_is_named(office, monkeypatch):
    monkeypatch.setattr("signals.batch.verify.versions", lambda: {"python": "2.7"})

    assert ("version", "python") in found(office)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE articles SET text = replace(text, 'e', 'a') WHERE title LIKE 'OpenAI%'",
        "UPDATE articles SET source = 'another' WHERE title LIKE 'OpenAI%'",
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_an_article_that_the_store_holds_otherwise_is_named_whatever_else_differs(
    office, change, beside
):
    if beside:
        office.change("false_flags = 0.05", "false_flags = 0.01")
    with sqlite3.connect(office.config.state / FILE_NAME) as connection:
        connection.execute(change)
    connection.close()

    told = verify_run(office.latest, office.config)

    others = [one.kind for one in told if "The store holds another" not in one.detail]
    assert len([one for one in told if "The store holds another" in one.detail]) == 1
    assert set(others) <= {"article", "option"}
    assert ("option" in others) == beside


def test_an_output_that_comes_out_otherwise_is_named_beside_what_is_no_reason_of_it(office):
    office.change("false_flags = 0.05", "false_flags = 0.01")
    with sqlite3.connect(office.config.state / FILE_NAME) as connection:
        connection.execute("UPDATE articles SET title = 'Another title'")
    connection.close()

    told = found(office)

    assert ("option", "study.false_flags") in told
    assert ("output", "report.md") in told


def test_a_store_without_the_articles_is_told(office, tmp_path):
    office.change('state = "out/state"', 'state = "out/other"')

    kinds = dict(found(office))

    assert kinds["option"] == "state"
    assert "article" in kinds


@pytest.mark.parametrize("content", [None, b"[]", b"{", b'{"made_of": [], "outputs": {}}'])
def test_a_folder_that_holds_no_run_is_refused(office, tmp_path, content):
    (tmp_path / "empty").mkdir()
    if content is not None:
        (tmp_path / "empty/manifest.json").write_bytes(content)

    with pytest.raises(ConfigError, match=r"Name the folder of a run|no record of a run"):
        verify_run(tmp_path / "empty", office.config)


# The default scorer: its numbers come from learned weights.


def nudged(name, feature):
    """Give a model of the package in which one weight is another."""
    model = load_model(name)
    negative, positive = model.weights[feature]
    return replace(model, weights=model.weights | {feature: (negative, positive + 0.5)})


def test_a_run_with_learned_weights_repeats(learned):
    assert found(learned) == []


def test_one_changed_weight_of_a_word_is_named(learned, monkeypatch):
    model = Finance(nudged("finance", "agre"))
    monkeypatch.setattr("signals.batch.verify.open_scorer", lambda _: model)

    assert found(learned) == [("word", "agrees")]


def test_one_changed_weight_of_a_word_beside_a_name_is_named(learned, monkeypatch):
    model = nudged("about", "a:improv")
    monkeypatch.setattr("signals.sentiment.entity.load_model", lambda _: model)

    assert found(learned) == [("word", "improve")]


def test_weights_that_no_single_word_shows_are_named_as_a_whole(learned, monkeypatch):
    model = Finance(replace(load_model("finance"), digest="0" * 8))
    monkeypatch.setattr("signals.batch.verify.open_scorer", lambda _: model)

    (one,) = verify_run(learned.latest, learned.config)

    assert (one.kind, one.what) == ("weights", "sentiment")
    assert "finance 00000000" in one.detail


def test_a_changed_price_article_and_option_are_named_together(learned):
    path = learned.folder / "prices/closes.csv"
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("2025-07-10"))
    day, close, rest = line.split(",", 2)
    path.write_text(text.replace(line, f"{day},{float(close) + 0.01},{rest}"))
    story = learned.folder / "news/openai-uk.txt"
    story.write_text(story.read_text().replace("voluntary", "binding"))
    learned.change("false_flags = 0.05", "false_flags = 0.06")

    seen = found(learned)

    assert [kind for kind, _ in seen] == ["option", "article", "price"]
    assert ("price", "MSFT 2025-07-10") in seen and ("option", "study.false_flags") in seen


def test_the_words_of_a_text_are_those_to_which_a_scorer_may_give_a_score():
    text = "Shares won't rise — it's a record-high! :) 4.25 AT&T " + "x" * 50

    assert words_in(text) == (
        *(":)", "a", "at", "it's", "record-high", "rise", "shares", "t", "won't", "—"),
    )


def test_what_is_found_in_many_articles_at_once_is_what_is_found_in_each_alone(root):
    articles = [read_article(path) for path in sorted((root / "data/articles").iterdir())]

    for scorer in (Finance(), Vader()):
        many = analyse(articles, scorer)

        assert many == [analyse([one], scorer)[0] for one in articles]
        assert [one.score for found in many for one in found.scores] == [
            one.score for article in articles for one in score(article, scorer=scorer)
        ]
