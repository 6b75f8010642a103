"""Who speaks and who is spoken of: a broker, publisher or exchange is often only the voice.

One sentence is read. Only what the book calls a broker, publisher or exchange can be a source, and
the house of an analyst or a fund manager.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from signals.news.places import Places
from signals.news.reading import NAMED, Found, Reading
from signals.news.securities import Kind
from signals.news.vocabulary import (
    ANALYST_TOPICS,
    ANALYST_WORDS,
    ANALYSTS,
    LEGAL_FORMS,
    MOVES,
    RATES,
)

Role = Literal["subject", "source"]

_WORD = re.compile(r"[A-Za-z]+")
_NAME = r"[A-Z][\w.&'-]*(?: [A-Z&][\w.&'-]*){0,3}"
# Names in a row. Each word can be read in one way alone: else the time doubles with every word.
_NAMES = r"(?:(?:[A-Z][\w.&'-]*,?|&|and|or) )*"
_VOICE_BEFORE = re.compile(
    r"(?:\b(?:according to|told|tells?|citing|cited by|by|via|told the|reported (?:by|in)|"
    r"interview with|survey by|data from)|[,\"'] (?:says|said))"
    rf"(?: the)? (?:(?-i:{_NAME}) and )?\Z",
    re.IGNORECASE,
)
# They may be of several houses: "economists at Nomura, ING and UniCredit".
_EXPERT_AT = re.compile(
    r"\b(?:(?:analyst|strategist|economist|trader|(?:portfolio|fund|money|asset) manager|"
    r"investment officer)s? (?:at|from|with)|"
    # Who asks on a call, and who has written: "the line of Ada Park with Acme".
    r"(?:line of|question (?:comes |is |today is )?from|wrote|writes) "
    rf"(?-i:{_NAME}) (?:at|from|of|with))(?: the)? "
    rf"(?-i:(?:{_NAME}, )*(?:{_NAME},? (?:and|or|&) )?)\Z",
    re.IGNORECASE,
)
_BEHIND_AN_EXPERT = (" at ", " from ", " with ", " of ", " the ", ", ", " and ", " or ", " & ")
# Where something was said: "wrote on Twitter", "a LinkedIn post".
_MEDIA = frozenset(
    "Twitter X Facebook Instagram LinkedIn YouTube TikTok Reddit Threads WhatsApp Telegram Discord "
    "Zoom Substack Twitch Weibo WeChat".split()
)
_SAID_ON = re.compile(
    r"\b(?:(?:wrote|writes|posted|posts?|tweeted|shared|commented|quipped|joked|message|statement)\b"
    r"[^.;]{0,60}|(?:said|says|announced|confirmed|argued)(?: it| this| that)?(?: \w+day)?) "
    r"(?:on|via)(?: (?:its|his|her|their))?(?: [A-Z]\w+ and)? \Z"
)
# What it has by itself, such as "Acme's video unit" or its accounts, is its own business.
_A_POST = re.compile(
    r" (?:posts?|messages?|videos?|account|page|profile|interview|channel|call|poll|thread|"
    r"livestream|conversation)\b"
)
# What a bank does for another, or has been to somebody.
_ADVISES = re.compile(
    r"\b(?:hire[sd]?|hiring|tap(?:s|ped)?|engage[sd]?|retain(?:s|ed)?|work(?:s|ing|ed)? with|"
    r"advised by|advis[eo]rs?|join(?:s|ed|ing)?(?: \w+)? from|"
    r"(?:formerly|previously) (?:of|at|with)) "
    rf"(?:[^.;]{{0,40}} )?(?-i:{_NAMES})\Z|\b(?:ex-|former )\Z",
    re.IGNORECASE,
)
_UNDERWRITES = re.compile(
    r"\b(?:underwrit|book-?runner|lead manager|joint global coordinator)", re.IGNORECASE
)
# What a bank did for a company that another sentence names.
_SERVED = re.compile(
    r"(?-i:,? [A-Z&][\w.&'-]*|,? and)* (?:are |is |have |has )?"
    r"(?:advis(?:es|ed|ing)\b(?! by)|(?:act|serv)(?:s|ed|ing|e)? as (?:[\w-]+ ){0,5}?"
    r"(?:book-?run\w+|(?:book-?running )?manag\w+|advis\w+|agents?|underwriters?|coordinators?)\b)",
    re.IGNORECASE,
)
# A share moves others, or a house owns one: no voice.
_DONE_BY = re.compile(
    r"\b(?:led|boosted|dragged|driven|lifted|helped|hit|owned|bought|acquired|backed|sold|run|"
    r"founded|supported|underpinned) by\b[^.;]*\Z",
    re.IGNORECASE,
)
# A house does it itself: "rescued by Acme", "the takeover of Globex by Acme".
_ACTED = re.compile(
    r"\b(?:(?:rescued|taken over|(?:counter)?sued|bailed out|saved|merged|absorbed|"
    r"(?:swallowed|snapped|scooped|gobbled)(?: up)?|picked up|purchased|outbid|"
    r"financed|funded|guaranteed|charged|paid|hired|poached|employed|fired|laid off|accused|"
    r"approached|courted|wooed|pursued|controlled|operated|launched|offered|seized)|"
    r"(?:takeover|acquisition|purchase|buyout|bailout|rescue|bid|offer|investment|"
    rf"(?:law)?suit|complaint)(?: (?:of|for|in|against) (?-i:{_NAME}))?(?: brought| filed)?|"
    r"(?:stakes?|shares|bonds|debt) (?:[\w%.'-]+ ){0,4}held|"
    r"(?:loans?|financing|facility|credit|bonds|debt) (?:[\w%.'-]+ ){0,4}"
    r"(?:arranged|provided|extended)) "
    rf"by(?: the)? (?:(?-i:{_NAME}) and )?\Z",
    re.IGNORECASE,
)
_OF_RATINGS = re.compile(rf"\b(?:{'|'.join(ANALYST_TOPICS)})", re.IGNORECASE)
# What a house has said of another, right behind its name: "after a cautious Acme note".
_OPINION = re.compile(
    r"(?:'s?)? (?:upgrade|downgrade|initiation|note|survey|poll|research|coverage|rating|call|"
    r"estimates?|(?:has|have|gives?) an? (?:['\"“]?\w+['\"”]? )"
    r"(?:call|rating|view)(?! (?:at|by|from))|"
    r"(?:price |conviction |focus )?(?:target|list)|(?:top |best )?(?:picks?|ideas?)|"
    r"(?-i:[A-Z\d&][\w&]* ){0,6}(?:conference|summit|forum|symposium))\b",
    re.IGNORECASE,
)
# Whose rating it is: "upgraded to buy at Acme", "upgrades from Acme and Globex".
_RATED_BY = re.compile(rf"(?:: |(?: at| by| from)(?: the)? (?-i:{_NAMES}))\Z", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"(?:/\w{1,20})? (?:reported|reports|said|says|wrote|writes|first reported|news|poll|survey|"
    r"that|picks|likes|ranks|lists)\b|"
    r"'s (?:[a-z]+ ){0,2}(?:scanner|analysis|calculations|data|survey|poll)\b|"
    r"'s [A-Z][\w.-]+ [A-Z][\w.-]+\b"
)
# Who says it: "Acme News: Globex rose", but "Acme News: Q3 earnings snapshot".
_OPENS_FOR = re.compile(
    r"(?:'s)?(?:: | (?:[-–—]|--) )(?!(?:fiscal )?(?:q\d|earnings|profit|revenue|results|shares)\b)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"(?: [A-Z]\w{1,20})?\)")  # "LONDON, Aug 12 (Reuters) - Shares rose"
_OWN_BUSINESS = re.compile(
    r"(?:'s)?(?: (?:group|inc|plc|said it|also))? (?:shares|stock|earnings|profit|revenue|results|"
    r"inc|(?:up|down)graded (?:by|at|to)|"
    r"(?:credit )?(?:rating|(?:price )?target) \w+ (?:by|at(?= (?-i:[A-Z])))|"
    r"to (?:buy|acquire|cut|sell|pay|hire|close|settle)|"
    r"agreed|agrees|beats?|miss(?:es|ed)?|"
    r"tops|topped|posts|posted|declares|dividend|eps|prices|files|"
    r"reports (?:q\d|earnings|profit|results)|settles|hires|fined|sued|ceo|"
    r"names(?! (?:[\w.'&]+ ){1,3}(?:(?:a|as|its|among|to) )*(?:top|best|conviction))|"
    r"chief|chairman|employees|bankers|traders|"
    # Of others a house changes the outlook for something: "raised its outlook for oil".
    r"(?:raise[sd]|cuts?|lower(?:s|ed)|lift(?:s|ed)|boost(?:s|ed)|trim(?:s|med)|keeps|kept) its "
    r"(?:[\w-]+ ){0,2}(?:outlook|guidance|dividend|payout)"
    r"(?! (?:for|on)\b(?! (?:this|next|the (?:[\w-]+ )?(?:year|quarter|half)|20\d\d)\b)))\b",
    re.IGNORECASE,
)


_LEAD = 2  # sentences in which a story says whom it is about, the title among them
_OPINION_FOLLOWS = re.compile(
    r",? (?:which (?:had|has) [\w ]{1,30}, )?(?:also |still )?(?:thinks?|believes?|argue[sd]|"
    r"describe[sd]|predict(?:s|ed)|pointed to|kept|keeps|left|call(?:s|ed)|note[sd]|warn(?:s|ed)|"
    r"expects?|expected|sees|saw|remains?|remained|estimate[sd]|rate[sd]|reiterate[sd]|doubled|"
    r"(?:was|is) (?:more |less )?(?:cautious|impressed|optimistic|bullish|bearish|sceptical)|"
    r"said(?! (?:it|its|on|in|at)\b)|says(?! (?:it|its)\b)|put(?= the rating)|took(?= a))\b"
)
_DATA_BEGIN = (" data ", "'s data ", " figures ", "'s figures ", " numbers ", "'s numbers ")
_DATA_OF = re.compile(r"(?:'s)? (?:data|figures|numbers) (?:show(?:s|ed)?|indicate[sd]?|suggest)\b")
_MEASURED_BY = tuple(f"{how} by " for how in ("compiled", "polled", "surveyed", "collected"))
_PARTICIPANT = re.compile(r"[A-Z][\w.'-]+(?: [A-Z][\w.'-]*){1,2} [-–—] ")  # "Ada Park - Acme"
_DEAL = re.compile(
    r"\b(?:merger|takeover|bid|offer for|deal|acquire|buy|owner|parent)\b", re.IGNORECASE
)
_VENUE_BEFORE = re.compile(r"\b(?:on|at|from|to)(?: the)? \Z", re.IGNORECASE)
_SENTENCE_REACH = 300
_VOICE_REACH = 120  # characters before a name, of a list of names
_REST = 12  # what may stand behind a name that closes a headline: "Finance", "News", a mark

# The index and the market of that name: "the Nasdaq rose", "NASDAQ stocks", "Nikkei 225".
_INDICES = frozenset("Nasdaq|NASDAQ|NYSE|Nikkei|NIKKEI|Dow|Standard & Poor's|S&P|MSCI".split("|"))
_OF_A_MARKET = re.compile(
    r"(?:'s)?[ -](?:[-+]\d|(?:composite|smallcap|midcap|jones|all|world|acwi|emerging|eafe|"
    r"turns?|\d{2,4}|index|indices|futures|"
    r"stocks?|shares|gainers|losers|movers|listed|traded|average|up|down|ended|ends|closed|"
    rf"closes|opened|opens|hits?|jump|tumble|sink|soar|was|were|and|{'|'.join(sorted(MOVES))})\b)",
    re.IGNORECASE,
)


def is_index(text: str, start: int, end: int) -> bool:
    """Tell whether the name of an exchange or a paper stands for an index or a market."""
    if text[start:end] not in _INDICES:
        return False
    before = text[max(0, start - 8) : start].lower()
    venue = before.endswith(("on the ", "by the ", "to the "))
    index = before.endswith(("dow and ", "500 and ", "500, ", "dow, ")) or (
        before.endswith("the ") and not venue
    )
    return index or _OF_A_MARKET.match(text, end) is not None


def is_an_experts(text: str, start: int) -> bool:
    """Tell whether the name at a place is of the house of an expert, whatever it is besides.

    "said a portfolio manager at Acme" is not about Acme.
    """
    if not text.endswith(_BEHIND_AN_EXPERT, 0, start):
        return False
    return _EXPERT_AT.search(text, max(0, start - _VOICE_REACH), start) is not None


def is_medium(text: str, start: int, end: int) -> bool:
    """Tell whether the name at a place only says where something was said: "wrote on Twitter"."""
    if text[start:end] not in _MEDIA:
        return False
    before = text[max(0, start - _VOICE_REACH) : start]
    return bool(_SAID_ON.search(before) or (_A_POST.match(text, end)))


def roles_of(reading: Reading, found: Sequence[Found], places: Places) -> list[Role]:
    """Tell of each mention whether it is a subject or a source."""
    kinds = [reading.kind(one.company) for one in found]
    beside: dict[int, set[str]] = {}  # the companies of each sentence
    if any(kind != "company" for kind in kinds):
        for one in found:
            beside.setdefault(places.sentence(one.start), set()).add(one.company)
    led: set[str] = set()  # companies that the story begins with
    if "broker" in kinds:
        begun = takewhile(lambda one: places.sentence(one.start) < _LEAD, found)
        led = {one.company for one in begun}
    roles: list[Role] = []
    for index, (one, kind) in enumerate(zip(found, kinds, strict=True)):
        if one.how not in NAMED:
            adjoins = index and _adjoin(found[index - 1], one)
            roles.append(roles[-1] if adjoins else "subject")
        elif is_an_experts(reading.text, one.start):
            roles.append("source")
        elif kind == "company":
            told = is_medium(reading.text, one.start, one.end) or _tells_data(reading.text, one)
            roles.append("source" if told else "subject")
        else:
            sentence = places.sentence(one.start)
            after = found[index + 1] if index + 1 < len(found) else None
            span = places.sentences[sentence]
            around = _around(reading.text, span, one, after, others=len(beside[sentence]) > 1)
            passing = kind == "broker" and bool(led) and one.company not in led
            voice = _is_source(kind, around) or (passing and _opines(around))
            roles.append("source" if voice else "subject")
    return roles


def _opines(around: _Around) -> bool:
    """Tell whether a house says what it thinks of others: "Acme remains cautious on growth"."""
    after = around.after
    return _OPINION_FOLLOWS.match(after) is not None and not _OWN_BUSINESS.match(after)


def _tells_data(text: str, one: Found) -> bool:
    """Tell whether a company only has the figures of others: "Acme data show", "polled by Acme"."""
    return (
        text.startswith(_DATA_BEGIN, one.end) and _DATA_OF.match(text, one.end) is not None
    ) or text.endswith(_MEASURED_BY, 0, one.start)


def _adjoin(one: Found, other: Found) -> bool:
    """Tell whether a company's name and its notation stand beside one another."""
    return one.company == other.company and other.start - one.end <= 3


