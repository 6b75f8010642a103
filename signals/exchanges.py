"""Exchanges: how news writes them, their MIC, Yahoo's suffix and their calendar.

A leaf: it knows no article and no price. One line of ``_ROWS`` is one exchange; to add an
exchange, add a line. Facts: ISO 10383 (MICs), ISO 4217, Yahoo Finance's suffixes, Bloomberg's
codes, and the names of the calendars in exchange_calendars.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import NamedTuple

from signals.errors import SymbolError


class Venue(NamedTuple):
    """One exchange; a field is empty where there is nothing to say.

    Attributes
    ----------
    mic
        ISO 10383 market identifier code.
    name
        What people call it.
    suffix
        What Yahoo writes after the dot of a symbol; empty for American venues.
    currency
        In which its shares trade.
    calendar
        Name of its calendar in exchange_calendars.
    tickers
        "numbers" where they may be numbers, as in Tokyo; "classes" where a class of shares stands
        behind a blank, as in ``VOLV B``. Elsewhere a number behind a prefix is no ticker.
    bloomberg
        What Bloomberg writes behind a ticker, separated by spaces.
    prefixes
        How it is written before a ticker, in capitals, with letters and digits only, separated
        by spaces: "NYSE American" is ``NYSEAMERICAN``. One that is a word or a name too ends in
        ``?``: it means the exchange only inside brackets, or in capitals close to a ticker.
    """

    mic: str
    name: str
    suffix: str
    currency: str
    calendar: str
    tickers: str
    bloomberg: str
    prefixes: str


class Listing(NamedTuple):
    """A symbol in Yahoo's spelling, and the MIC of the exchange that it trades on."""

    symbol: str
    mic: str


