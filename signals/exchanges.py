"""Exchanges: how news writes them, their MIC, Yahoo's suffix and their calendar.

A leaf: it knows no article and no price. One row of ``VENUES`` is one exchange; to add
an exchange, add a row (where tickers are numbers, or a prefix is a word too, the recognisers
of ``signals.news.notations`` have to know). Facts: ISO 10383 (MICs), Yahoo Finance's suffixes,
and the names of the calendars in exchange_calendars.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import NamedTuple

from signals.errors import SymbolError


class Venue(NamedTuple):
    """One exchange.

    Attributes
    ----------
    mic
        ISO 10383 market identifier code.
    name
        What people call it.
    suffix
        What Yahoo writes after the dot of a symbol; empty for American venues.
    calendar
        Name of its calendar in exchange_calendars; empty when there is none.
    prefixes
        How it is written before a ticker, in capitals, with letters and digits only, separated
        by spaces: "NYSE American" is ``NYSEAMERICAN``.
    """

    mic: str
    name: str
    suffix: str
    calendar: str
    prefixes: str


class Listing(NamedTuple):
    """A symbol in Yahoo's spelling, and the MIC of the exchange that it trades on."""

    symbol: str
    mic: str


VENUES: tuple[Venue, ...] = (
    Venue(
        "XNAS",
        "Nasdaq",
        "",
        "XNYS",
        "NASDAQ NASDAQGS NASDAQGM NASDAQCM XNAS NMS NGM NCM NASDAQGLOBAL NASDAQCAPITAL",
    ),
    Venue("XNYS", "New York Stock Exchange", "", "XNYS", "NYSE XNYS NYQ NEWYORKSTOCKEXCHANGE"),
    Venue("XASE", "NYSE American", "", "XNYS", "NYSEAMERICAN NYSEMKT AMEX ASE NYSEAMER"),
    Venue("ARCX", "NYSE Arca", "", "XNYS", "NYSEARCA ARCA PCX"),
    Venue("BATS", "Cboe BZX", "", "XNYS", "BATS CBOE CBOEBZX BZX"),
    Venue("IEXG", "Investors Exchange", "", "XNYS", "IEX"),
    Venue(
        "PINX",
        "OTC Markets (Pink)",
        "",
        "XNYS",
        "OTC OTCMKTS OTCM OTCMARKETS OTCPK OTCPINK PINK PNK PINX GREY OTCBB OTCOTHER OTCMKT OTCID",
    ),
    Venue("OTCQ", "OTCQX", "", "XNYS", "OTCQX"),
    Venue("OTCB", "OTCQB", "", "XNYS", "OTCQB"),
    Venue("XTSE", "Toronto Stock Exchange", "TO", "XTSE", "TSX TOR XTSE"),
    Venue("XTSX", "TSX Venture", "V", "XTSE", "TSXV CVE TSXVENTURE"),
    Venue("XCNQ", "Canadian Securities Exchange", "CN", "XTSE", "CSE CNSX CNQ"),
    Venue("NEOE", "Cboe Canada (NEO)", "NE", "XTSE", "NEO CBOECA"),
    Venue("XLON", "London Stock Exchange", "L", "XLON", "LON LSE AIM XLON LSEAIM"),
    Venue("XLON", "LSE International Order Book", "IL", "XLON", "IOB"),
    Venue("AQXE", "Aquis Exchange", "AQ", "XLON", "AQSE AQUIS"),
    Venue("XTKS", "Tokyo Stock Exchange", "T", "XTKS", "TYO JPX XTKS"),
    Venue("XHKG", "Hong Kong Exchanges", "HK", "XHKG", "HKG HKEX SEHK HKSE HK"),
    Venue("XKRX", "Korea Exchange (KOSPI)", "KS", "XKRX", "KRX KOSPI KSC"),
    Venue("XKOS", "Korea Exchange (KOSDAQ)", "KQ", "XKRX", "KOSDAQ KOE"),
    Venue("XTAI", "Taiwan Stock Exchange", "TW", "XTAI", "TWSE TPE TAI"),
    Venue("ROCO", "Taipei Exchange", "TWO", "XTAI", "TPEX TWO"),
    Venue("XSHG", "Shanghai", "SS", "XSHG", "SHA SSE SHSE SHH"),
    Venue("XSHE", "Shenzhen", "SZ", "XSHG", "SHE SZSE SHZ"),
    Venue("XNSE", "National Stock Exchange of India", "NS", "XBOM", "NSE NSI"),
    Venue("XBOM", "BSE (Bombay)", "BO", "XBOM", "BSE BOM"),
    Venue("XASX", "ASX", "AX", "XASX", "ASX"),
    Venue("XNZE", "NZX", "NZ", "XNZE", "NZX NZE NZSE"),
    Venue("XSES", "Singapore", "SI", "XSES", "SGX SES"),
    Venue("XKLS", "Bursa Malaysia", "KL", "XKLS", "KLSE BURSA KLS"),
    Venue("XBKK", "Thailand", "BK", "XBKK", "SET BKK"),
    Venue("XIDX", "Indonesia", "JK", "XIDX", "IDX JKT"),
    Venue("XPHS", "Philippines", "PS", "XPHS", "PSE PHS"),
    Venue("XSTC", "Ho Chi Minh", "VN", "", "HOSE"),
    Venue("XETR", "Deutsche Boerse Xetra", "DE", "XETR", "ETR XETRA XTRA GER XETR"),
    Venue("XFRA", "Frankfurt floor", "F", "XFRA", "FRA FWB FSE"),
    Venue("XPAR", "Euronext Paris", "PA", "XPAR", "EPA ENXTPA PAR EURONEXTPARIS XPAR"),
    Venue("XAMS", "Euronext Amsterdam", "AS", "XAMS", "AMS ENXTAM EURONEXTAMSTERDAM XAMS"),
    Venue("XBRU", "Euronext Brussels", "BR", "XBRU", "EBR BRU ENXTBR EURONEXTBRUSSELS"),
    Venue("XLIS", "Euronext Lisbon", "LS", "XLIS", "ELI LIS ENXTLS"),
    Venue("XDUB", "Euronext Dublin", "IR", "XDUB", "ISE DUB EURONEXTDUBLIN"),
    Venue("MTAA", "Euronext Milan", "MI", "XMIL", "BIT MIL BORSAITALIANA"),
    Venue("XMAD", "Bolsa de Madrid", "MC", "XMAD", "BME MCE MAD"),
    Venue("XSWX", "SIX Swiss Exchange", "SW", "XSWX", "SWX SIX EBS VTX"),
    Venue("XWBO", "Wiener Boerse", "VI", "XWBO", "VIE WBAG"),
    Venue("XSTO", "Nasdaq Stockholm", "ST", "XSTO", "STO OM OMX"),
    Venue("XCSE", "Nasdaq Copenhagen", "CO", "XCSE", "CPH CPSE"),
    Venue("XHEL", "Nasdaq Helsinki", "HE", "XHEL", "HEL OMXH"),
    Venue("XICE", "Nasdaq Iceland", "IC", "XICE", "ICSE"),
    Venue("XOSL", "Oslo Bors", "OL", "XOSL", "OSL OB OSE"),
    Venue("XWAR", "Warsaw", "WA", "XWAR", "WSE WAR"),
    Venue("XPRA", "Prague", "PR", "XPRA", "PRA"),
    Venue("XBUD", "Budapest", "BD", "XBUD", "BUD BUSE"),
    Venue("XBSE", "Bucharest", "RO", "XBSE", "BVB"),
    Venue("ASEX", "Athens", "AT", "ASEX", "ATH ATSE"),
    Venue("XIST", "Borsa Istanbul", "IS", "XIST", "IST BIST"),
    Venue("XTAE", "Tel Aviv", "TA", "XTAE", "TLV TASE"),
    Venue("XSAU", "Saudi Exchange", "SR", "XSAU", "TADAWUL SASE"),
    Venue("XDFM", "Dubai Financial Market", "AE", "", "DFM"),
    Venue("XADS", "Abu Dhabi", "AE", "", "ADX"),
    Venue("DSMD", "Qatar", "QA", "", "QSE DOH DSM"),
    Venue("XKUW", "Kuwait", "KW", "", "KWSE KUW"),
    Venue("XCAI", "Egypt", "CA", "", "EGX CAI"),
    Venue("XJSE", "Johannesburg", "JO", "XJSE", "JSE"),
    Venue("BVMF", "B3 Sao Paulo", "SA", "BVMF", "BVMF B3 BOVESPA SAO"),
    Venue("XMEX", "Mexico", "MX", "XMEX", "BMV MEX"),
    Venue("XBUE", "Buenos Aires", "BA", "XBUE", "BCBA BUE BYMA"),
    Venue("XSGO", "Santiago", "SN", "XSGO", "SGO BCS"),
    Venue("XBOG", "Colombia", "CL", "XBOG", "BVC"),
    Venue("XTAL", "Nasdaq Tallinn", "TL", "XTAL", "TAL"),
    Venue("XRIS", "Nasdaq Riga", "RG", "XRIS", "RIS RSE"),
    Venue("XLIT", "Nasdaq Vilnius", "VS", "XLIT", "VSE LIT"),
    Venue("XBER", "Berlin", "BE", "XFRA", "BER"),
    Venue("XDUS", "Dusseldorf", "DU", "XFRA", "DUS"),
    Venue("XHAM", "Hamburg", "HM", "XFRA", "HAM"),
    Venue("XHAN", "Hanover", "HA", "XFRA", "HAN"),
    Venue("XMUN", "Munich", "MU", "XFRA", "MUN"),
    Venue("XSTU", "Stuttgart", "SG", "XFRA", "STU"),
    Venue("MISX", "Moscow", "ME", "XMOS", "MCX MOEX"),
)

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

