"""What prices do with the score of real headlines, with and without those that tell of the move.

Run: python tests/benchmarks/recaps_on_real_prices.py ../shared/data
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import signals as sg

WINDOWS = ((0, 0), (0, 1), (1, 5))


def study(data: Path) -> sg.EventStudy:
    """Study the headlines of the shares whose prices are there, on the mean of 1,000 shares."""
    news = pd.read_csv(data / "tickers/headlines_2009_2020.csv")
    prices = pd.read_parquet(data / "panel/us1000_adj_close_2010_2024.parquet")
    news = news[news["ticker"].isin(prices.columns)]
    mean = prices.pct_change(fill_method=None).mean(axis=1).fillna(0)
    prices["MEAN"] = 100 * (1 + mean).cumprod()
    told = sg.FrameSource(news.rename(columns={"date": "published", "text": "title"}))
    articles = [one for one in told.read() if isinstance(one, sg.Article)]
    events = sg.align(sg.score_articles(articles), stories=sg.group_stories(articles))
    events = events[events["symbol"].isin(news["ticker"])]
    return sg.event_study(events, sg.FramePrices(prices), market="MEAN")


def main() -> None:
    """Print the spread and the slope for each window."""
    whole = study(Path(sys.argv[1]))
    columns = ["n", "estimate", "ci_low", "ci_high", "p_value"]
    for window in WINDOWS:
        for called, some in (("all", whole), ("without recaps", whole.without_recaps())):
            table = some.sentiment("score", window).loc[["spread", "slope"], columns]
            print(f"\n{window}, {called}\n{table.round(4).to_string()}")


if __name__ == "__main__":
    main()
