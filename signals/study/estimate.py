"""Event studies: from events and prices to abnormal returns.

``event_study`` reads the events, finds each on the calendar of its own exchange, asks for all
prices once, fits the return model before the event and measures what happened around it. What
falls out on the way keeps a row of ``status`` with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.market.price_source import Prices, as_price_source
from signals.market.prices import PriceTable
from signals.study.arrays import Dates, Floats
from signals.study.confounds import confounded
from signals.study.factors import FactorTable, read_factors
from signals.study.fits import Fit
from signals.study.fitting import fit_windows, read_coverage, volatility_ratio
from signals.study.holes import remark_holes
from signals.study.intake import Calendars, read_events
from signals.study.ledger import Ledger
from signals.study.models import ReturnModel, beta_of, find_model, leads_of
from signals.study.priced import PricedEvents, PriceRequest, fetch_prices, price_events
from signals.study.result import EventStudy
from signals.study.sample import Sample
from signals.study.selection import lose_duplicates, lose_irrelevant
from signals.study.settings import (
    ESTIMATION,
    WINDOWS,
    Settings,
    Window,
    Windows,
    check_factors,
    check_settings,
    markets_of,
    read_count,
    read_market,
    read_relevance,
    read_seed,
    read_window,
    read_windows,
)
from signals.study.significance import select_tests
from signals.study.trade_to_trade import TradeToTrade, bridge_holes


def event_study(  # noqa: PLR0913 (the one function that may have more: all of a study's choices)
    events: pd.DataFrame,
    prices: Prices,
    *,
    model: str | ReturnModel = "market",
    market: str | Mapping[str, str] | None = None,
    factors: pd.DataFrame | FactorTable | None = None,
    estimation: Window = ESTIMATION,
    min_obs: int = 120,
    window: Window = (-5, 5),
    windows: Windows = WINDOWS,
    tests: Sequence[str] | str | None = None,
    seed: int = 0,
    returns: str = "simple",
    missing: str = "drop",
    min_relevance: float = 0.0,
    confounds: pd.DataFrame | None = None,
) -> EventStudy:
    """Measure abnormal returns around events.

    Parameters
    ----------
    events
        One row an event: ``symbol``, and ``session`` (a tz-naive date on which its exchange
        trades) or ``known_at``; optionally ``event_id``, ``mic``, ``company`` and any others,
        which are carried along. Futures, currencies and cryptocurrencies need a ``mic``: the
        exchange with whose sessions their prices open and close. A study keeps one event a company
        and session, and one a symbol and session: the first that was known (of one instant, or
        without ``known_at``, the first row). A missing ``company`` is the one that other events of
        the symbol have; without any each symbol is one, also an ADR and its home line.
    prices
        A price source, a frame that ``FramePrices`` takes, a folder of CSV files, a Parquet file of
        closes or "yahoo"; asked once, for all symbols and markets.
    model
        "mean", "market_adjusted", "market", "capm", "ff3", "ff3_momentum", "ff5",
        "ff5_momentum", "dimson", "scholes_williams", or a ReturnModel.
    market
        Symbol of the market, or a mapping from each symbol to its own: one that closes when the
        share does, since Tokyo's close says little of New York's on the same date. Or a text that
        names one for all and others for some, as "SPY,9984.T=^N225".
    factors
        Series that the model names in ``inputs``, such as "SMB" or "RF": returns by session,
        fractions; ``FactorTable.read_french`` reads Kenneth French's files.
    estimation, window
        Offsets in sessions, both ends included; the model is fitted on the first and abnormal
        returns are measured over the second.
    min_obs
        Least number of valid pairs of returns in the estimation window.
    windows
        What ``caar`` tells of by default, inside ``window``; one alone, as (0, 1), will do.
    tests
        Names of the tests that ``EventStudy.tests`` runs, such as "bmp" or ["cosine", "rank"];
        None for all of them.
    seed
        For tests that draw at random.
    returns
        "simple", or "log" on request, of factors too.
    missing
        What becomes of a return over several sessions, where prices are missing: "drop" it, or
        keep it "trade_to_trade" beside the market's over the same sessions (Maynes and Rumsey,
        Journal of Banking & Finance 17, 1993).
    min_relevance
        From which ``relevance`` on, 0 to 100, an event counts: a story that only mentions a share
        is hardly about it. By default all do.
    confounds
        Earnings dates and the like: ``symbol``, and ``session`` or ``known_at``. An event with one
        of its own share inside ``window`` is True in a column ``confounded`` of the result's
        events; ``EventStudy.confounds`` gives the means with and without such events.

    Raises
    ------
    StudyError
        The request makes no sense, or the events' columns don't; or every event fell out, and
        the error's ``status`` has a row with the reason for each.
    """
    request, fitted = _read_request(
        prices,
        model,
        factors,
        market=market,
        estimation=estimation,
        min_obs=min_obs,
        window=window,
        windows=windows,
        tests=tests,
        seed=seed,
        returns=returns,
        missing=missing,
        min_relevance=min_relevance,
    )
    study = _study(events, request, fitted)
    return study if confounds is None else confounded(study, confounds)


@dataclass(frozen=True, eq=False)
class Needed:
    """What a study of some events reads, whatever becomes of them.

    Attributes
    ----------
    settings
        The arguments.
    prices
        The prices.
    labels
        All sessions of the calendars that the events need, one calendar after the other.
    """

    settings: Settings
    prices: PriceTable
    labels: Dates


def fetch_needed(events: pd.DataFrame, prices: Prices, **arguments: Any) -> Needed:
    """Fetch what ``event_study`` of the same arguments would read, whatever becomes of the events.

    Raises
    ------
    StudyError
        The request makes no sense, or no event belongs to a session.
    """
    given = signature(event_study).bind(events, prices, **arguments)
    given.apply_defaults()
    asked = {**given.arguments}
    for name in ("events", "prices", "confounds"):
        del asked[name]
    request, model = _read_request(prices, asked.pop("model"), asked.pop("factors"), **asked)
    frame, calendars, ledger = _read_events(events, request, model)
    table, blocks = fetch_prices(frame, calendars, ledger, request)
    return Needed(
        request.settings, table, np.concatenate([block.labels.to_numpy() for block in blocks])
    )


def _read_request(
    prices: Prices,
    model: str | ReturnModel,
    factors: pd.DataFrame | FactorTable | None,
    **given: Any,
) -> tuple[PriceRequest, ReturnModel]:
    """Read and check the arguments of a study."""
    fitted = find_model(model)
    origin = factors.origin if isinstance(factors, FactorTable) else ""
    factors = read_factors(factors)
    read = {
        "market": read_market(given["market"]),
        "estimation": read_window(given["estimation"], "estimation"),
        "min_obs": read_count(given["min_obs"], "min_obs", 0),
        "window": read_window(given["window"], "window"),
        "windows": read_windows(given["windows"]),
        "tests": select_tests(given["tests"]),
        "seed": read_seed(given["seed"]),
        "min_relevance": read_relevance(given["min_relevance"]),
    }
    settings = Settings(
        model=fitted.name,
        factors=() if factors is None else tuple(str(name) for name in factors.columns),
        factors_from=origin,
        **{**given, **read},
    )
    check_settings(settings, fitted)
    check_factors(factors, fitted)
    source = as_price_source(prices)
    return PriceRequest(source, settings, fitted.inputs, leads_of(fitted), factors), fitted


def _read_events(
    events: pd.DataFrame, request: PriceRequest, model: ReturnModel
) -> tuple[pd.DataFrame, Calendars, Ledger]:
    """Read the events, each on its calendar and with its market."""
    frame, calendars, ledger = read_events(events)
    ledger.require_some(frame)
    markets = markets_of(frame[ledger.alive], request.settings, model)
    frame["market"] = markets.reindex(frame.index)
    return frame, calendars, ledger


def _study(events: pd.DataFrame, request: PriceRequest, model: ReturnModel) -> EventStudy:
    """Read, price, fit and measure; the ledger says what fell out on the way."""
    settings = request.settings
    frame, calendars, ledger = _read_events(events, request, model)
    lose_irrelevant(frame, settings.min_relevance, ledger)
    ledger.require_some(frame)
    priced = price_events(frame, calendars, ledger, request)
    if settings.missing == "trade_to_trade":
        closes, log = priced.table.closes, settings.returns == "log"
        read = bridge_holes(priced.grid, priced.places, closes, log=log)
        model, priced = TradeToTrade(model), replace(priced, grid=read[0], places=read[1])
    sample, measured = _fit(priced, model, settings)
    _lose_unfitted(priced, sample.fit, settings, ledger)
    abnormal, errors = sample.abnormal(*settings.window)
    remark_holes(frame, priced, sample, abnormal, settings=settings, ledger=ledger)
    lose_duplicates(frame, ledger)
    ledger.require_some(frame)

    # The sample stands in the order of prices, the result in that of the events.
    order = np.argsort(priced.chosen)
    kept = order[ledger.alive[priced.chosen[order]]]
    rows = frame.iloc[priced.chosen[kept]].reset_index(drop=True)
    described = pd.concat([rows, measured.iloc[kept].reset_index(drop=True)], axis=1)
    described = described.set_index("event_id")
    offsets = pd.RangeIndex(settings.window[0], settings.window[1] + 1, name="offset")

    def by_offset(values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values[kept], index=described.index, columns=offsets, copy=False)

    with np.errstate(invalid="ignore"):
        standardised = np.divide(abnormal, errors, out=errors)
    return EventStudy(
        events=described,
        abnormal=by_offset(abnormal),
        sar=by_offset(standardised),
        status=ledger.status(frame),
        prices=priced.table,
        settings=settings,
        sample=sample.take(kept),
    )


def _fit(
    priced: PricedEvents, model: ReturnModel, settings: Settings
) -> tuple[Sample, pd.DataFrame]:
    """Fit the model to every event's estimation window, and describe the windows."""
    grid, places, estimation = priced.grid, priced.places, settings.estimation
    fit = fit_windows(grid, places, model, estimation)
    sample = Sample(grid, places, model, fit, estimation, settings.window)
    beta, beta_se = beta_of(model, fit)
    columns: dict[str, npt.ArrayLike] = {"alpha": np.full(len(fit.df), np.nan), "beta": beta}
    columns |= {name: fit.coefficients[:, place] for place, name in enumerate(model.parameters)}
    columns["beta_se"] = beta_se
    columns |= {"sigma": fit.sigma, "n_obs": fit.n_obs, "df": fit.df, "r2": fit.r2}
    found = read_coverage(sample)
    for name, offset in (("estimation_start", found.first), ("estimation_end", found.last)):
        row = places.row + estimation[0] + offset
        label = grid.labels[np.clip(row, 0, len(grid.labels) - 1)]
        columns[name] = np.where(fit.n_obs > 0, label, np.datetime64("NaT", "us"))
    columns |= {"zero_return_share": found.zeros, "volatility_ratio": volatility_ratio(sample)}
    return sample, pd.DataFrame(columns)


def _lose_unfitted(priced: PricedEvents, fit: Fit, settings: Settings, ledger: Ledger) -> None:
    """Lose events with too few pairs, or whose pairs don't determine the model."""
    n_obs = np.zeros(len(ledger.alive), dtype=np.int64)
    n_obs[priced.chosen] = fit.n_obs
    width = settings.estimation[1] - settings.estimation[0] + 1
    ledger.lose(
        priced.chosen[fit.n_obs < settings.min_obs],
        "too_few_observations",
        lambda place: (
            f"{n_obs[place]} of the {width} sessions of the estimation window have all the "
            f"returns that the model reads; min_obs asks for {settings.min_obs}."
        ),
    )
    ledger.lose(
        priced.chosen[~np.isfinite(fit.sigma)],
        "model_not_identified",
        "The returns before the event don't determine the model: a series never moved, or the "
        "share is its own market.",
    )