# The columns are the fields of Venue, in their order.
_ROWS = """
XNAS | Nasdaq                           |     | USD | XNYS |         | | NASDAQ NASDAQGS NASDAQGM NASDAQCM XNAS NMS NGM NCM NASDAQGLOBAL NASDAQCAPITAL
XNYS | New York Stock Exchange          |     | USD | XNYS |         | US UN UW UQ UR UA UP | NYSE XNYS NYQ NEWYORKSTOCKEXCHANGE
XASE | NYSE American                    |     | USD | XNYS |         | | NYSEAMERICAN NYSEMKT AMEX ASE? NYSEAMER
ARCX | NYSE Arca                        |     | USD | XNYS |         | | NYSEARCA ARCA PCX
BATS | Cboe BZX                         |     | USD | XNYS |         | | BATS CBOE CBOEBZX BZX
IEXG | Investors Exchange               |     | USD | XNYS |         | | IEX
PINX | OTC Markets (Pink)               |     | USD | XNYS |         | | OTC OTCMKTS OTCM OTCMARKETS OTCPK OTCPINK PINK? PNK PINX GREY? OTCBB OTCOTHER OTCMKT OTCID
OTCQ | OTCQX                            |     | USD | XNYS |         | | OTCQX
OTCB | OTCQB                            |     | USD | XNYS |         | | OTCQB
XTSE | Toronto Stock Exchange           | TO  | CAD | XTSE |         | CN CT | TSX TOR? XTSE
XTSX | TSX Venture                      | V   | CAD | XTSE |         | | TSXV CVE TSXVENTURE
XCNQ | Canadian Securities Exchange     | CN  | CAD | XTSE |         | | CSE CNSX CNQ
NEOE | Cboe Canada (NEO)                | NE  | CAD | XTSE |         | | NEO? CBOECA
XLON | London Stock Exchange            | L   | GBP | XLON |         | LN | LON LSE AIM? XLON LSEAIM
XLON | LSE International Order Book     | IL  |     | XLON |         | | IOB
AQXE | Aquis Exchange                   | AQ  | GBP | XLON |         | | AQSE AQUIS
XTKS | Tokyo Stock Exchange             | T   | JPY | XTKS | numbers | JP JT | TYO JPX TOKYO? XTKS
XHKG | Hong Kong Exchanges              | HK  | HKD | XHKG | numbers | HK | HKG HKEX SEHK HKSE HK?
XKRX | Korea Exchange (KOSPI)           | KS  | KRW | XKRX | numbers | KS KP | KRX KOSPI KSC
XKOS | Korea Exchange (KOSDAQ)          | KQ  | KRW | XKRX | numbers | KQ | KOSDAQ KOE
XTAI | Taiwan Stock Exchange            | TW  | TWD | XTAI | numbers | TT | TWSE TPE TAI
ROCO | Taipei Exchange                  | TWO | TWD | XTAI | numbers | | TPEX TWO?
XSHG | Shanghai                         | SS  | CNY | XSHG | numbers | | SHA SSE SHSE SHH
XSHE | Shenzhen                         | SZ  | CNY | XSHG | numbers | | SHE SZSE SHZ
XNSE | National Stock Exchange of India | NS  | INR | XBOM |         | IN IS | NSE NSI
XBOM | BSE (Bombay)                     | BO  | INR | XBOM | numbers | IB | BSE BOM
XASX | ASX                              | AX  | AUD | XASX |         | AU AT | ASX
XNZE | NZX                              | NZ  | NZD | XNZE |         | | NZX NZE NZSE
XSES | Singapore                        | SI  | SGD | XSES |         | SP | SGX SES
XKLS | Bursa Malaysia                   | KL  | MYR | XKLS | numbers | | KLSE BURSA KLS
XBKK | Thailand                         | BK  | THB | XBKK |         | | SET? BKK
XIDX | Indonesia                        | JK  | IDR | XIDX |         | | IDX? JKT
XPHS | Philippines                      | PS  | PHP | XPHS |         | | PSE PHS
XSTC | Ho Chi Minh                      | VN  | VND |      |         | | HOSE
XETR | Deutsche Boerse Xetra            | DE  | EUR | XETR |         | GR GY | ETR XETRA XTRA GER? XETR
XFRA | Frankfurt floor                  | F   | EUR | XFRA |         | | FRA FWB FSE
XPAR | Euronext Paris                   | PA  | EUR | XPAR |         | FP | EPA ENXTPA PAR? EURONEXTPARIS XPAR
XAMS | Euronext Amsterdam               | AS  | EUR | XAMS |         | NA | AMS ENXTAM EURONEXTAMSTERDAM XAMS
XBRU | Euronext Brussels                | BR  | EUR | XBRU |         | BB | EBR BRU? ENXTBR EURONEXTBRUSSELS
XLIS | Euronext Lisbon                  | LS  | EUR | XLIS |         | | ELI LIS ENXTLS
XDUB | Euronext Dublin                  | IR  | EUR | XDUB |         | | ISE? DUB? EURONEXTDUBLIN
MTAA | Euronext Milan                   | MI  | EUR | XMIL |         | IM | BIT? MIL? BORSAITALIANA
XMAD | Bolsa de Madrid                  | MC  | EUR | XMAD |         | SM | BME MCE MAD
XSWX | SIX Swiss Exchange               | SW  | CHF | XSWX |         | SW SE VX | SWX SIX? SIXSWISS EBS VTX
XWBO | Wiener Boerse                    | VI  | EUR | XWBO |         | | VIE? WBAG
XSTO | Nasdaq Stockholm                 | ST  | SEK | XSTO | classes | SS | STO OM? OMX
XCSE | Nasdaq Copenhagen                | CO  | DKK | XCSE | classes | DC | CPH CPSE
XHEL | Nasdaq Helsinki                  | HE  | EUR | XHEL | classes | FH | HEL? OMXH
XICE | Nasdaq Iceland                   | IC  | ISK | XICE | classes | | ICSE
XOSL | Oslo Bors                        | OL  | NOK | XOSL | classes | NO | OSL OB? OSE
XWAR | Warsaw                           | WA  | PLN | XWAR |         | | WSE WAR
XPRA | Prague                           | PR  | CZK | XPRA |         | | PRA?
XBUD | Budapest                         | BD  | HUF | XBUD |         | | BUD? BUSE
XBSE | Bucharest                        | RO  | RON | XBSE |         | | BVB
ASEX | Athens                           | AT  | EUR | ASEX |         | | ATH ATSE
XIST | Borsa Istanbul                   | IS  | TRY | XIST |         | | IST? BIST
XTAE | Tel Aviv                         | TA  | ILS | XTAE | numbers | | TLV TASE
XSAU | Saudi Exchange                   | SR  | SAR | XSAU | numbers | | TADAWUL SASE
XDFM | Dubai Financial Market           | AE  | AED |      |         | | DFM
XADS | Abu Dhabi                        | AE  | AED |      | numbers | | ADX
DSMD | Qatar                            | QA  | QAR |      |         | | QSE DOH? DSM
XKUW | Kuwait                           | KW  | KWD |      | numbers | | KWSE KUW
XCAI | Egypt                            | CA  | EGP |      |         | | EGX CAI?
XJSE | Johannesburg                     | JO  | ZAR | XJSE |         | SJ | JSE
BVMF | B3 Sao Paulo                     | SA  | BRL | BVMF |         | BZ BS | BVMF B3 BOVESPA SAO?
XMEX | Mexico                           | MX  | MXN | XMEX |         | | BMV MEX?
XBUE | Buenos Aires                     | BA  | ARS | XBUE |         | | BCBA BUE? BYMA
XSGO | Santiago                         | SN  | CLP | XSGO |         | | SGO BCS
XBOG | Colombia                         | CL  | COP | XBOG |         | | BVC
XTAL | Nasdaq Tallinn                   | TL  | EUR | XTAL |         | | TAL?
XRIS | Nasdaq Riga                      | RG  | EUR | XRIS |         | | RIS RSE
XLIT | Nasdaq Vilnius                   | VS  | EUR | XLIT |         | | VSE LIT?
XBER | Berlin                           | BE  | EUR | XHAM |         | | BER?
XDUS | Dusseldorf                       | DU  | EUR | XDUS |         | | DUS?
XHAM | Hamburg                          | HM  | EUR | XHAM |         | | HAM?
XHAN | Hanover                          | HA  | EUR | XHAM |         | | HAN?
XMUN | Munich                           | MU  | EUR | XHAM |         | | MUN?
XSTU | Stuttgart                        | SG  | EUR | XSTU |         | | STU?
XBRE | Bremen                           | BM  | EUR | XHAM |         | |
ETLX | EuroTLX                          | TI  | EUR | XMIL |         | |
CHIA | Cboe Australia                   | XA  | AUD | XASX |         | |
MISX | Moscow                           | ME  | RUB | XMOS |         | | MCX MOEX
"""  # noqa: E501 (one line is one exchange)

