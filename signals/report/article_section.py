"""From an article, its mentions, scores and study to the parts of a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from signals.news.highlight import segments
from signals.news.zones import Zone
from signals.report import spelling
from signals.report.gallery import Drawing
from signals.report.html import (
    ArticleSection,
    Fact,
    Loss,
    Paragraph,
    Part,
    Piece,
    SecurityRow,
    Verdict,
    WindowRow,
)
from signals.report.losses import price_losses, status_losses
from signals.report.study_sections import Findings
from signals.report.verdicts import article_words, security_verdict, unpriced_verdict
from signals.sentiment.shown import telling

if TYPE_CHECKING:
    import pandas as pd

    from signals.news.article import Article
    from signals.news.mentions import Entity, Mention, Mentions
    from signals.sentiment.scorer import Contribution
    from signals.sentiment.scores import Scores

_MOST_WORDS = 6  # named in a table; the rest is one sum

_STATED_BY = {
    "user": "given by the user",
    "header": "stated in the article's header",
    "payload": "stated in the vendor's data",
    "feed": "stated in the feed",
    "html": "stated in the page",
}
_PARTS = {
    "lead": "first paragraph",
    "position": "early",
    "share": "share of mentions",
    "explicit": "symbol stated",
    "roundup": "all times, for a round-up,",
}
_PHASES = {
    "pre-open": "known before the open",
    "intraday": "known during the session",
    "last-30-minutes": "known in the last 30 minutes of the session",
    "after-close": "known after the close of the session before",
    "date-only": "known by its date only: the news may have come out during the session before",
}


def article_section(
    article: Article,
    mentions: Mentions,
    *,
    scores: Scores,
    findings: Findings,
    drawings: Sequence[Drawing] = (),
) -> ArticleSection:
    """Say all about one article.

    Parameters
    ----------
    article, mentions, scores
        The article and what was found in it.
    findings
        What the run found out about prices; what rests on this article is picked out.
    drawings
        The article's figures, as ``signals.report.gallery`` makes them.
    """
    own = own_events(article, findings.events)
    ids = [str(event_id) for event_id in own["event_id"]]
    rows = tuple(row for key in ids for row in findings.windows.get(key, ()))
    securities = security_rows(article, mentions, scores=scores)
    losses = status_losses(findings.status, article.id, ids)
    if findings.study is not None:
        losses += price_losses(findings.study, {one.symbol for one in scores if one.symbol})
    verdicts = _verdicts(securities, rows, losses)
    plainly = article_words(dated=article.known_at is not None, verdicts=verdicts)
    return ArticleSection(
        title=spelling.shorten(article.title, 200) or f"Article {article.id}",
        plainly=plainly,
        verdicts=verdicts,
        facts=facts(article, own),
        article_row=article_row(article, scores),
        securities=securities,
        windows=rows,
        figures=tuple(drawing.part() for drawing in drawings),
        paragraphs=paragraphs(article, mentions, scores=scores),
        losses=losses,
    )


def own_events(article: Article, events: pd.DataFrame) -> pd.DataFrame:
    """Give the events that rest on an article, the most relevant first."""
    mine = events["article_ids"].str.split().map(lambda ids: article.id in ids).astype(bool)
    return events[mine].sort_values(["relevance", "symbol"], ascending=[False, True])


def facts(article: Article, events: pd.DataFrame | None = None) -> tuple[Fact, ...]:
    """Say what an article is, when it was known, and which session is its event."""
    rows = [Fact("Source", article.source or "not stated")]
    if article.url:
        rows.append(Fact("Address", article.url, url=spelling.web_link(article.url)))
    known = article.known_at
    if article.published is None or known is None:
        rows.append(Fact("Published", "not stated", "An article without a time can't be priced."))
    else:
        rows.append(_published(article))
        if article.updated is not None:
            rows.append(
                Fact("Updated", spelling.instant(article.updated), "This text is the revision.")
            )
        rows.append(
            Fact(
                "Known at",
                spelling.instant(known),
                "When anyone could surely have known it: the end of what the stamp resolves.",
            )
        )
    if events is not None:
        rows += _event_sessions(events)
    rows.append(Fact("Article id", article.id, "Hash of source, time and text."))
    return tuple(rows)


def article_row(article: Article, scores: Scores) -> SecurityRow | None:
    """Give the article's own score; None when no sentence could be scored."""
    count = len(scores.sentences)
    if not count:
        return None
    own = scores.article
    return SecurityRow(
        symbol="",
        mic="",
        name="The whole article",
        relevance=None,
        relevance_parts=(),
        score=own.score,
        label=own.label,
        basis=f"all {count} sentences" if count > 1 else "its only sentence",
        words=top_words(article, own.contributions),
    )


