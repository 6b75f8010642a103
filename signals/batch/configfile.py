"""``signals.toml``: read into a :class:`Config`, everything checked, every error with its line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from signals.batch.config import Config, Delivery, Prices, Study
from signals.batch.toml_lines import KeyLines
from signals.batch.toml_table import KeyPath, TomlTable
from signals.errors import ConfigError, SymbolError
from signals.exchanges import calendar_name, mic_of, validate_symbol
from signals.sentiment.opening import SCORERS

_FRESH = (
    (
        "it works\n# offline, from the root of a clone, on the samples: ",
        "it reads\n# news/, and fetches prices: ",
    ),
    ("signals report --session 2025-07-22", "signals report"),
    ('"samples"', '"news"'),
    ('path = "data/articles"', 'path = "news"'),
    (
        'kind = "csv"            # or "yahoo", which fetches',
        'kind = "yahoo"          # or "csv", a file or folder',
    ),
    ('path = "data/prices"', '# path = "prices"'),
)


def sample_config() -> str:
    """Give the commented configuration that ``signals init`` writes in a clone."""
    return resources.files("signals.batch").joinpath("signals.toml").read_text(encoding="utf-8")


def fresh_config() -> str:
    """Give the one that it writes where the samples are not: a folder ``news``, fetched prices."""
    text = sample_config()
    for old, new in _FRESH:
        text = text.replace(old, new, 1)
    return text


def daily_models() -> tuple[str, ...]:
    """Name the return models of a report; others read factors, or wait for a later session."""
    from signals.study.models import MODELS, leads_of

    of_prices = [one for one in MODELS if set(one.inputs) <= {"market"}]
    return tuple(sorted(one.name for one in of_prices if max(leads_of(one), default=0) <= 0))


def read_config(path: str | Path) -> Config:
    """Read and check a configuration.

    Raises
    ------
    ConfigError
        The file can't be read, is no TOML, or an option is unknown, missing or wrong; file and
        line are named.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}. Name another one with --config, or let "
            "`signals init` write one."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is no UTF-8 text: {error.reason}.") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is no TOML: {error}.") from error
    except RecursionError as error:
        raise ConfigError(f"{path.name} is nested too deeply to be a configuration.") from error
    return _Reader(path, tables, KeyLines(text)).config()


