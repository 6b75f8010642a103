"""A study, scores and a report's data made by hand, for the tests of the report."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from signals.report.daily import (
    ClosedWindow,
    DailyData,
    Echo,
    Health,
    Step,
    Story,
    StorySentence,
    SymbolRow,
    SymbolStories,
)
from signals.report.html import (
    ArticleSection,
    EstimateRow,
    Fact,
    FigurePart,
    Loss,
    Paragraph,
    Part,
    Piece,
    ReportData,
    Section,
    SecurityRow,
    Table,
    TogetherSection,
    Verdict,
    WindowRow,
)

HOSTILE = "<script>alert(1)</script> $MSFT vs $SFTBY \u202egnp\x00 \"'><img src=x onerror=alert(2)>"
TEXT = "Good news for <b>$A$</b>. Some bad news. Nothing much."


def sessions(count: int) -> pd.DatetimeIndex:
    return pd.bdate_range("2025-05-01", periods=count, name="session", unit="us")


def study(symbols: tuple[str, ...] = ("MSFT",), *, market: str | None = "SPY") -> SimpleNamespace:
    """A study whose event lies in session 40 of 50; paths are easy to recognise."""
    days = sessions(50)
    events = pd.DataFrame(
        {
            "symbol": list(symbols),
            "session": [days[40]] * len(symbols),
            "market": [market] * len(symbols),
        },
        index=pd.Index([f"e{place}" for place in range(len(symbols))], name="event_id"),
    )
    closes = pd.DataFrame(
        {name: 100.0 + place + np.arange(50) for place, name in enumerate(symbols)}, index=days
    )
    closes["SPY"] = 400.0 + 2 * np.arange(50)
    offsets = pd.RangeIndex(-2, 3, name="offset")

    def cumulative(event_id: str) -> pd.DataFrame:
        car = 0.01 * np.arange(5) + 0.001 * int(event_id[1:])
        return pd.DataFrame(
            {"car": car, "se": 0.005, "ci_low": car - 0.01, "ci_high": car + 0.01}, index=offsets
        )

    steps = np.full((len(symbols), 5), 0.01)
    steps[:, 0] = 0.001 * np.arange(len(symbols))
    abnormal = pd.DataFrame(steps, index=events.index, columns=offsets)

    def cars(first: int, last: int) -> tuple[np.ndarray, None]:
        return abnormal.loc[:, first:last].sum(axis=1, skipna=False).to_numpy(), None

    return SimpleNamespace(
        events=events,
        abnormal=abnormal,
        sample=SimpleNamespace(cumulative=cars),
        cumulative=cumulative,
        prices=SimpleNamespace(closes=closes),
        settings=SimpleNamespace(window=(-2, 2), market=market),
    )


def scores(values: tuple[float, ...] = (0.6, -0.4, 0.0)) -> SimpleNamespace:
    spans = [(0, 25), (26, 40), (41, 54)]
    labels = ["positive" if v > 0.05 else "negative" if v < -0.05 else "neutral" for v in values]
    return SimpleNamespace(
        sentences=tuple(
            SimpleNamespace(start=spans[k % 3][0], end=spans[k % 3][1], score=value, label=label)
            for k, (value, label) in enumerate(zip(values, labels, strict=True))
        ),
        article=SimpleNamespace(score=0.21),
    )


def window_row(**changes: object) -> WindowRow:
    row = WindowRow(
        subject="MSFT, 2025-07-22",
        window=(-1, 1),
        n=209,
        effect=-0.019348676,
        ci_low=-0.0567,
        ci_high=0.01801,
        statistic=-1.021,
        df=207,
        p_value=0.3084,
        mde=0.0533,
        placebo_p=0.231,
        n_placebo=207,
        decides=True,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def security(**changes: object) -> SecurityRow:
    row = SecurityRow(
        symbol="MSFT",
        mic="XNAS",
        name="Microsoft",
        relevance=22.0,
        relevance_parts=(Part("explicit symbol", 10.0), Part("position", 4.2)),
        score=0.026,
        label="neutral",
        basis="1 of 12 sentences",
        words=(Part("backed", 0.026),),
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def section(*figures: FigurePart, **changes: object) -> ArticleSection:
    made = ArticleSection(
        title="OpenAI signs a memorandum with the United Kingdom",
        plainly="Nothing can be concluded: no price moved more than chance alone explains.",
        verdicts=(
            Verdict("MSFT", "Microsoft", "ordinary", "No abnormal move can be shown", ("One.",)),
            Verdict("SFTBY", "SoftBank", "moved", "Moved abnormally: +6.58 %", ("Two.", "Three.")),
        ),
        facts=(
            Fact("Source", "A newswire"),
            Fact("Address", "https://example.org/a?b=1&c=2", url="https://example.org/a?b=1&c=2"),
        ),
        article_row=security(
            symbol="", mic="", name="The whole article", relevance=None, relevance_parts=()
        ),
        securities=(security(), security(symbol="", mic="", name="OpenAI", score=None, words=())),
        windows=(
            window_row(window=(0, 0), decides=False),
            window_row(),
            window_row(window=(-5, 5), effect=None, reason="a hole in the window", decides=False),
        ),
        figures=figures,
        paragraphs=(
            Paragraph("title", boilerplate=False, pieces=(Piece("OpenAI signs"),)),
            Paragraph(
                "lead",
                boilerplate=False,
                pieces=(
                    Piece("It was "),
                    Piece("backed", ("positive",), "backed: +0.026"),
                    Piece(" by "),
                    Piece("Microsoft (NASDAQ:MSFT)", ("mention",), "MSFT: explicit"),
                ),
            ),
            Paragraph("related", boilerplate=True, pieces=(Piece("- Another story"),)),
        ),
        losses=(Loss("9984.T", "lost", "The prices have no column 9984.T."),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def report(*articles: ArticleSection, **changes: object) -> ReportData:
    several = len(articles) > 1
    mean = window_row(subject="", n=2, placebo_p=None, n_placebo=None, test="cosine test")
    data = ReportData(
        title="OpenAI signs a memorandum with the United Kingdom",
        summary=("2 articles were read.",) if several else (),
        articles=articles,
        together=TogetherSection("The mean is small.", (mean,)) if several else None,
        estimates=(EstimateRow("MSFT, 2025-07-22", "SPY", 0.0001, 0.93, 0.0108, 0.55, 209, 207),),
        method=("Session 0 contains the move before the news: it shows association.",),
        losses=(),
        prices=None,
        manifest=(("signals", "0.1.0"), ("prices", "9f02" * 16)),
        generator="market-news-signals 0.1.0",
    )
    return replace(data, **changes)  # type: ignore[arg-type]


def symbol_row(**changes: object) -> SymbolRow:
    row = SymbolRow(
        *("MSFT", "Microsoft", "2025-07-22", 1, 0, 0.4, "positive", 0.01, 0.02, 0.01, 0.03),
        p_value=0.001,
        placebo_p=0.004,
        n_obs=240,
        flagged=True,
        flags=("abnormal move",),
    )
    return replace(row, **changes)


UNMEASURED = {
    **dict.fromkeys(("move", "effect", "ci_low", "ci_high", "p_value", "placebo_p", "n_obs")),
    "remark": HOSTILE,
    "flagged": False,
    "flags": ("no price",),
}


def closed_window(**changes: object) -> ClosedWindow:
    row = ClosedWindow(
        *(HOSTILE, "2025-07-21", -0.4, (0, 1), 0.02, 0.01, 0.03, 0.01), placebo_p=0.02, n_obs=240
    )
    return replace(row, **changes)


def daily(symbols: int = 200) -> DailyData:
    """A daily report with hostile stories about every symbol of a long watch list."""
    sentence = StorySentence(HOSTILE, -0.5, "negative")
    story = Story(
        *(HOSTILE, HOSTILE, "javascript:alert(1)", "now", 0.1, "positive", 50, (sentence,)),
        first=0.05,
        echoes=(Echo(HOSTILE, HOSTILE, -0.5),),
        more_echoes=2,
    )
    names = [f"S{place}" for place in range(symbols)]
    return DailyData(
        title="Watch list",
        kicker="XNYS",
        alarms=(HOSTILE,),
        since="2025-07-21",
        changes=(HOSTILE,),
        closed=(closed_window(),) * 9,
        summary=("A summary.",),
        symbols=tuple(
            symbol_row(symbol=name, name=HOSTILE, **(UNMEASURED if place % 9 == 8 else {}))
            for place, name in enumerate(names)
        ),
        flag_window="0",
        stories=tuple(SymbolStories(name, HOSTILE, (story,) * 5, 3) for name in names),
        figures=(),
        together=None,
        sections=(Section("With", (HOSTILE,), (Table(HOSTILE, ("A", "B"), ((HOSTILE, "b"),)),)),),
        study_words=("Words.",),
        funnel=(Step("read", "items", 10, 9, 1, 0, 0, (HOSTILE,)),),
        health=(Health(HOSTILE, "failed", HOSTILE),),
        losses=(Loss(HOSTILE, "lost", HOSTILE),),
        prices=Section("The prices", (HOSTILE,), (Table(HOSTILE, ("A", "B"), ((HOSTILE, "b"),)),)),
        method=("A method.",),
        manifest=(("x" * 80, "y" * 64),),
        generator="signals",
    )
