"""What the numbers allow to be said, in plain words.

One window decides, chosen before anything is computed. Two tests look at it: t against the
forecast error, which takes returns as normal, and the placebo rank, which does not. Only when
both pass at 5 % does the report say that a price moved abnormally.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from signals.report import spelling
from signals.report.html import ArticleSection, Loss, SecurityRow, Tone, Verdict, WindowRow

LEVEL = 0.05
"""Two-sided level at which a test passes."""

LEAST_DF = 10
"""Degrees of freedom from which on a test of several events tells what it would have seen."""

_LEVEL = "5\N{NO-BREAK SPACE}%"
_INTERVAL = "95\N{NO-BREAK SPACE}% interval"

HEADLINE = (0, 1)
"""The window that decides: late news moves prices in the next session as well."""

FIRST_TELLINGS = "first tellings only"
"""What rows of means without the events that repeat a story are called."""

ASSOCIATION = "Session 0 contains the move before the news: it shows association, not prediction."

_HEADLINES: Mapping[Tone, str] = {
    "moved": "Moved abnormally",
    "unclear": "Unclear: one test of two passes",
    "ordinary": "No abnormal move can be shown",
    "unpriced": "Not priced",
}


def tone(row: WindowRow) -> Tone:
    """Judge a window by its t test and its placebo rank, at 5 % each.

    "moved" when both pass, "unclear" when one does or when only one could be had and it passes,
    "ordinary" when none does, "unpriced" when the effect itself is missing.
    """
    if spelling.missing(row.effect) or spelling.missing(row.p_value):
        return "unpriced"
    passes = [p is not None and p < LEVEL for p in (row.p_value, row.placebo_p)]
    if all(passes):
        return "moved"
    return "unclear" if any(passes) else "ordinary"


def security_verdict(security: SecurityRow, row: WindowRow) -> Verdict:
    """Say what was written about a security, what its price did, and how sure one can be."""
    kind = tone(row)
    if kind == "unpriced":
        reason = row.reason or "The window's abnormal return can't be computed"
        return unpriced_verdict(security, reason)
    headline = _HEADLINES[kind]
    if kind == "moved":
        headline = f"{headline}: {spelling.percent(row.effect)}"
    doubt = (f"But {row.doubt}.",) if row.doubt else ()
    sentences = (*_said(security), _found(row), _judgement(kind, row, security), *doubt)
    return Verdict(security.symbol, security.name, kind, headline, sentences)


def event_words(row: WindowRow) -> str:
    """Say what the price did in an event of which no article is known."""
    kind = tone(row)
    if kind == "unpriced":
        return f"Nothing can be concluded. {_sentence(row.reason or 'No number could be had')}"
    doubt = f" But {row.doubt}." if row.doubt else ""
    return f"{_found(row)} {_judgement(kind, row, None)}{doubt}"


def unpriced_verdict(security: SecurityRow, reason: str) -> Verdict:
    """Say what was written about a security whose price could not be studied, and why."""
    sentence = f"Nothing can be concluded about its price. {_sentence(reason)}"
    return Verdict(
        security.symbol,
        security.name,
        "unpriced",
        _HEADLINES["unpriced"],
        (*_said(security), sentence),
    )


def article_words(*, dated: bool, verdicts: Sequence[Verdict]) -> str:
    """Say in a sentence or two what can be concluded from one article.

    Parameters
    ----------
    dated
        Whether its publication time is known.
    verdicts
        One for each listed company that the story is about.
    """
    if not verdicts:
        return "The story is about no listed company, so there is no price to study."
    if not dated:
        return (
            "Nothing can be concluded about prices: the article states no publication time, so "
            "nobody can say when the market could have known it. What follows is mentions and "
            "sentiment only."
        )
    return _price_words(verdicts)


def run_words(articles: Sequence[ArticleSection], losses: Sequence[Loss]) -> tuple[str, ...]:
    """Say in a few sentences what several articles came to; empty for one or none."""
    if not articles or (len(articles) == 1 and not losses):
        return ()
    lost = f", {len(losses)} could not be used" if losses else ""
    if len(articles) == 1:
        return (f"1 article was read{lost}.",)
    read = f"{len(articles)} articles were read{lost}"
    verdicts = [
        replace(verdict, symbol=f"{verdict.symbol} (article {place})")
        for place, article in enumerate(articles, start=1)
        for verdict in article.verdicts
    ]
    if not verdicts:
        return (f"{read}; none is about a listed company.",)
    return (f"{read}. {_price_words(verdicts)}",)


def means_words(rows: Sequence[WindowRow], *, n: int, repeated: int) -> str:
    """Say what the means of n events allow to be said, where some repeat a story told before."""
    decided = [row for row in rows if row.decides]
    again = [row for row in decided if row.subject.lower().endswith(FIRST_TELLINGS)]
    words = [together_words(row) for row in decided if row not in again]
    if lacking := n - sum(row.n for row in decided if row not in again):
        words.append(
            f"Of {n:,} events {lacking:,} lack{'s' * (lacking == 1)} a return in those sessions "
            "and are in no such mean."
        )
    if repeated:
        words.insert(0, f"{n:,} events, of which {repeated:,} repeat a story told before.")
    if again:
        told = "; ".join(f"{_which(row)}{_again(row)}" for row in again)
        words.append(f"First tellings only: {told}.")
    return " ".join(words)


def _which(row: WindowRow) -> str:
    """Give which events a row is of, before its numbers, when there are several kinds."""
    of = row.subject.removesuffix(f", {FIRST_TELLINGS}")
    return "" if of == row.subject else f"{of[:1].lower()}{of[1:]} "


def _again(row: WindowRow) -> str:
    if spelling.missing(row.effect) or spelling.missing(row.p_value):
        return f"nothing can be concluded, {row.reason or 'no test is valid'}"
    return f"{spelling.percent(row.effect)} ({_of_a_mean(row)})"


def _of_a_mean(row: WindowRow) -> str:
    between = spelling.interval(row.ci_low, row.ci_high)
    return f"{_INTERVAL} {between}; {spelling.p_equals(row.p_value)}, {row.test}"


def together_words(row: WindowRow) -> str:
    """Say what the mean of several events allows to be said."""
    where = f"over sessions {spelling.window(row.window)}"
    which = f"{row.subject[:1].lower()}{row.subject[1:]}" or "events"
    which = which.replace("events", "event", 1) if row.n == 1 else which
    if spelling.missing(row.effect) or spelling.missing(row.p_value):
        reason = row.reason or "no test is valid for these events"
        some = f"the {row.n:,} {which} together" if row.n else which
        return f"Nothing can be concluded from {some} {where}: {reason}."
    mean = f"{spelling.percent(row.effect)} ({_of_a_mean(row)})"
    found = f"The mean of {row.n:,} {which} {where} is {mean}."
    if row.p_value is not None and row.p_value < LEVEL:
        doubt = _against_the_test(row)
        judged = doubt or f"Chance alone would rarely give that. {ASSOCIATION}"
        return f"{found} {judged}"
    but = "By the noise of each event, chance" if _leaves_out_zero(row) else "Chance"
    return (
        f"{found} {but} alone gives that often enough: nothing can be concluded. "
        f"{unseen_words('mean effect', row.mde, row.df)}"
    )


def visible_from(mde: float | None, df: float | None) -> float | None:
    """Give the smallest effect of several events that a test sees; None where none can be told.

    Under ten degrees of freedom the error that it rests on is too uncertain itself.
    """
    return mde if df is not None and df >= LEAST_DF else None


def unseen_words(what: str, mde: float | None, df: float | None) -> str:
    """Say which effects a test of several events would have missed, or why nobody can tell."""
    if visible_from(mde, df) is None:
        return f"What {what} would have been seen can't be told: {few_words(df)}."
    return f"A {what} under {spelling.size(mde)} would probably have gone unseen."


def few_words(df: float | None) -> str:
    """Say why the power of a test of several events can't be told."""
    return f"its error rests on too few degrees of freedom ({spelling.number(df, 0)})"


