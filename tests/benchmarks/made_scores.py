"""A scored corpus of made scores, as ``signals score`` leaves one, and prices to study it with.

Deterministic in the seed. Shares are called S0000 and so on; one of them, GONE, has no prices.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import signals as sg
from signals.corpus.scoring import VERSION
from signals.corpus.shards import _schemas

PER_SHARD = 20_000


def made_prices(shares: int, sessions: int, *, seed: int = 0) -> pd.DataFrame:
    """Make adjusted closes of shares and of SPY, a half per cent of them missing."""
    rng = np.random.default_rng(seed)
    labels = sg.Sessions("XNYS").labels()
    labels = labels[labels.searchsorted(pd.Timestamp("2014-01-02")) :][:sessions]
    market = rng.normal(0.0003, 0.01, sessions)
    moves = rng.normal(0, 0.02, (sessions, shares)) + market[:, None]
    names = [f"S{number:04d}" for number in range(shares)]
    closes = pd.DataFrame(50 * np.exp(np.cumsum(moves, axis=0)), labels, names)
    closes = closes.mask(rng.random(closes.shape) < 0.005)
    return closes.assign(SPY=50 * np.exp(np.cumsum(market))).rename_axis("date")


def make_scores(folder: Path, closes: pd.DataFrame, scores: int, *, seed: int = 1) -> None:
    """Write the shards of as many scores, one an article, in the order of time."""
    rng = np.random.default_rng(seed)
    day = np.sort(rng.integers(260, len(closes), scores))
    names = np.array([*closes.columns[:-1], "GONE"])[rng.integers(0, closes.shape[1], scores)]
    minute = pd.to_timedelta(rng.integers(8 * 60, 20 * 60, scores), unit="min")
    known = (closes.index[day] + minute).tz_localize("America/New_York").tz_convert("UTC")
    dated = np.where(rng.random(scores) < 0.1, "day", "minute")
    value = np.round(rng.normal(0, 0.4, scores).clip(-1, 1), 3)
    starts = range(0, scores, PER_SHARD)
    for number, start in enumerate(starts):
        end = min(start + PER_SHARD, scores)
        ids = [f"{place:016x}" for place in range(start, end)]
        article = {
            "place": [f"made:{place}" for place in range(start, end)],
            "article_id": ids,
            "known_at": pa.array(known[start:end].to_pydatetime(), pa.timestamp("us", tz="UTC")),
            "precision": list(dated[start:end]),
            "title": [f"{one[:8]} {one[8:]}" for one in ids],
            "opening": [""] * len(ids),
            "companies": [[f"c-{name}"] for name in names[start:end]],
            "score": value[start:end],
            "unresolved": [[]] * len(ids),
        }
        score = {name: article[name] for name in ("place", "article_id", "known_at", "precision")}
        score |= {
            "symbol": list(names[start:end]),
            "mic": ["XNYS"] * len(ids),
            "company": [f"c-{name}" for name in names[start:end]],
            "score": value[start:end],
            "relevance": [80.0] * len(ids),
            "scorer": ["made"] * len(ids),
            "recap": ["title" if place % 5 == 0 else "" for place in range(start, end)],
        }
        shard = folder / "shards" / f"{number:06d}"
        shard.mkdir(parents=True)
        for name, columns in (("articles", article), ("scores", score)):
            schema = _schemas()[name]
            table = pa.Table.from_pydict({one: columns[one] for one in schema.names}, schema=schema)
            pq.write_table(table, shard / f"{name}.parquet")
        counts = {"rows": len(ids), "articles": len(ids), "scores": len(ids), "quarantined": 0}
        (shard / "counts.json").write_text(json.dumps(counts))
    plan = {"version": VERSION, "shards": [{} for _ in starts], "scores": scores, "seed": seed}
    (folder / "plan.json").write_text(json.dumps(plan))