def security_rows(
    article: Article, mentions: Mentions, *, scores: Scores
) -> tuple[SecurityRow, ...]:
    """Give a row for each company of an article, listed ones first, the most relevant first."""
    by_company = {one.company: one for one in scores}
    ranked = sorted(mentions.entities, key=lambda one: (one.symbol is None, -one.relevance))
    rows = []
    for entity in ranked:
        score = by_company.get(entity.company)
        count = sum(entity.company in one.companies for one in scores.sentences)
        scored = score is not None and count > 0
        rows.append(
            SecurityRow(
                symbol=entity.symbol or "",
                mic=entity.mic or "",
                name=entity.name,
                relevance=entity.relevance,
                relevance_parts=_relevance_parts(entity),
                score=score.score if score is not None and scored else None,
                label=score.label if score is not None and scored else "",
                basis=_basis(entity, count, len(scores.sentences)),
                words=top_words(article, score.contributions) if score is not None else (),
                remark=_remark(entity),
            )
        )
    return tuple(rows)


def top_words(article: Article, contributions: Sequence[Contribution]) -> tuple[Part, ...]:
    """Give the telling words that weigh most, the rest as one sum: they add up to the score."""
    sums: dict[str, float] = {}
    shown_parts, unsaid = telling(contributions)
    for part in shown_parts:
        word = spelling.shorten(article.text[part.start : part.end].lower(), 30) or part.what
        sums[word] = sums.get(word, 0.0) + part.value
    ranked = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
    shown = [Part(word, value) for word, value in ranked[:_MOST_WORDS] if value]
    rest = [value for _, value in ranked[_MOST_WORDS:] if value]
    rest += [part.value for part in unsaid if part.value]
    if rest:
        shown.append(Part(f"{len(rest)} other{'s' if len(rest) > 1 else ''}", sum(rest)))
    return tuple(shown)


def paragraphs(article: Article, mentions: Mentions, *, scores: Scores) -> tuple[Paragraph, ...]:
    """Give the article's text line by line, its mentions and scored words marked."""
    tagged: list[_Mark | Zone] = [
        *map(_mention_mark, mentions),
        *_word_marks(scores),
        *article.zones,
    ]
    spans = [(one.start, one.end, one) for one in tagged]
    lines: list[Paragraph] = []
    pieces: list[Piece] = []
    zone = Zone("body", 0, 0)
    for text, tags in segments(article.text, spans):
        here = next((tag for tag in tags if isinstance(tag, Zone)), None)
        found = [tag for tag in tags if isinstance(tag, _Mark)]
        for place, line in enumerate(text.split("\n")):
            if place:
                lines.append(Paragraph(zone.kind, zone.boilerplate, tuple(pieces)))
                pieces = []
            if line:
                zone = here or zone
                pieces.append(_piece(line, found))
    lines.append(Paragraph(zone.kind, zone.boilerplate, tuple(pieces)))
    return tuple(line for line in lines if any(piece.text.strip() for piece in line.pieces))


class _Mark(NamedTuple):
    """A span of an article that is marked, in which styles, and what is said of it."""

    start: int
    end: int
    styles: tuple[str, ...]
    note: str


def _mention_mark(mention: Mention) -> _Mark:
    kind = "mention" if mention.symbol else "private"
    styles = (kind, "source") if mention.role == "source" else (kind,)
    named = f"{mention.symbol or mention.company}: {mention.how}"
    note = f"{named}, confidence {mention.confidence:.2f}"
    return _Mark(mention.start, mention.end, styles, note)


