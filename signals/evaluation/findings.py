"""What an evaluation found, in sentences that may end in "no evidence"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from signals.study.significance import minimum_detectable_effect

if TYPE_CHECKING:
    import pandas as pd

_Row: TypeAlias = "dict[Any, Any]"

_ALONE = (
    "It takes many shares with a score at a time; event_study() asks whether prices follow the "
    "score of events that stand alone."
)


def verdict(ic: pd.DataFrame, lookahead: pd.DataFrame) -> tuple[str, ...]:
    """Say what was found and what could not have been seen; look-ahead comes first.

    Parameters
    ----------
    ic, lookahead
        Tables of an evaluation.
    """
    warning = lookahead_warnings(lookahead)
    tested = ic[ic["p_value"].notna()]
    if not len(tested):
        reason = ic["reason"].iloc[0]
        return (*warning, f"Nothing can be said: {reason}. {_ALONE}")
    found = tested[tested["p_holm"] < 0.05]
    claim = _evidence(found, len(tested)) if len(found) else _no_evidence(tested)
    untested = ic[ic["p_value"].isna()]
    if not len(untested):
        return (*warning, *claim)
    row = _first(untested, "ic")
    left = (
        f"{len(untested)} of {len(ic)} horizons could not be tested; over "
        f"{_sessions(row['horizon'])}: {row['reason']}."
    )
    return (*warning, *claim, left)


def lookahead_warnings(lookahead: pd.DataFrame) -> tuple[str, ...]:
    """Say whether the signal, or a merge of it with returns on the date, looks ahead."""
    sentences = []
    measures = {str(row["measure"]): row for row in lookahead.reset_index().to_dict("records")}
    given = measures["entered when known"]
    if "once the day has ended" in measures:
        ended = measures["once the day has ended"]
        sentences.append(
            "Most of these times are midnights: dates, not instants. A date is known when its day "
            "has ended."
        )
        if given["p_value"] < 0.05 and _outside(given, ended):
            sentences.append(
                f"This is look-ahead: the coefficient of {_with_interval(given)} is "
                f"{_with_interval(ended)} when entered after the day has ended "
                f"({ended['n_sessions']} sessions)."
            )
    merged = measures["merged on the date"]
    if merged["p_value"] < 0.01 and _outside(merged, given):
        sentences.append(
            "Merged with returns on the date, the same scores would show "
            f"{_with_interval(merged)}: that return had begun, or ended, before the story was "
            "known. It is look-ahead, and "
            f"{_with_interval(given)} is what was left to trade on, over one session and raw "
            f"({given['n_sessions']} sessions)."
        )
    return tuple(sentences)


def priced_in(lookahead: pd.DataFrame) -> tuple[str, ...]:
    """Say whether prices had moved with the score before it could be traded on."""
    found = lookahead.loc["20 sessions before"].to_dict()
    if not found["p_value"] < 0.05:
        return ()
    words = (
        "Prices had moved with the score already: with the return of the 20 sessions before the "
        f"entry its coefficient is {_with_interval(found)}, {_counts(found)}. "
        "What it predicts may be momentum, and news that was priced in."
    )
    return (words,)


def _outside(one: _Row, other: _Row) -> bool:
    """Tell whether a coefficient lies outside the interval of another, where there is one."""
    return bool(one["ic"] < other["ci_low"] or one["ic"] > other["ci_high"])


def _evidence(found: pd.DataFrame, tested: int) -> tuple[str, ...]:
    best = _first(found, "p_value")
    which = ", ".join(str(one) for one in found.index)
    claim = (
        f"There is evidence that the score predicts: over {_sessions(best['horizon'])} the mean "
        f"rank information coefficient is {_with_interval(best)}; p {_p(best['p_holm'])} after "
        f"Holm over {_horizons(tested)}; {_counts(best)}."
    )
    return claim, f"Horizons with evidence: {which}. A coefficient says nothing about costs."


def _no_evidence(tested: pd.DataFrame) -> tuple[str, ...]:
    nearest = _first(tested, "p_value")
    claim = (
        "No evidence that the score predicts: at no horizon does the mean rank information "
        "coefficient differ from zero by more than chance explains (the nearest is "
        f"{_ic(nearest['ic'])} over {_sessions(nearest['horizon'])}, 95 % "
        f"{_ic(nearest['ci_low'])} to {_ic(nearest['ci_high'])}, p {_p(nearest['p_holm'])} "
        f"after Holm over {_horizons(len(tested))}; {_counts(nearest)})."
    )
    # What is called evidence has passed Holm's correction: so must what would have been seen.
    seen = minimum_detectable_effect(
        tested["se"].to_numpy(), tested["df"].to_numpy(), tests=len(tested)
    )
    return claim, _unseen(_first(tested.assign(seen=seen), "seen"), len(tested))


def _first(table: pd.DataFrame, column: str) -> _Row:
    ordered = table.sort_values(column, kind="stable").reset_index()
    return {str(name): value for name, value in ordered.iloc[0].items()}


def _unseen(row: _Row, tested: int) -> str:
    after = ", after Holm," if tested > 1 else ""
    return (
        f"A coefficient above {row['seen']:.3f} over {_sessions(row['horizon'])} would have been "
        f"seen{after} in four of five such samples; a smaller one may be there."
    )


def _counts(row: _Row) -> str:
    return f"{row['n']:,} observations in {row['n_sessions']:,} sessions"


def _sessions(horizon: int) -> str:
    return f"{horizon} session" + ("" if horizon == 1 else "s")


def _horizons(count: int) -> str:
    return f"{count} horizon" + ("" if count == 1 else "s")


def _ic(value: float) -> str:
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def _with_interval(row: _Row) -> str:
    return f"{_ic(row['ic'])} (95 % {_ic(row['ci_low'])} to {_ic(row['ci_high'])})"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
