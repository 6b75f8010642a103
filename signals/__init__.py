"""Which shares a story is about, what it says about each, and whether prices moved.

>>> import signals as sg
>>> article = sg.read_article("data/articles/openai-uk.txt")
>>> scores = sg.score(article)
>>> [(score.symbol, score.label) for score in scores]
[('MSFT', 'positive'), ('SFTBY', 'positive')]

Names are loaded when they are first used, so that ``import signals`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signals.errors import (
        ArticleError as ArticleError,
        ConfigError as ConfigError,
        PriceError as PriceError,
        SignalsError as SignalsError,
        StoreError as StoreError,
        StudyError as StudyError,
        SymbolError as SymbolError,
    )
    from signals.evaluation.earnings import mark_earnings as mark_earnings
    from signals.evaluation.evaluate import (
        Evaluation as Evaluation,
        evaluate as evaluate,
    )
    from signals.exchanges import normalize_symbol as normalize_symbol
    from signals.market.csvprices import CsvPrices as CsvPrices
    from signals.market.frames import FramePrices as FramePrices
    from signals.market.prices import (
        PriceSource as PriceSource,
        PriceTable as PriceTable,
        Snapshot as Snapshot,
    )
    from signals.market.sessions import (
        Sessions as Sessions,
        locate as locate,
    )
    from signals.market.yahoo import YahooPrices as YahooPrices
    from signals.news.article import (
        Article as Article,
        read_article as read_article,
    )
    from signals.news.mentions import (
        Mention as Mention,
        Mentions as Mentions,
        find_mentions as find_mentions,
    )
    from signals.news.securities import (
        Security as Security,
        SecurityBook as SecurityBook,
    )
    from signals.news.stories import (
        Stories as Stories,
        Story as Story,
        group_stories as group_stories,
    )
    from signals.news.zones import Zone as Zone
    from signals.pipeline import (
        Analysis as Analysis,
        analyse as analyse,
        write_report as write_report,
    )
    from signals.report.evaluation_plots import (
        plot_coverage as plot_coverage,
        plot_ic as plot_ic,
        plot_placebo as plot_placebo,
        plot_quantiles as plot_quantiles,
        plot_spread as plot_spread,
    )
    from signals.report.plots import (
        plot_event_window as plot_event_window,
        plot_prices as plot_prices,
        plot_sentiment as plot_sentiment,
    )
    from signals.report.study_plots import (
        plot_caar as plot_caar,
        plot_caar_by_sign as plot_caar_by_sign,
        plot_events as plot_events,
        plot_random_dates as plot_random_dates,
        plot_sensitivity as plot_sensitivity,
        plot_size_check as plot_size_check,
    )
    from signals.sentiment.articles import (
        score as score,
        score_articles as score_articles,
    )
    from signals.sentiment.entity import About as About
    from signals.sentiment.finance import Finance as Finance
    from signals.sentiment.lexicon import LexiconScorer as LexiconScorer
    from signals.sentiment.scorer import (
        Contribution as Contribution,
        Score as Score,
        Scorer as Scorer,
        TextScore as TextScore,
    )
    from signals.sentiment.scores import Scores as Scores
    from signals.sentiment.vader import Vader as Vader
    from signals.sources.feeds import FeedSource as FeedSource
    from signals.sources.folder import FolderSource as FolderSource
    from signals.sources.opening import open_source as open_source
    from signals.sources.refusals import Quarantined as Quarantined
    from signals.sources.source import ArticleSource as ArticleSource
    from signals.sources.tables import (
        CsvSource as CsvSource,
        FrameSource as FrameSource,
        JsonLinesSource as JsonLinesSource,
        ParquetSource as ParquetSource,
    )
    from signals.sources.vendor_json import (
        VendorSource as VendorSource,
        read_vendor as read_vendor,
    )
    from signals.study.audit import (
        Audit as Audit,
        audit as audit,
    )
    from signals.study.estimate import event_study as event_study
    from signals.study.events import align as align, unaligned as unaligned
    from signals.study.factors import FactorTable as FactorTable
    from signals.study.fits import Fit as Fit
    from signals.study.models import (
        ReturnModel as ReturnModel,
        named_factors as named_factors,
    )
    from signals.study.result import EventStudy as EventStudy
    from signals.study.significance import Significance as Significance

__version__ = "0.1.0"

_WHERE = {
    "signals.errors": (
        "ArticleError",
        "ConfigError",
        "PriceError",
        "SignalsError",
        "StoreError",
        "StudyError",
        "SymbolError",
    ),
    "signals.exchanges": ("normalize_symbol",),
    "signals.market.csvprices": ("CsvPrices",),
    "signals.market.frames": ("FramePrices",),
    "signals.market.prices": ("PriceSource", "PriceTable", "Snapshot"),
    "signals.market.sessions": ("Sessions", "locate"),
    "signals.market.yahoo": ("YahooPrices",),
    "signals.news.article": ("Article", "read_article"),
    "signals.news.mentions": ("Mention", "Mentions", "find_mentions"),
    "signals.news.securities": ("Security", "SecurityBook"),
    "signals.news.stories": ("Stories", "Story", "group_stories"),
    "signals.news.zones": ("Zone",),
    "signals.pipeline": ("Analysis", "analyse", "write_report"),
    "signals.report.evaluation_plots": (
        "plot_coverage",
        "plot_ic",
        "plot_placebo",
        "plot_quantiles",
        "plot_spread",
    ),
    "signals.report.plots": ("plot_event_window", "plot_prices", "plot_sentiment"),
    "signals.report.study_plots": (
        "plot_caar",
        "plot_caar_by_sign",
        "plot_events",
        "plot_random_dates",
        "plot_sensitivity",
        "plot_size_check",
    ),
    "signals.sentiment.articles": ("score", "score_articles"),
    "signals.sentiment.scores": ("Scores",),
    "signals.sentiment.entity": ("About",),
    "signals.sentiment.finance": ("Finance",),
    "signals.sentiment.lexicon": ("LexiconScorer",),
    "signals.sentiment.scorer": ("Contribution", "Score", "Scorer", "TextScore"),
    "signals.sentiment.vader": ("Vader",),
    "signals.sources.vendor_json": ("VendorSource", "read_vendor"),
    "signals.sources.feeds": ("FeedSource",),
    "signals.sources.folder": ("FolderSource",),
    "signals.sources.opening": ("open_source",),
    "signals.sources.refusals": ("Quarantined",),
    "signals.sources.source": ("ArticleSource",),
    "signals.sources.tables": ("CsvSource", "FrameSource", "JsonLinesSource", "ParquetSource"),
    "signals.study.audit": ("Audit", "audit"),
    "signals.evaluation.earnings": ("mark_earnings",),
    "signals.study.estimate": ("event_study",),
    "signals.evaluation.evaluate": ("Evaluation", "evaluate"),
    "signals.study.events": ("align", "unaligned"),
    "signals.study.factors": ("FactorTable",),
    "signals.study.fits": ("Fit",),
    "signals.study.models": ("ReturnModel", "named_factors"),
    "signals.study.result": ("EventStudy",),
    "signals.study.significance": ("Significance",),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = sorted([*_MODULE_OF, "__version__"])


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'signals' has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