def _word_marks(scores: Scores) -> list[_Mark]:
    """Mark the telling words of all scores; what several scores rest on is marked once."""
    told = (part for one in (*scores, scores.article) for part in telling(one.contributions)[0])
    parts = {(part.start, part.end): part for part in told}
    return [
        _Mark(
            part.start,
            part.end,
            ("positive" if part.value > 0 else "negative",),
            f"{part.what}: {spelling.signed(part.value, 3)}",
        )
        for part in parts.values()
        if part.value
    ]


def _piece(text: str, marks: Sequence[_Mark]) -> Piece:
    styles = dict.fromkeys(style for one in marks for style in one.styles)
    return Piece(text, tuple(styles), "; ".join(one.note for one in marks))


def _published(article: Article) -> Fact:
    """Say when an article was published, as stated, by whom, and how finely."""
    stamp = article.published
    assert stamp is not None  # noqa: S101 - the only caller has looked
    stated = _STATED_BY.get(str(article.published_from), str(article.published_from))
    if article.precision == "day":
        zone = (
            "no time zone stated, so the day is taken to end where it ends last, at UTC"
            f"{spelling.MINUS}12"
            if article.zone_assumed
            else f"in the time zone UTC{stamp.strftime('%:z')}"
        )
        return Fact("Published", f"{spelling.day(stamp)}, no time of day", f"{stated}; {zone}.")
    text = stamp.isoformat(" ", "seconds" if article.precision == "second" else "minutes")
    return Fact("Published", text, f"{stated}; precise to the {article.precision}.")


def _event_sessions(events: pd.DataFrame) -> list[Fact]:
    """Give the event sessions, one line for the securities that share session and phase."""
    groups: dict[tuple[str, str], list[str]] = {}
    for _, event in events.iterrows():
        key = (spelling.day(event["session"]), str(event["phase"]))
        groups.setdefault(key, []).append(str(event["symbol"]))
    return [
        Fact(
            "Event session",
            f"{session} for {spelling.join(symbols)}",
            f"The first whose close is after the news was known; {_PHASES.get(phase, phase)}.",
        )
        for (session, phase), symbols in groups.items()
    ]


def _relevance_parts(entity: Entity) -> tuple[Part, ...]:
    """Name the parts of a relevance for a reader; points of 0 and a factor of 1 say nothing."""
    return tuple(
        Part(_PARTS.get(name, name), value)
        for name, value in entity.relevance_parts.items()
        if value and not (name == "roundup" and value == 1)
    )


def _basis(entity: Entity, count: int, total: int) -> str:
    """Say which sentences a company's score rests on."""
    if entity.symbol is None:
        return "not scored: no listing"
    if not entity.relevance:
        return "not scored: no subject of the story"
    if not count:
        return "no scored sentence is about it"
    return f"{count} of {total} sentences"


def _remark(entity: Entity) -> str:
    """Say what a reader should know about a company before its numbers."""
    if entity.symbol is None:
        return "private, or no listing known"
    if entity.mentions and all(one.boilerplate for one in entity.mentions):
        return "named in boilerplate only"
    if entity.mentions and all(one.role == "source" or one.boilerplate for one in entity.mentions):
        return "speaks as a source only"
    if entity.recap:
        where = "the title" if entity.recap == "title" else "the story"
        return f"{where} tells that its price moved: it is no reason of that move"
    return ""


def _verdicts(
    securities: Sequence[SecurityRow], rows: Sequence[WindowRow], losses: Sequence[Loss]
) -> tuple[Verdict, ...]:
    """Give a verdict for each listed company that the story is about."""
    decided = {row.subject.split(",")[0]: row for row in rows if row.decides}
    verdicts = []
    for security in securities:
        if not security.symbol or not security.relevance:
            continue
        row = decided.get(security.symbol)
        if row is not None:
            verdicts.append(security_verdict(security, row))
            continue
        reasons = [loss.reason for loss in losses if loss.what.split(",")[0] == security.symbol]
        reason = reasons[0] if reasons else "it was not studied"
        verdicts.append(unpriced_verdict(security, reason))
    return tuple(verdicts)
