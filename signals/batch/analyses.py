"""What is found in each article of a report: companies and scores, kept from run to run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signals.batch.records import Analysed
from signals.batch.store import Store
from signals.batch.word_scores import words_in
from signals.news.article import Article
from signals.news.mentions import find_all_mentions
from signals.sentiment.articles import score_found
from signals.sentiment.scorer import Scorer
from signals.versions import code_digest

_BATCH = 250  # articles that are scored at once, and kept in one transaction


def analyse(articles: Sequence[Article], scorer: Scorer) -> list[Analysed]:
    """Find what articles mention and say, many at once; each is scored as it would be alone.

    The scores are without their reasons, which cost more than they and are shown of few.
    """
    found = find_all_mentions(articles)
    return [
        Analysed(
            article=mentions.article,
            mentions=tuple(mentions),
            scores=tuple(scores.without_reasons()),
            unresolved=tuple(one.reason for one in mentions.unresolved),
            words=words_in(mentions.article.text),
            companies=tuple(
                sorted({one.company for one in mentions.entities if one.relevance > 0})
            ),
        )
        for mentions, scores in zip(found, score_found(found, scorer), strict=True)
    ]


def analyse_all(
    articles: Sequence[Article],
    store: Store | None,
    *,
    scorer: Scorer,
    progress: Callable[[str], None],
) -> dict[str, Analysed]:
    """Give what is found in each article: from the store where the same code found it."""
    engine = f"{scorer.name} {code_digest('news', 'sentiment')}"
    found = {} if store is None else store.analysed(articles, engine)
    missing = [article for article in articles if article.id not in found]
    for start in range(0, len(missing), _BATCH):
        fresh = analyse(missing[start : start + _BATCH], scorer)
        found |= {one.article.id: one for one in fresh}
        if store is not None:
            store.save_analyses(fresh, engine)
        progress(f"scored {start + len(fresh)} of {len(missing)} articles")
    return found
