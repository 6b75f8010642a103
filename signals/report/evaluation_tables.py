"""The tables of a tear sheet, in words: each takes an evaluation, and gives none or one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signals.report import spelling
from signals.report.html import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from signals.evaluation.evaluate import Evaluation
    from signals.evaluation.placebos import Placebo

_SEEN = (
    "What would be seen is what a test at 5 % of that horizon alone finds in four of five samples; "
    "after a correction for several horizons it takes more."
)
_COEFFICIENT = ("IC", "95 % interval", "p", "n in sessions", "Remark")


def prediction(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give the coefficient of each horizon, its tests, and what would have been seen."""
    rows = [
        (
            sessions(horizon),
            spelling.signed(row["ic"], 3),
            spelling.bounds(row["ci_low"], row["ci_high"], 3),
            spelling.p_value(row["p_value"]),
            spelling.p_value(row["p_holm"]),
            spelling.number(row["mde"], 3),
            _counts(row),
            spelling.p_value(row["iid_p"]),
            row["reason"],
        )
        for horizon, row in _records(evaluation.ic)
    ]
    columns = (
        "Horizon", "IC", "95 % interval", "p", "p, Holm", "Would be seen", "n in sessions",
        "Usual t-test", "Remark",
    )  # fmt: skip
    caption = f"Mean rank information coefficient by horizon. {_SEEN}"
    return (Table.without_blanks(caption, columns, rows),)