VENUES: tuple[Venue, ...] = tuple(
    Venue._make(map(str.strip, row.split("|"))) for row in _ROWS.strip().splitlines()
)
"""Exchanges; of several with one MIC, suffix or code the first counts."""

INDEXES = {
    # XNYS stands for the American venues, as in ``mic_of``.
    "XNYS": "^GSPC ^SPX ^SP500TR ^OEX ^MID ^SP400 ^SP600 ^SP1500 ^DJI ^DJA ^DJT ^DJU ^NYA ^XAX "
    "^NYFANG ^IXIC ^NDX ^NDXE ^XNDX ^XCMP ^IXF ^BANK ^NBI ^RUT ^RUI ^RUA ^RLG ^RLV ^W5000 ^SOX "
    "^BKX ^KRX ^XAU ^OSX ^HGX ^VIX ^VIX9D ^VIX3M ^VVIX ^VXN ^SKEW ^IRX ^FVX ^TNX ^TYX",
    "XTSE": "^GSPTSE",
    "XTSX": "^SPCDNX",
    "XLON": "^FTSE ^FTMC ^FTLC ^FTAS ^FTSC ^FTAI ^BUK100P",
    "XTKS": "^N225 ^N300",
    "XHKG": "^HSI ^HSCE ^HSCC ^HSNF ^HSNU ^HSNP ^HSNC",
    "XKRX": "^KS11 ^KS200",
    "XKOS": "^KQ11",
    "XTAI": "^TWII",
    "ROCO": "^TWOII",
    "XNSE": "^NSEI ^NSEBANK ^NSMIDCP ^NSEMDCP50 ^CRSLDX ^CRSMID ^CNX100 ^CNXIT ^CNXPHARMA ^CNXFMCG "
    "^CNXAUTO ^CNXMETAL ^CNXENERGY ^CNXREALTY ^CNXINFRA ^CNXPSUBANK ^CNXMEDIA ^INDIAVIX",
    "XBOM": "^BSESN",
    "XASX": "^AXJO ^AORD ^AXKO ^ATLI ^AFLI ^ATOI ^AXMD ^AXSO ^AXFJ ^AXEJ ^AXMJ ^AXHJ ^AXIJ ^AXSJ "
    "^AXDJ ^AXNJ ^AXTJ ^AXUJ ^AXPJ ^AXJR ^AXXJ",
    "XNZE": "^NZ50",
    "XSES": "^STI",
    "XKLS": "^KLSE",
    "XIDX": "^JKSE ^JKLQ45",
    "XETR": "^GDAXI ^MDAXI ^SDAXI ^TECDAX",
    # Indexes of several countries go by Euronext's days, which STOXX's own are.
    "XPAR": "^FCHI ^SBF120 ^CN20 ^N100 ^N150 ^STOXX50E ^STOXX",
    "XAMS": "^AEX ^AMX",
    "XBRU": "^BFX",
    "XLIS": "^BVLG",
    "XDUB": "^ISEQ",
    "XMAD": "^IBEX",
    "XSWX": "^SSMI",
    "XWBO": "^ATX",
    "XSTO": "^OMX ^OMXS30 ^OMXSPI ^OMXN40",
    "XCSE": "^OMXC20 ^OMXC25",
    "XHEL": "^OMXH25 ^OMXHPI",
    "XICE": "^OMXIPI",
    "XOSL": "^OSEAX",
    "XTAL": "^OMXTGI",
    "XRIS": "^OMXRGI",
    "XLIT": "^OMXVGI",
    "BVMF": "^BVSP ^IBX50",
    "XMEX": "^MXX",
    "XBUE": "^MERV",
    "XSGO": "^IPSA ^SPIPSA",
    "XCAI": "^CASE30",
}
"""Indexes whose symbols in Yahoo's spelling have no suffix, by the exchange of their shares."""