class _Reader:
    """Reads the tables of one file, part by part."""

    def __init__(self, path: Path, tables: Mapping[str, object], lines: KeyLines) -> None:
        self._path = path
        self._tables = tables
        self._lines = lines
        self._remarks: list[str] = []

    def fail(self, at: KeyPath, message: str) -> ConfigError:
        return ConfigError(f"{self._path.name}, line {self._lines.line(at)}: {message}")

    def config(self) -> Config:
        top = TomlTable(self.fail, (), self._tables)
        watch, study = self._watch(top), top.table("study")
        market, markets = self._markets(top.table("market"), watch)
        output = self._folder(top, "output", "out/daily")
        state = self._folder(top, "state", "out/state")
        config = Config(
            path=self._path,
            watch=watch,
            sources=self._sources(top, (output, state)),
            prices=self._prices(top.table("prices")),
            confounds=self._confounds(study),
            study=self._study(study),
            delivery=self._delivery(top.table("delivery")) if "delivery" in top else None,
            market=market,
            markets=markets,
            scorer=self._scorer(top.table("sentiment")),
            zone=self._zone(top, "UTC"),
            output=output,
            state=state,
            options=_flat(self._tables),
            remarks=tuple(self._remarks),
        )
        top.done()
        return config

    def _watch(self, top: TomlTable) -> tuple[str, ...]:
        from signals.news.securities import SecurityBook

        symbols = top.texts("watch")
        book = SecurityBook.default()
        for symbol in symbols:
            try:
                validate_symbol(symbol)
                calendar_name(mic_of(symbol))
            except SymbolError as error:
                raise top.fail("watch", f"watch: {error}") from error
            if book.get(symbol) is None:
                line = self._lines.line(("watch",))
                self._remarks.append(
                    f"{self._path.name}, line {line}: {symbol} is unknown to the book of "
                    "companies, so that only a stated symbol links a story to it."
                )
        if len(set(symbols)) < len(symbols):
            twice = next(one for one in symbols if symbols.count(one) > 1)
            raise top.fail("watch", f"watch names {twice} twice.")
        return symbols

    def _markets(self, table: TomlTable, watch: tuple[str, ...]) -> tuple[str, dict[str, str]]:
        def symbol(name: str, value: object) -> str:
            try:
                return validate_symbol(value if isinstance(value, str) else repr(value))
            except SymbolError as error:
                raise table.fail(name, f"{table.spell(name)}: {error}") from error

        market = symbol("default", table.text("default", "a symbol", default="SPY"))
        own = {name: symbol(name, value) for name, value in table.items() if name != "default"}
        strange = sorted(set(own) - set(watch))
        if strange:
            raise table.fail(
                strange[0], f"{table.spell(strange[0])} is on no line of watch: add it there."
            )
        return market, own

    def _sources(
        self, top: TomlTable, written: tuple[Path, ...]
    ) -> tuple[Mapping[str, object], ...]:
        from signals.sources.opening import open_source

        sources = [(one, self._source(one)) for one in top.tables("sources")]
        called: list[str] = []
        for place, (table, values) in enumerate(sources):
            try:
                called.append(open_source(values).name)
            except ConfigError as error:
                key = next((one for one in values if str(error).startswith(one)), "kind")
                raise table.fail(key, f"{table.spell(key)}: {error}") from error
            holds = [one for one in written if _is_below(one, values)]
            if holds:
                raise table.fail(
                    "path",
                    f"{table.spell('path')} holds {holds[0]}, so that reports would be read as "
                    "articles: name a folder that holds articles alone.",
                )
            if called[-1] in called[:-1]:
                line = self._lines.line(("sources", place))
                self._remarks.append(
                    f"{self._path.name}, line {line}: another source is called {called[-1]} too, "
                    "so that the report can't tell them apart; give each a name."
                )
        return tuple(values for _, values in sources)

    def _source(self, table: TomlTable) -> Mapping[str, object]:
        from signals.sources.opening import KINDS

        values = dict(table.items())
        kind = table.choice("kind", tuple(KINDS), "")
        if "zone" in values:
            self._zone(table, "")
        if kind == "feed" and "url" in values:
            table.text("url")
            if "path" in values:
                raise table.fail("path", "a source has a path or a url, not both.")
            return values
        path = self._path.parent / table.text("path", "a file or folder")
        return {**values, "path": str(path)}

    def _prices(self, table: TomlTable) -> Prices:
        kind = table.choice("kind", ("csv", "yahoo"), "csv")
        path = None
        if kind == "csv":
            path = self._path.parent / table.text("path", "a folder of CSV files")
            if not path.exists():
                raise table.fail(
                    "path",
                    f"there is no {path}. Name a folder of CSV files with prices, or set "
                    'kind = "yahoo".',
                )
        prices = Prices(kind, path, table.whole("max_age", 0, 60, default=0))
        table.done()
        return prices

    def _confounds(self, table: TomlTable) -> Path | None:
        if "confounds" not in table:
            return None
        path = self._path.parent / table.text("confounds", "a file")
        if not path.is_file():
            raise table.fail(
                "confounds",
                f"there is no file {path}. Name a table, CSV or Parquet, of symbol, and session "
                "or known_at.",
            )
        return path

    def _study(self, table: TomlTable) -> Study:
        usual = Study()
        study = Study(
            model=table.choice("model", daily_models(), usual.model),
            trailing=table.whole("trailing", 1, 500, default=usual.trailing),
            windows=table.windows("windows", usual.windows),
            flag_window=table.window("flag_window", usual.flag_window),
            false_flags=table.number("false_flags", 0.001, 0.5, default=usual.false_flags),
            min_relevance=table.number("min_relevance", 0, 100, default=usual.min_relevance),
        )
        if study.flag_window[1] > 0:
            raise table.fail(
                "flag_window",
                "study.flag_window ends after session 0, when the report is not yet able to know "
                "it: end it at 0 or before.",
            )
        table.done()
        return study

    def _delivery(self, table: TomlTable) -> Delivery:
        delivery = Delivery(
            host=table.text("host", "the name of a mail server"),
            port=table.whole("port", 1, 65535, default=587),
            security=table.choice("security", ("starttls", "tls", "none"), "starttls"),
            sender=table.text("from", "an address"),
            to=table.texts("to"),
            user_env=table.text("user_env", "the name of a variable", default=""),
            password_env=table.text("password_env", "the name of a variable", default=""),
        )
        for address in (delivery.sender, *delivery.to):
            if not address.isprintable() or address.count("@") != 1:
                raise table.fail("to", f"{address!r} is no address for mail.")
        table.done()
        return delivery

    def _zone(self, table: TomlTable, default: str) -> str:
        zone = table.text("zone", "the name of a time zone", default=default)
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise table.fail(
                "zone",
                f"{table.spell('zone')}: there is no time zone {zone!r}; America/New_York is.",
            ) from error
        return zone

    def _folder(self, table: TomlTable, name: str, default: str) -> Path:
        return self._path.parent / table.text(name, "a folder", default=default)

    def _scorer(self, table: TomlTable) -> str:
        scorer = table.choice("scorer", ("default", *SCORERS), "default")
        table.done()
        return scorer


def _is_below(folder: Path, source: Mapping[str, object]) -> bool:
    """Tell whether a folder lies where a source of the kind folder looks for articles."""
    looked_through = Path(str(source.get("path"))).resolve()
    return source["kind"] == "folder" and folder.resolve().is_relative_to(looked_through)


def _flat(value: object, name: str = "") -> dict[str, object]:
    """Spell every option with its whole name: ``prices.path``, ``sources.1.kind``."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        parts = {str(place): one for place, one in enumerate(value, start=1)}.items()
    else:
        return {name: value}
    flat: dict[str, object] = {}
    for key, one in parts:
        flat |= _flat(one, f"{name}.{key}" if name else key)
    return flat