def _leaves_out_zero(row: WindowRow) -> bool:
    return (row.ci_low or 0) * (row.ci_high or 0) > 0


def _against_the_test(row: WindowRow) -> str:
    """Say where the mean doesn't bear out what its test finds; empty where it does.

    The test weighs events by their noise, and the mean and its interval don't.
    """
    same = (row.mean_scar or 0) * (row.effect or 0) > 0
    if row.mean_scar is None or (same and _leaves_out_zero(row)):
        return ""
    held = "its interval holds 0" if not _leaves_out_zero(row) else "it points the other way"
    return (
        f"By the noise of each event chance alone would rarely give what they did (mean SCAR "
        f"{spelling.signed(row.mean_scar)}), but the mean, in which noisy events count as much as "
        f"quiet ones, doesn't bear it out: {held}. Which way prices moved, and how far, stays open."
    )


def _price_words(verdicts: Sequence[Verdict]) -> str:
    """Say how many securities moved, and what chance alone would give."""
    priced = [verdict for verdict in verdicts if verdict.tone != "unpriced"]
    moved = list(dict.fromkeys(v.symbol for v in priced if v.tone == "moved"))
    unclear = list(dict.fromkeys(v.symbol for v in priced if v.tone == "unclear"))
    if not priced:
        return "Nothing can be concluded about prices: no security could be priced."
    words = []
    if moved:
        words.append(f"{spelling.join(moved)} moved abnormally around the news.")
    if unclear:
        words.append(f"For {spelling.join(unclear)} the two tests disagree.")
    rest = len(priced) - sum(v.tone in {"moved", "unclear"} for v in priced)
    if not words:
        words.append("Nothing can be concluded: no price moved more than chance alone explains.")
    elif rest:
        words.append(f"Of {rest} other{'s' if rest > 1 else ''} nothing can be concluded.")
    if moved and len(priced) >= 3:
        words.append(
            f"{len(priced)} moves were tested: at {_LEVEL} chance alone gives about "
            f"{spelling.number(LEVEL * len(priced), 1)} by each test."
        )
    return " ".join(words)