CRYPTO = "CRYPTO"
"""What stands for the MIC of a cryptocurrency: it has no exchange and no calendar."""

UNKNOWN_INDEX = "INDEX"
"""What stands for the MIC of an index that ``INDEXES`` doesn't name: its days are unknown."""

_BY_PREFIX = {prefix: venue for venue in VENUES for prefix in venue.prefixes.split()}
_BY_MIC = {venue.mic: venue for venue in reversed(VENUES)}
_BY_SUFFIX = {venue.suffix: venue for venue in reversed(VENUES) if venue.suffix}
_BY_INDEX = {symbol: mic for mic, symbols in INDEXES.items() for symbol in symbols.split()}
_CALENDARS = {venue.mic: venue.calendar for venue in VENUES}
_AMERICAN_OTC = frozenset({"PINX", "OTCQ", "OTCB"})

# Four digits, or three and a letter, are Tokyo's codes; "TSE" means Toronto before anything else.
_TOKYO_CODE = re.compile(r"\d{4}|\d{3}[A-Z]")
# What may be pasted into a URL or a file name as a symbol.
_VALID_SYMBOL = re.compile(r"[A-Z0-9^][A-Z0-9.\-=^&]{0,19}")
_NOT_KEY = re.compile(r"[^A-Z0-9]+")


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