CRYPTO, OWN_HOURS, UNKNOWN_INDEX, UNKNOWN_SUFFIX = "CRYPTO", "HOURS", "INDEX", "SUFFIX"
"""What stands for the MIC of what has none, or none that is known: it has no calendar."""

_DAYS_UNKNOWN = {
    CRYPTO: "A cryptocurrency has no trading calendar, so it has no sessions",
    OWN_HOURS: "A future or a currency has hours of its own, which are no exchange's sessions",
    UNKNOWN_INDEX: "It is an index whose exchange isn't known here, so its sessions are unknown",
    UNKNOWN_SUFFIX: "Its suffix names no exchange known here: Yahoo writes VOD.L, 7203.T or SAP.DE",
}

AMERICAN = frozenset(venue.mic for venue in VENUES if not venue.suffix)
OVER_THE_COUNTER = frozenset({"PINX", "OTCQ", "OTCB"})
"""MICs of American venues, and of those that are no exchanges."""

BY_BLOOMBERG = {code: venue for venue in reversed(VENUES) for code in venue.bloomberg.split()}
"""Bloomberg's code of a country or an exchange -> the exchange."""

WORDLIKE_PREFIXES = frozenset(
    prefix[:-1] for venue in VENUES for prefix in venue.prefixes.split() if prefix[-1] == "?"
)
"""Prefixes that are words or names too."""