def returns(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give the coefficients of the kinds of return that don't decide; none without a market."""
    spoken = {
        "raw": "raw",
        "market_adjusted": "less the market's",
        "factor_neutral": "less what betas explain",
    }
    named = [
        (f"{spoken[kind]}, {sessions(horizon)}", row)
        for (kind, horizon), row in _records(evaluation.by_return)
        if kind != evaluation.settings.kind
    ]
    return _coefficients("With other returns", "Returns", named) if named else ()


def slopes(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give slopes by Fama and MacBeth beside pooled ones, and how they differ."""
    rows = tuple(
        (
            sessions(horizon),
            spelling.percent(row["fama_macbeth"], 3),
            spelling.interval(row["fm_low"], row["fm_high"], 3),
            spelling.percent(row["pooled"], 3),
            spelling.interval(row["pooled_low"], row["pooled_high"], 3),
            str(row["n_sessions"]),
            spelling.number(row["effective_sessions"], 0),
            row["pooled_is"],
        )
        for horizon, row in _records(evaluation.slopes)
    )
    columns = (
        "Horizon", "Fama-MacBeth", "95 % interval", "Pooled", "95 % interval", "Sessions",
        "Pooled rests on", "Pooled is",
    )  # fmt: skip
    caption = (
        "Slope of return on score: return for one unit of score. Fama and MacBeth weigh sessions "
        "alike; the pooled slope rests on fewer, those with many names and scattered scores. It is "
        "as steep where both agree within their errors."
    )
    return (Table(caption, columns, rows),)


def spreads(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give the return of the top quantile less that of the bottom one."""
    rows = [
        (
            sessions(horizon),
            spelling.percent(row["spread"], 3),
            spelling.interval(row["ci_low"], row["ci_high"], 3),
            spelling.p_value(row["p_value"]),
            spelling.size(row["mde"], 3),
            str(row["n_sessions"]),
            row["reason"],
        )
        for horizon, row in _records(evaluation.spreads)
    ]
    columns = (
        "Horizon", "Top less bottom", "95 % interval", "p", "Would be seen", "Sessions", "Remark"
    )  # fmt: skip
    caption = f"Return of the top quantile less that of the bottom one. {_SEEN}"
    return (Table.without_blanks(caption, columns, rows),)


def hit_rates(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give how often signs agree; none when no score has a sign."""
    table = evaluation.hit_rates
    if not (table["n"] + table["alone"]).any():
        return ()
    rows = [
        (
            sessions(horizon),
            spelling.size(row["hit_rate"]),
            spelling.size(row["chance"]),
            spelling.interval(row["ci_low"], row["ci_high"]),
            spelling.p_value(row["p_value"]),
            _counts(row),
            f"{row['alone']:,}" if row["alone"] else "",
            row["reason"],
        )
        for horizon, row in _records(table)
    ]
    columns = (
        "Horizon", "Signs agree", "By chance", "Difference, 95 %", "p", "n in sessions",
        "Sessions of one name, left out", "Remark",
    )  # fmt: skip
    caption = (
        "How often a score has the sign of its return, and by chance that of another name's in the "
        "same session"
    )
    return (Table.without_blanks(caption, columns, rows),)


def lookahead(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give coefficients with returns before, across and after the entry."""
    caption = "Look-ahead, and what was priced in already"
    return _coefficients(caption, "Return", _records(evaluation.lookahead))


def placebos(found: Sequence[Placebo]) -> tuple[Table, ...]:
    """Give for each horizon what the same scores reach when they are moved in time."""
    rows = []
    for one in found:
        low, high = one.middle
        rows.append(
            (
                sessions(one.horizon),
                spelling.signed(one.observed, 3),
                spelling.bounds(low, high, 3),
                spelling.p_value(one.p_value),
                f"{len(one.values)}",
                one.reason,
            )
        )
    columns = ("Horizon", "IC", "95 % of placebos", "Placebo p", "Placebos", "Remark")
    return (Table.without_blanks("The same scores, moved in time", columns, rows),)


def concentration(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give the largest names and sessions; none when there is no coefficient."""
    table = evaluation.concentration
    if table["ic"].isna().all():
        return ()
    rows = tuple(
        (
            f"{sessions(horizon)}, five largest {what} of {row['of']}",
            spelling.unbroken(row["largest"]),
            spelling.size(row["share"], 0),
            spelling.signed(row["ic"], 3),
            spelling.signed(row["ic_without"], 3),
            spelling.bounds(row["low_without"], row["high_without"], 3),
            f"{row['n_without']:,} in {row['n_sessions_without']:,}",
        )
        for (horizon, what), row in _records(table)
    )
    columns = (
        "Horizon", "Largest", "Their share", "IC", "IC without", "95 % interval", "n without"
    )  # fmt: skip
    return (Table("Without the names and the sessions that it rests on most", columns, rows),)


def echoes(evaluation: Evaluation) -> tuple[Table, ...]:
    """Compare with and without echoes; none when no event repeats another."""
    table = evaluation.echoes
    if len(set(table["n_events"])) == 1:
        return ()
    named = (
        (f"{name} ({row['n_events']:,}), {sessions(horizon)}", row)
        for (name, horizon), row in _records(table)
    )
    return _coefficients("With and without stories that repeat earlier ones", "Events", named)


def earnings(evaluation: Evaluation) -> tuple[Table, ...]:
    """Tell days with earnings apart; none when no event is marked."""
    if evaluation.sample.earnings is None:
        return ()
    named = (
        (f"{name}, {sessions(horizon)}", row)
        for (name, horizon), row in _records(evaluation.earnings)
    )
    caption = "On days with earnings: the session of a report, the one before and the one after"
    return _coefficients(caption, "Days", named)


def groups(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give coefficients by group; none when all observations are in one."""
    if not len(evaluation.groups):
        return ()
    rows = [
        (
            f"{'articles' if by == 'size' else by}: {name}",
            spelling.signed(row["ic"], 3),
            spelling.bounds(row["ci_low"], row["ci_high"], 3),
            spelling.p_value(row["p_value"]),
            spelling.p_value(row["p_holm"]),
            _counts(row),
            row["reason"],
        )
        for (by, name), row in _records(evaluation.groups)
    ]
    columns = ("Group", "IC", "95 % interval", "p", "p, Holm", "n in sessions", "Remark")
    caption = f"By group, over {sessions(evaluation.settings.horizons[0])}"
    return (Table.without_blanks(caption, columns, rows),)


def persistence(evaluation: Evaluation) -> tuple[Table, ...]:
    """Give autocorrelation, and turnover of the outer quantiles."""
    turnover, top = evaluation.turnover["turnover"], evaluation.settings.quantiles
    rows = [
        (
            sessions(lag),
            spelling.signed(row["autocorrelation"]),
            f"{row['n_pairs']:,} in {row['n_sessions']:,}",
            spelling.size(turnover.loc[(int(lag), top)], 0),
            spelling.size(turnover.loc[(int(lag), 1)], 0),
        )
        for lag, row in _records(evaluation.stability)
    ]
    columns = (
        "Lag", "Autocorrelation", "Pairs in sessions", "Turnover, top quantile", "Bottom quantile"
    )  # fmt: skip
    return (Table.without_blanks("How the score persists", columns, rows),)


def _coefficients(
    caption: str, first: str, named: Iterable[tuple[str, dict[str, Any]]]
) -> tuple[Table, ...]:
    """Give a table of coefficients, a row each, with their intervals and numbers."""
    rows = [
        (
            name,
            spelling.signed(row["ic"], 3),
            spelling.bounds(row["ci_low"], row["ci_high"], 3),
            spelling.p_value(row["p_value"]),
            _counts(row),
            row["reason"],
        )
        for name, row in named
    ]
    return (Table.without_blanks(caption, (first, *_COEFFICIENT), rows),)


def _records(table: pd.DataFrame) -> list[tuple[Any, dict[str, Any]]]:
    """Give each row's label, a tuple where there are several, and its cells by column."""
    cells = table.reset_index(drop=True).to_dict("records")
    rows = [{str(name): value for name, value in row.items()} for row in cells]
    return list(zip(table.index, rows, strict=True))


def _counts(row: dict[str, Any]) -> str:
    return f"{row['n']:,} in {row['n_sessions']:,}"


def sessions(count: int) -> str:
    """Spell a number of sessions, never broken in a line."""
    return f"{count}\N{NO-BREAK SPACE}session" + ("" if count == 1 else "s")
