"""signals.toml: what is read, and every error with its line."""

import re
from dataclasses import MISSING, fields

import pytest

from signals.batch.config import Config
from signals.batch.configfile import daily_models, read_config, sample_config
from signals.batch.inputs import Plan
from signals.batch.toml_table import TomlTable
from signals.errors import ConfigError
from signals.sentiment.opening import SCORERS, open_scorer
from signals.sentiment.scorer import Scorer
from signals.sources.opening import KINDS, open_source


@pytest.fixture
def write(tmp_path, root):
    (tmp_path / "data").symlink_to(root / "data")

    def call(old="", new="", *, text=None):
        path = tmp_path / "signals.toml"
        sample = sample_config() if text is None else text
        assert old in sample
        path.write_bytes(sample.replace(old, new, 1).encode())
        return path

    return call


def test_the_file_that_init_writes_is_read_and_works_on_the_samples(write):
    config = read_config(write())

    assert config.watch == ("MSFT", "SFTBY")
    assert config.study.flag_window == (0, 0)
    assert config.prices.path.is_dir()
    assert config.delivery is None
    assert config.remarks == ()
    assert config.options["sources.1.kind"] == "folder"


def test_every_delivery_option_can_be_set(write):
    text = sample_config().partition("# [delivery]")
    delivery = "[delivery]" + text[2].replace("\n# ", "\n")

    config = read_config(write(text=text[0] + delivery))

    assert (config.delivery.host, config.delivery.port) == ("smtp.example.com", 587)
    assert config.delivery.to == ("you@example.com",)


def test_what_the_file_of_init_says_is_what_holds_without_saying_it(write):
    told = read_config(write())
    plain = 'watch = ["MSFT"]\n[[sources]]\nkind = "folder"\npath = "data/articles"\n'
    plain = read_config(write(text=plain + '[prices]\npath = "data/prices"\n'))

    names = ("study", "prices", "market", "scorer", "output", "state")
    assert [getattr(plain, name) for name in names] == [getattr(told, name) for name in names]


def test_the_file_of_init_tells_every_option(write, monkeypatch):
    asked = set()
    take = TomlTable._take
    monkeypatch.setattr(TomlTable, "_take", lambda one, name: asked.add(name) or take(one, name))
    text = sample_config().partition("# [delivery]")
    options = ("[delivery]" + text[2]).replace("\n# ", "\n")
    sample = text[0].replace('# confounds = "earnings.csv"', 'confounds = "data/prices/closes.csv"')
    read_config(write(text=sample + options))

    assert {"min_relevance", "user_env", "max_age", "confounds", "zone"} <= asked
    told = set(re.findall(r"^(?:# )?\[*(\w+)(?:\]| = )", sample_config(), flags=re.MULTILINE))
    assert asked <= told


@pytest.mark.parametrize(
    ("old", "new", "where", "why"),
    [
        ('watch = ["MSFT", "SFTBY"]', 'watch = "MSFT"', "watch", "list of texts"),
        ('watch = ["MSFT", "SFTBY"]', "watch = []", "watch", "empty"),
        ('["MSFT", "SFTBY"]', '["MSFT", "MSFT"]', "watch", "twice"),
        ('["MSFT", "SFTBY"]', '["../..", "A"]', "watch", "no symbol"),
        ('["MSFT", "SFTBY"]', '["MSFT\\n"]', "watch", "no symbol"),
        ('["MSFT", "SFTBY"]', '["VIC.VN"]', "watch", "no trading calendar"),
        ("trailing = 60", 'trailing = "60"', "trailing", "whole number"),
        ("trailing = 60", "trailing = true", "trailing", "whole number"),
        ("trailing = 60", "trailing = 0", "trailing", "from 1 to 500"),
        ("trailing = 60", "trailling = 60", "trailling", "did you mean trailing?"),
        ('kind = "folder"', 'kind = "folders"', "kind", "one of folder"),
        ('path = "data/prices"', 'path = "nowhere"', "path", "there is no"),
        ("flag_window = [0, 0]", "flag_window = [0, 1]", "flag_window", "ends after session 0"),
        ("flag_window = [0, 0]", "flag_window = [0]", "flag_window", "two offsets"),
        ("false_flags = 0.05", "false_flags = nan", "false_flags", "a number from"),
        ('zone = "America/New_York"', 'zone = "Mars/Olympus"', "zone", "no time zone"),
        ('zone = "America/New_York"', 'zone = "../etc/passwd"', "zone", "no time zone"),
        ('scorer = "default"', 'scorer = "oracle"', "scorer", "one of default"),
        ('# "7203.T" = "^N225"', '"7203.T" = "^N225"', '"7203.T"', "on no line of watch"),
        ('output = "out/daily"', "output = 3", "output", "a folder"),
        ('path = "data/articles"', 'path = "."', "path", "reports would be read as articles"),
        ('# confounds = "earnings.csv"', 'confounds = "none.csv"', "confounds", "there is no file"),
        ('# confounds = "earnings.csv"', "confounds = 3", "confounds", "takes a file"),
        ('# confounds = "ear', 'confound = "ear', "confound", "did you mean confounds?"),
        ("# [delivery]", "[delivry]", "[delivry]", "did you mean delivery?"),
        ('kind = "folder"', 'kind = "folder"\nzoen = "UTC"', "zoen", "Did you mean zone?"),
        ('kind = "folder"', 'kind = "folder"\npublished = 3', "published", "it takes a text"),
    ],
)
def test_a_wrong_option_is_named_with_its_line(write, old, new, where, why):
    path = write(old, new)
    lines = path.read_text().splitlines()

    with pytest.raises(ConfigError, match="line") as error:
        read_config(path)

    number = int(str(error.value).split("line ")[1].split(":")[0])
    assert lines[number - 1].lstrip("# ").startswith(where)
    assert why in str(error.value)