_NOT_KEY = re.compile(r"[^A-Z0-9]+")
_BY_PREFIX = {_NOT_KEY.sub("", venue.name.upper()): venue for venue in reversed(VENUES)}
_BY_PREFIX |= {code: one for one in VENUES for code in one.prefixes.replace("?", "").split()}
_BY_SUFFIX = {venue.suffix: venue for venue in reversed(VENUES) if venue.suffix}
_BY_INDEX = {symbol: mic for mic, symbols in INDEXES.items() for symbol in symbols.split()}
_CALENDARS = {venue.mic: venue.calendar for venue in VENUES}

# A class of shares has one or two letters behind the dash, "BTC-USD" a currency.
_MONEY = "|".join(sorted({venue.currency for venue in VENUES if venue.currency}))
_OWN_HOURS = re.compile(rf".*=[FX]|\w+-({_MONEY}|BTC|ETH|USD[CT])")
# Four digits, or three and a letter, are Tokyo's codes; "TSE" means Toronto before anything else.
_TOKYO_CODE = re.compile(r"\d{4}|\d{3}[A-Z]")
# What may be pasted into a URL or a file name as a symbol.
_VALID_SYMBOL = re.compile(r"[A-Z0-9^][A-Z0-9.\-=^&]{0,19}")


@lru_cache(4096)
def prefix_key(prefix: str) -> str:
    """Give a prefix as ``VENUES`` spells it: capitals, letters and digits only."""
    return _NOT_KEY.sub("", prefix.upper())


def find_venue(prefix: str, ticker: str = "") -> Venue | None:
    """Find the exchange that a prefix names, or None when no exchange is written so.

    Parameters
    ----------
    prefix
        As written, such as ``"NASDAQ"``, ``"OTC.BB"`` or ``"NYSE American"``.
    ticker
        What follows the prefix. It decides what "TSE" means: Tokyo before four digits, or
        three digits and a letter, and Toronto before anything else.
    """
    key = prefix_key(prefix)
    if key == "TSE":
        key = "TYO" if _TOKYO_CODE.fullmatch(ticker.strip().upper()) else "TSX"
    return _BY_PREFIX.get(key)


@lru_cache(4096)
def spell_symbol(ticker: str, venue: Venue) -> Listing:
    """Spell a ticker of an exchange as Yahoo does.

    ``BRK.B`` in New York is ``BRK-B``, ``VOLV B`` in Stockholm ``VOLV-B.ST``, ``700`` in Hong
    Kong ``0700.HK``; ``LKNC.Y`` over the counter is ``LKNCY``, and ``K.TO`` in Toronto has its
    suffix already.

    Raises
    ------
    SymbolError
        The ticker has characters that no symbol has.
    """
    plain = ticker.strip().upper().rstrip(".")
    if venue.suffix:
        plain = plain.removesuffix(f".{venue.suffix}")
    elif venue.mic in OVER_THE_COUNTER and re.fullmatch(r"[A-Z]{4}\.[YF]", plain):
        plain = plain.replace(".", "")
    plain = re.sub(r"[\s./]+", "-", plain)
    if venue.mic == "XHKG" and plain.isdigit():
        plain = plain.lstrip("0").zfill(4)
    symbol = f"{plain}.{venue.suffix}" if venue.suffix else plain
    return Listing(validate_symbol(symbol), venue.mic)


def resolve(prefix: str, ticker: str) -> Listing:
    """Turn a prefix and a ticker, as news writes them, into a listing.

    Raises
    ------
    SymbolError
        The prefix names no known exchange (the nearest known one is suggested), or the ticker
        can't be a symbol.

    Examples
    --------
    >>> resolve("NASDAQ", "MSFT")
    Listing(symbol='MSFT', mic='XNAS')
    >>> resolve("TSE", "9984")
    Listing(symbol='9984.T', mic='XTKS')
    """
    venue = find_venue(prefix, ticker)
    if venue is None:
        near = difflib.get_close_matches(prefix_key(prefix), [*_BY_PREFIX, "TSE"], n=1)
        hint = f"; the nearest known one is {near[0]}" if near else ""
        raise SymbolError(f"{prefix!r} before {ticker!r} is no exchange prefix known here{hint}.")
    return spell_symbol(ticker, venue)