def venue_of(mic: str) -> Venue | None:
    """Give the exchange of a MIC, or None when it is unknown here."""
    return _BY_MIC.get(mic)


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
    elif venue.mic in _AMERICAN_OTC and re.fullmatch(r"[A-Z]{4}\.[YF]", plain):
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

    The American venues share one calendar, so XNYS stands for all of them here. An index trades
    when its shares do, as ``INDEXES`` says; of one that it doesn't name the days are unknown.
    """
    _, dot, suffix = symbol.rpartition(".")
    venue = _BY_SUFFIX.get(suffix) if dot else None
    if venue is not None:
        return venue.mic
    return _BY_INDEX.get(symbol, UNKNOWN_INDEX if symbol.startswith("^") else "XNYS")


def calendar_name(mic: str) -> str:
    """Give the name in exchange_calendars of an exchange's calendar.

    Raises
    ------
    SymbolError
        The MIC is unknown here, or there is no calendar of that exchange.
    """
    calendar = _CALENDARS.get(mic)
    if mic == CRYPTO:
        raise SymbolError("A cryptocurrency has no trading calendar, so it has no sessions.")
    if mic == UNKNOWN_INDEX:
        raise SymbolError(
            "It is an index whose exchange isn't known here, so its sessions are unknown."
        )
    if calendar is None:
        raise SymbolError(f"{mic!r} is no exchange known here; XNYS, XNAS, XLON or XTKS are.")
    if not calendar:
        raise SymbolError(f"There is no trading calendar of {mic}, so its sessions are unknown.")
    return calendar