def test_a_source_without_its_path_is_named_by_the_line_of_its_table(write):
    path = write('path = "data/articles"\n', "")

    with pytest.raises(ConfigError, match=r"lacks sources\.1\.path") as error:
        read_config(path)

    number = int(str(error.value).split("line ")[1].split(":")[0])
    assert path.read_text().splitlines()[number - 1] == "[[sources]]"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"watch = [", "is no TOML"),
        (b"\xff\xfe\x00", "no UTF-8"),
        (b"a = " + b"[" * 5000, "TOML|nested"),
    ],
)
def test_what_is_no_toml_is_refused_in_a_sentence(tmp_path, content, why):
    (tmp_path / "signals.toml").write_bytes(content)

    with pytest.raises(ConfigError, match=why):
        read_config(tmp_path / "signals.toml")


def test_confounds_are_read_from_beside_the_file(write, tmp_path):
    (tmp_path / "earnings.csv").write_text("symbol,session\n")

    assert read_config(write()).confounds is None
    config = read_config(write("# confounds =", "confounds ="))

    assert config.confounds == tmp_path / "earnings.csv"
    assert config.options["study.confounds"] == "earnings.csv"


def test_two_sources_of_one_name_are_remarked(write):
    another = '[[sources]]\nname = "samples"\nkind = "folder"\npath = "more"\n\n[prices]'

    config = read_config(write("[prices]", another))

    (remark,) = config.remarks
    assert "another source is called samples too" in remark


def test_a_symbol_unknown_to_the_book_is_remarked_with_its_line(write):
    config = read_config(write('"SFTBY"', '"ZZZZQ"'))

    assert len(config.remarks) == 1
    assert "line 5: ZZZZQ is unknown to the book" in config.remarks[0]


def test_the_file_of_init_tells_every_scorer_and_model_that_may_be_named():
    lines = dict(re.findall(r"^(scorer|model) (.*)$", sample_config(), flags=re.MULTILINE))
    told = {name: {*re.findall(r'"(\w+)"', words)} for name, words in lines.items()}
    assert told["scorer"] == {"default", *SCORERS}, "Tell it in signals/batch/signals.toml."
    assert told["model"] == {*daily_models()}, "Tell it in signals/batch/signals.toml."
    assert {"market", "market_adjusted", "mean"} <= {*daily_models()}
    # They read factors, or the session after the last.
    assert {"capm", "ff3", "dimson", "scholes_williams"}.isdisjoint(daily_models())


def test_what_is_added_to_a_plan_has_a_default_by_which_older_runs_are_repeated():
    given = {one.name for one in fields(Plan) if one.default is MISSING}
    first = {*"watch market markets scorer zone study max_age remarks".split()}
    assert given <= first, "Runs made before say nothing of it: give it a default."


def test_what_changes_a_report_is_part_of_its_plan():
    planned = {one.name for one in fields(Plan)}
    # They are read, or say where a report goes, or are told of in another way.
    apart = "path sources prices confounds delivery output state options"
    left = {one.name for one in fields(Config)} - planned - {*apart.split()}
    assert left == set(), "Give Plan a field of it, or call it here if no report changes with it."


def test_every_kind_of_source_is_told_where_a_user_looks_for_one():
    sentence = re.search(r"Kinds: (.*?)\.", sample_config().replace("\n#", ""), re.DOTALL)[1]
    told = {"the file of init": sentence, "the help of open_source": open_source.__doc__}
    for where, words in told.items():
        named = re.findall(r"\w+", words)
        assert [kind for kind in KINDS if kind not in named] == [], f"not in {where}"


def test_every_scorer_that_may_be_named_can_be_opened():
    for name in ("default", *SCORERS):
        assert isinstance(open_scorer(name), Scorer)
    with pytest.raises(ConfigError, match="no scorer 'oracle'; there are default, finance, vader"):
        open_scorer("oracle")