def _said(security: SecurityRow) -> tuple[str, ...]:
    """Say what the story says about a security."""
    if security.score is None:
        return ("No sentence of the story could be scored for it.",)
    basis = f", from {security.basis}" if security.basis else ""
    return (
        (
            f"The story is {security.label} about it: {spelling.signed(security.score)} on a scale "
            f"from {spelling.MINUS}1 to +1{basis}."
        ),
    )


def _found(row: WindowRow) -> str:
    """Say what the price did, with the interval and both p-values."""
    placebo = ""
    if not spelling.missing(row.placebo_p):
        placebo = f"; placebo {spelling.p_equals(row.placebo_p)}"
    return (
        f"Over sessions {spelling.window(row.window)} its return was "
        f"{spelling.percent(row.effect)} beyond what the model expects ({_INTERVAL} "
        f"{spelling.interval(row.ci_low, row.ci_high)}; {spelling.p_equals(row.p_value)}{placebo})."
    )


def _judgement(kind: Tone, row: WindowRow, security: SecurityRow | None) -> str:
    """Say how far the evidence carries."""
    if kind == "moved":
        agrees = ""
        if security is not None and security.label in {"positive", "negative"}:
            same = (security.score or 0) * (row.effect or 0) > 0
            agrees = f" It went {'the way' if same else 'against the way'} the story leans."
        return f"Chance alone rarely gives a move so large.{agrees} {ASSOCIATION}"
    visible = spelling.size(row.mde)
    if kind == "unclear":
        return (
            f"Only one of the two tests passes at {_LEVEL}, so it stays open whether this was more "
            f"than chance. Smallest effect that could well have been seen: {visible}."
        )
    return (
        "Chance alone often gives a move of this size: nothing can be concluded. An effect under "
        f"{visible} would probably have gone unseen."
    )


def _sentence(reason: str) -> str:
    """Make a reason stand as a sentence of its own."""
    text = reason.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
