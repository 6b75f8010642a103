"""In which currency a listing trades, as far as its symbol says."""

from __future__ import annotations

_SUFFIXES_BY_CURRENCY = {
    "EUR": "DE F PA AS BR MC MI HE IR LS VI AT BE DU HM HA MU SG TL RG VS",
    "JPY": "T",
    "HKD": "HK",
    "KRW": "KS KQ",
    "TWD": "TW TWO",
    "CNY": "SS SZ",
    "INR": "NS BO",
    "AUD": "AX",
    "CAD": "TO V CN NE",
    "GBP": "L AQ",
    "CHF": "SW",
    "SEK": "ST",
    "DKK": "CO",
    "NOK": "OL",
    "BRL": "SA",
    "MXN": "MX",
    "SGD": "SI",
    "ZAR": "JO",
    "ILS": "TA",
    "SAR": "SR",
    "NZD": "NZ",
}
_CURRENCIES = {
    suffix: currency
    for currency, suffixes in _SUFFIXES_BY_CURRENCY.items()
    for suffix in suffixes.split()
}


def currency_of(symbol: str) -> str | None:
    """Give the currency that a symbol's suffix names (ISO 4217); None where that is unknown."""
    _, dot, suffix = symbol.rpartition(".")
    return _CURRENCIES.get(suffix) if dot else "USD"