class _Around(NamedTuple):
    """A sentence, the place of a name in it, and whether it also names other companies."""

    sentence: str
    start: int
    end: int
    others: bool

    @property
    def before(self) -> str:
        return self.sentence[max(0, self.start - 40) : self.start]

    @property
    def after(self) -> str:
        return self.sentence[self.end : self.end + 60]

    @property
    def words_after(self) -> list[str]:
        return [word.lower() for word in _WORD.findall(self.after)[:4]]


def _around(
    text: str, sentence: tuple[int, int], one: Found, after: Found | None, *, others: bool
) -> _Around:
    """Give what stands around a name in its sentence; ``after`` is what was found next."""
    end = one.end
    if after and _adjoin(one, after):
        # "Morgan Stanley (NYSE:MS) upgrades": read on behind the bracket
        end = after.end + text.startswith((")", "]", ">"), after.end)
    # A "sentence" of a megabyte is read only around the name.
    begin = max(sentence[0], one.start - _SENTENCE_REACH)
    stop = min(sentence[1], end + _SENTENCE_REACH)
    return _Around(text[begin:stop], one.start - begin, end - begin, others)


def _is_source(kind: Kind, around: _Around) -> bool:
    """Tell whether a broker, publisher or exchange is only the voice of a sentence."""
    speaks_for = not ANALYSTS.isdisjoint(around.words_after[:2])
    if _OWN_BUSINESS.match(around.after) and not speaks_for:
        return False
    if _ACTED.search(around.sentence, *_reach(around)) and not speaks_for:
        return False
    if kind == "exchange":
        return _is_place_of_trade(around)
    if _is_voice(around) or _closes_headline(around):
        return True
    if kind == "broker" and _SERVED.match(around.sentence, around.end):
        return True
    return _is_publishing(around) if kind == "publisher" else speaks_for or _is_rating(around)


