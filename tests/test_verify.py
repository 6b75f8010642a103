"""`signals verify` repeats a run and names exactly what is no longer as it was."""

import pytest

from signals.batch.verify import verify_run
from signals.errors import ConfigError
from signals.sentiment.vader import Vader


@pytest.fixture
def office(office):
    office.report()
    return office


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


def test_one_changed_option_is_named(office):
    office.change("trailing = 60", "trailing = 61")

    assert found(office) == [("option", "study.trailing")]


def test_one_changed_output_and_one_that_is_gone_are_named(office):
    with (office.latest / "report.md").open("a") as file:
        file.write("added")
    (office.latest / "funnel.csv").unlink()

    assert found(office) == [("file", "funnel.csv"), ("file", "report.md")]


def test_a_version_is_named(office, monkeypatch):
    monkeypatch.setattr("signals.batch.verify.versions", lambda: {"python": "2.7"})

    assert ("version", "python") in found(office)


def test_a_store_without_the_articles_is_told(office, tmp_path):
    office.change('state = "out/state"', 'state = "out/other"')

    kinds = dict(found(office))

    assert kinds["option"] == "state"
    assert "article" in kinds


@pytest.mark.parametrize("content", [None, b"[]", b"{"])
def test_a_folder_that_holds_no_run_is_refused(office, tmp_path, content):
    (tmp_path / "empty").mkdir()
    if content is not None:
        (tmp_path / "empty/manifest.json").write_bytes(content)

    with pytest.raises(ConfigError, match=r"Name the folder of a run|no record of a run"):
        verify_run(tmp_path / "empty", office.config)