def normalize_symbol(written: str) -> str:
    """Turn ``PREFIX:TICKER``, or a symbol already in Yahoo's spelling, into Yahoo's spelling.

    Raises
    ------
    SymbolError
        The prefix is unknown, or no symbol looks like this.

    Examples
    --------
    >>> normalize_symbol("TSE:9984")
    '9984.T'
    >>> normalize_symbol("NYSE: BRK.B")
    'BRK-B'
    """
    if not isinstance(written, str):
        raise SymbolError(f"A symbol is text, such as 'MSFT', not {type(written).__name__}.")
    prefix, colon, ticker = written.partition(":")
    if colon:
        return resolve(prefix, ticker).symbol
    return validate_symbol(written.strip().upper())


def validate_symbol(symbol: str) -> str:
    """Return the symbol when it can be one: safe in a URL and in a file name.

    Raises
    ------
    SymbolError
        It has other characters than capitals, digits and ``. - = ^ &``, or more than 20.
    """
    if not _VALID_SYMBOL.fullmatch(symbol):
        raise SymbolError(
            f"{symbol[:40]!r} is no symbol: it takes 1 to 20 capitals, digits and . - = ^ &, "
            "as in BRK-B."
        )
    return symbol


def mic_of(symbol: str) -> str:
    """Give the MIC that a symbol's suffix names; one without a suffix trades in New York.

    The American venues share one calendar, so XNYS stands for all of them here, also before a
    letter that names a class, as in BRK.B. An index trades when its shares do, as ``INDEXES`` says;
    of one that it doesn't name, and of a suffix of several letters that no exchange has, such as
    Bloomberg's VOD.LN, the days are unknown. So are they of futures (CL=F), currencies (EURUSD=X)
    and cryptocurrencies (BTC-USD): in New York's session a price from before the news would count.
    """
    _, dot, suffix = symbol.rpartition(".")
    venue = _BY_SUFFIX.get(suffix) if dot else None
    if venue is not None:
        return venue.mic
    if dot and len(suffix) > 1 and symbol not in _BY_INDEX:
        return UNKNOWN_SUFFIX
    if own := _OWN_HOURS.fullmatch(symbol):
        return CRYPTO if own[1] else OWN_HOURS
    return _BY_INDEX.get(symbol, UNKNOWN_INDEX if symbol.startswith("^") else "XNYS")


def has_suffix(symbol: str) -> bool:
    """Tell whether what stands behind a symbol's last dot is an exchange's suffix."""
    _, dot, suffix = symbol.rpartition(".")
    return bool(dot) and suffix in _BY_SUFFIX


def currency_of(symbol: str) -> str | None:
    """Give the currency that a symbol's suffix names (ISO 4217); None where that is unknown."""
    _, dot, suffix = symbol.rpartition(".")
    if not dot:
        return "USD"
    venue = _BY_SUFFIX.get(suffix)
    return venue.currency or None if venue else None


def calendar_name(mic: str) -> str:
    """Give the name in exchange_calendars of an exchange's calendar.

    Raises
    ------
    SymbolError
        The MIC is unknown here, or there is no calendar of that exchange.
    """
    calendar = _CALENDARS.get(mic)
    if mic in _DAYS_UNKNOWN:
        raise SymbolError(f"{_DAYS_UNKNOWN[mic]}.")
    if calendar is None:
        raise SymbolError(f"{mic!r} is no exchange known here; XNYS, XNAS, XLON or XTKS are.")
    if not calendar:
        raise SymbolError(f"There is no trading calendar of {mic}, so its sessions are unknown.")
    return calendar