def _is_place_of_trade(around: _Around) -> bool:
    """Tell an exchange on which something trades from one that is bought, or buys.

    "On the Nasdaq", but "the LSE merger".
    """
    if _DEAL.search(around.sentence) and not _VENUE_BEFORE.search(around.before):
        return False
    followed = _WORD.match(around.after.lstrip(" ,"))
    return followed is None or followed[0] not in LEGAL_FORMS


def _closes_headline(around: _Around) -> bool:
    """Tell whether a name stands at the end for who says it.

    "Approval may take ten months - Morgan Stanley".
    """
    closes = around.before.endswith((" - ", " – ", " — ", ": ")) and len(around.after) < _REST
    attends = _PARTICIPANT.fullmatch(around.before) is not None
    return closes and (around.others or attends) and not _WORD.match(around.after)


def _is_publishing(around: _Around) -> bool:
    """Tell whether a publisher's name is a dateline, a byline, or says what it has published."""
    dateline = around.before.endswith("(") and _IN_BRACKETS.match(around.after)
    byline = around.sentence.startswith("By ") and not _WORD.search(around.after)
    opens = not around.before.strip() and _OPENS_FOR.match(around.after)
    return bool(dateline or byline or opens or _PUBLISHED.match(around.after))


def _is_rating(around: _Around) -> bool:
    """Tell whether a broker rates another company.

    As in "upgraded to buy at Acme", or "Buy Mill, target 900: Acme".
    """
    about_ratings = _OF_RATINGS.search(around.sentence) is not None
    if about_ratings and _RATED_BY.search(around.before):
        return True
    words = around.words_after
    if not ANALYST_WORDS.isdisjoint(words):
        return around.others or about_ratings
    if around.others and (_ADVISES.search(around.before) or _UNDERWRITES.search(around.sentence)):
        return True
    rates = _OPINION.match(around.after) or (about_ratings and not RATES.isdisjoint(words[:1]))
    return bool(around.others and rates)


def _is_voice(around: _Around) -> bool:
    """Tell whether the words before a name make it one that speaks."""
    voice = _VOICE_BEFORE.search(around.sentence, *_reach(around))
    if voice is None or not voice[0].lower().startswith("by "):
        return voice is not None  # "led by banks, according to Acme"
    return _DONE_BY.search(around.sentence, *_reach(around)) is None


def _reach(around: _Around) -> tuple[int, int]:
    return max(0, around.start - _VOICE_REACH), around.start
