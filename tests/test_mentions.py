import re
import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from clock import doubling
from hypothesis import given, settings, strategies as st

from signals.errors import SymbolError
from signals.exchanges import VENUES, spell_symbol
from signals.news.article import Article, read_article
from signals.news.mentions import Mentions, find_mentions
from signals.news.recognisers import RECOGNISERS
from signals.news.relevance import Presence, relevance
from signals.news.securities import Security, SecurityBook

CASES = Path(__file__).parent / "cases" / "mentions.txt"
NOBODY = SecurityBook(())

STORY = """\
Ada Painter/Getty Images
Anthropic will train nurses in Wales, under an agreement that the government published on Monday.
The agreement sets no sum. Anthropic will open an office in Cardiff, and hospitals will test its \
software next year.
"We want every ward to gain," the minister said. "This is how it begins."
Anthropic, in which Amazon (NASDAQ:AMZN) and Kaname Works (OTCPK:KNMWY) hold shares, has a second \
partner in France. The company employs nurses there too.
The agreement is not binding, the government said.
More on Amazon and Kaname Works Corp.
- Amazon: A Second Look At The Cloud (Rating Upgrade)
- SentinelOne and Figma lead software shares higher
- Tech digest: X, Amazon and a strike"""


def article(text: str, published: str | None = None) -> Article:
    return Article.from_text(text, published=published)


def read_cases():
    lines = CASES.read_text(encoding="utf-8").split("\n")
    body = "\n".join(line for line in lines if not line.startswith("#"))
    cases = []
    for case in re.split(r"^====$", body, flags=re.MULTILINE):
        what, text, expected = re.split(r"^----$", case, flags=re.MULTILINE)
        cases.append(pytest.param(text.strip("\n"), expected.split("\n")[1:-1], id=what.strip()))
    return cases


def described(mentions: Mentions) -> list[str]:
    text = mentions.article.text
    lines = [
        (
            mention.start,
            f"{text[mention.start : mention.end]} => {mention.symbol or '-'} {mention.mic or '-'} "
            f"{mention.how}{' source' * (mention.role == 'source')}"
            f"{' boilerplate' * mention.boilerplate}",
        )
        for mention in mentions
    ]
    lines += [
        (one.start, f"{text[one.start : one.end]} => unresolved") for one in mentions.unresolved
    ]
    return [line for _, line in sorted(lines)]


@pytest.mark.parametrize(("text", "expected"), read_cases())
def test_each_notation_and_trap_is_read_as_its_case_says(text, expected):
    assert described(find_mentions(article(text))) == expected


def test_accents_that_stand_by_themselves_hide_no_name():
    story = article(unicodedata.normalize("NFD", "Shares of Nestlé and Industrias Peñoles rose."))
    found = find_mentions(story)
    assert {mention.symbol for mention in found} == {"NESN.SW", "PE&OLES.MX"}
    last = found[-1]
    assert unicodedata.normalize("NFC", story.text[last.start : last.end]) == "Industrias Peñoles"


@pytest.mark.parametrize("name", ["Nestlé", "Wärtsilä", "Türkiye İş Bankası"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_with_the_accents_of_its_last_letter_too(name, form):
    name = unicodedata.normalize(form, name)
    story = article(f"Shares of {name} rose, and {name}'s profit fell.")
    found = find_mentions(story)
    assert [story.text[one.start : one.end] for one in found] == [name, name]


@pytest.mark.parametrize(
    ("prefix", "venue"),
    [(prefix.rstrip("?"), venue) for venue in VENUES for prefix in venue.prefixes.split()],
)
def test_every_prefix_of_every_venue_is_read_in_brackets_without_a_book(prefix, venue):
    ticker = "7777" if venue.mic in {"XTKS", "XHKG", "XKRX", "XTAI", "XSHG", "XSHE"} else "QXZW"
    (mention,) = find_mentions(article(f"It ({prefix}: {ticker}) rose."), book=NOBODY)
    assert (mention.symbol, mention.mic) == spell_symbol(ticker, venue)


def test_the_recognisers_have_names_of_their_own():
    names = [recogniser.name for recogniser in RECOGNISERS]
    assert len(set(names)) == len(names) >= 2


def test_an_unknown_prefix_is_a_row_that_names_the_nearest_known_one():
    (row,) = find_mentions(article("Acme (NASDQ:ACM) rose.")).unresolved
    assert "NASDAQ" in row.reason
    assert "NASDQ" in row.reason


@pytest.mark.parametrize("book", [None, NOBODY], ids=["default book", "empty book"])
def test_a_story_about_a_private_company_has_its_two_backers_as_subjects(book):
    mentions = find_mentions(article(STORY, "2025-07-21"), book=book)
    listed = {e.symbol: e for e in mentions.entities if e.symbol and e.relevance > 0}
    assert {symbol: entity.mic for symbol, entity in listed.items()} == {
        "AMZN": "XNAS",
        "KNMWY": "PINX",
    }
    for entity in listed.values():
        assert 15 <= entity.relevance <= 35
        assert any(mention.boilerplate for mention in entity.mentions)


def test_nothing_from_a_list_of_related_stories_is_a_subject():
    mentions = find_mentions(article(STORY, "2025-07-21"))
    begins = mentions.article.text.index("More on")
    assert all(mention.boilerplate for mention in mentions if mention.start >= begins)
    names = {entity.name: entity.relevance for entity in mentions.entities}
    assert names["SentinelOne"] == 0
    assert names["Anthropic"] == max(names.values())


def test_the_first_article_of_the_project(shared):
    text = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    for book in (None, NOBODY):
        mentions = find_mentions(article(text, "2025-07-21"), book=book)
        listed = {e.symbol: e for e in mentions.entities if e.symbol and e.relevance > 0}
        assert {e.symbol: e.mic for e in listed.values()} == {"MSFT": "XNAS", "SFTBY": "PINX"}
        assert all(15 <= entity.relevance <= 35 for entity in listed.values())
    private = [e for e in find_mentions(article(text)).entities if e.company == "openai"]
    assert [entity.symbol for entity in private] == [None]


def test_the_sample_articles_of_the_project(root):
    found = find_mentions(read_article(root / "data" / "articles" / "openai-uk.txt"))
    assert [e.symbol for e in found.entities if e.symbol and e.relevance > 0] == ["MSFT", "SFTBY"]


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Ping An (601318.SS) up", "ping-an-insurance"),
        ("Lions Gate (LGF.A, LGF.B) falls", "lions-gate-entertainment"),
        ("AMC (AMC/PA) falls", "amc-entertainment"),
        ("Rogers (RCIb.TO) falls", "rogers-communications-inc"),
    ],
)
def test_a_code_that_no_list_has_is_of_the_company_that_is_named_before_it(text, company):
    assert {one.company for one in find_mentions(article(text))} == {company}


def test_a_dollar_behind_a_cryptocurrency_makes_no_fund_of_its_letters():
    assert [one.company for one in find_mentions(article("$BTC and ETH-USD rose."))] == [
        "BTC-USD",
        "ETH-USD",
    ]


def test_one_company_has_one_key_for_all_its_listings():
    found = find_mentions(article("Sony (NYSE:SONY) rose; Sony (TSE: 6758) rose too."))
    assert {mention.company for mention in found} == {"sony-group"}
    assert len(found.entities) == 1


@pytest.mark.parametrize(
    ("rule", "symbol"), [("as_written", "SFTBF"), ("primary", "9984.T"), ("us", "SFTBY")]
)
def test_the_caller_chooses_the_listing(rule, symbol):
    found = find_mentions(article("SoftBank Group (OTCPK:SFTBF) sold bonds."), listing=rule)
    assert {mention.symbol for mention in found} == {symbol}
    assert found.entities[0].symbol == symbol


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("British American Tobacco shares fell", "BTI"),
        ("Shares of British American Tobacco fell in London", "BATS.L"),
        ("British American Tobacco, the British group, fell", "BATS.L"),
        ("Royal Bank of Canada raised its outlook", "RY"),
    ],
)
def test_the_name_of_a_company_says_nothing_of_its_home(text, symbol):
    assert find_mentions(article(text)).entities[0].symbol == symbol


@pytest.mark.parametrize("written", ["GlobalFoundries", "Globalfoundries", "GLOBALFOUNDRIES"])
def test_a_name_that_a_list_has_in_capitals_is_written_with_one_too(written):
    assert [one.symbol for one in find_mentions(article(f"{written} shares rose"))] == ["GFS"]


def test_a_listing_that_no_book_has_stays_as_it_is_written():
    found = find_mentions(article("Acme (NYSE:ACMQ) rose."), listing="primary")
    assert found.entities[0].symbol == "ACMQ"


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Zork Widgets (NYSE:ZORK) wins a contract", "ZORK"),
        ("BRIEF-Zork Widgets (NYSE:ZORK) wins a contract", "ZORK"),
        ("Shares of Zork Widgets, Inc. (NYSE: ZORK) jump", "ZORK"),
        ("$ZORK jumps", "ZORK"),
        ("Zork Widgets (NYSE:ZORK)(TSX:ZO) digs", "ZORK"),
        ("Zork Widgets (TSX: ZO) (NYSE: ZORK) digs", "ZORK"),
        ("Zork Widgets (NASDAQ: ZORKW, ZORK) digs", "ZORK"),
    ],
)
def test_a_share_that_no_book_has_is_one_company_however_it_is_written(text, company):
    assert {one.company for one in find_mentions(article(text)).entities} == {company}


def test_an_unknown_rule_for_listings_is_an_error():
    with pytest.raises(SymbolError, match="as_written"):
        find_mentions(article("Acme rose."), listing="cheapest")


def test_a_bracket_about_somebody_else_does_not_rename_a_known_company():
    found = find_mentions(article("They compared Google (NASDAQ:MSFT) results."))
    assert [(mention.symbol, mention.how) for mention in found] == [
        ("GOOGL", "alias"),
        ("MSFT", "explicit"),
    ]


def test_the_name_before_a_bracket_tells_which_holder_of_its_symbol_is_meant():
    old = Security("ACM", "XNAS", "Acme Mining", company="old", valid_to=date(2020, 12, 31))
    new = Security("ACM", "XNAS", "Acumen Labs", company="new", valid_from=date(2021, 1, 1))
    book = SecurityBook([old, new])

    for text in ("Acme Mining (NASDAQ:ACM) closed a pit.", "Acme Mining (ACM) closed a pit."):
        found = find_mentions(Article.from_text(text, published="2024-05-09"), book=book)
        assert [(e.company, e.symbol) for e in found.entities] == [("old", "ACM")]
    found = find_mentions(
        Article.from_text("(NASDAQ:ACM) fell.", published="2024-05-09"), book=book
    )
    assert [one.company for one in found] == ["new"]


def test_two_companies_with_one_first_word_share_no_short_name():
    text = "Quillon Foods (NYSE:QFD) and Quillon Steel (NYSE:QST) merged. Quillon is a river."
    found = find_mentions(article(text), book=NOBODY)
    assert [mention.symbol for mention in found] == ["QFD", "QFD", "QST", "QST"]


def test_entities_come_by_relevance_and_then_by_place():
    found = find_mentions(article(STORY))
    keys = [(-entity.relevance, entity.mentions[0].start) for entity in found.entities]
    assert keys == sorted(keys)


def test_the_parts_of_a_relevance_add_up_to_it():
    for entity in find_mentions(article(STORY)).entities:
        if entity.relevance:
            parts = dict(entity.relevance_parts)
            roundup = parts.pop("roundup")
            assert entity.relevance == pytest.approx(sum(parts.values()) * roundup, abs=0.06)


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        # everything: 40, 15, 15, 20 and 10
        (Presence(True, True, 0, 10, 3, 3, True, 1), 100.0),
        # half of 15, a fifth of 20, and 10
        (Presence(False, False, 5, 10, 2, 10, True, 3), 21.5),
        # 16 points, halved for 20 companies
        (Presence(False, False, 0, 10, 1, 20, False, 20), 8.0),
        # far less than 1, but the story names it
        (Presence(False, False, 99, 100, 1, 400, False, 80), 1.0),
        (Presence(True, True, 0, 1, 0, 0, True, 1), 0.0),
    ],
)
def test_relevance_is_the_sum_that_its_formula_says(presence, expected):
    assert relevance(presence)[0] == pytest.approx(expected, abs=0.051)


def test_a_company_that_only_speaks_has_no_relevance():
    entities = find_mentions(article("Morgan Stanley upgrades AbbVie to overweight.")).entities
    assert {e.symbol: e.relevance > 0 for e in entities} == {"MS": False, "ABBV": True}


def test_the_table_has_its_columns_even_when_nothing_was_found():
    full = find_mentions(article(STORY)).to_frame()
    empty = find_mentions(article("It rained.")).to_frame()
    assert list(full.columns) == list(empty.columns)
    assert {"symbol", "zone", "relevance", "role", "how"} <= set(full.columns)
    assert len(empty) == 0
    assert set(full.loc[full["boilerplate"], "zone"]) == {"related"}
    stated = full[full["how"] == "explicit"]
    assert list(stated["text"]) == ["NASDAQ:AMZN", "OTCPK:KNMWY"]


def test_the_notebook_view_shows_hostile_text_as_text():
    view = find_mentions(article("<script>alert(1)</script> $MSFT rose."))._repr_html_()
    assert "<script>" not in view
    assert "&lt;script&gt;" in view
    assert "MSFT, cashtag, subject" in view


def test_the_notebook_view_tells_sources_from_subjects_and_what_relevance_is_made_of():
    view = find_mentions(article("Jefferies upgrades Acme (NYSE:ACMQ) to buy."))._repr_html_()
    assert 'style="background:#d9e6f7;color:#222" title="JEF, alias, source">Jefferies' in view
    assert "lead 15 + position 15 + share 20 + explicit 10" in view


def test_the_first_day_of_a_new_name_counts_it():
    for day, symbol in ((date(2022, 6, 8), "FB"), (date(2022, 6, 9), "META")):
        found = find_mentions(article("Facebook rose.", f"{day}T12:00Z"))
        assert [mention.symbol for mention in found] == [symbol]


WORDS = st.sampled_from(
    "Apple (NYSE:ACM) $MSFT Target said (A:B) \u200b NASDAQ: \ud800 SoftBank Group ( ) : $ $5M "
    "\u00a0 （ＴＳＥ：9984） upgrades \n More on OTCPK:SFTBY; / , Inc. 's".split(" ")
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=30))
@settings(deadline=None, max_examples=100)
def test_whatever_the_text_mentions_lie_in_it_in_order_and_apart(words):
    text = " ".join(words)
    story = Article("0" * 16, "", "", text, None, None, None, ())
    found = find_mentions(story)
    end = 0
    for mention in found:
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
    assert sum(len(entity.mentions) for entity in found.entities) == len(found)
    assert all(0 <= entity.relevance <= 100 for entity in found.entities)
    assert described(found) == described(find_mentions(story))


HOSTILE = {
    "pairs of letters": "(A:B)",
    "unknown prefixes": "(AB:C)",
    "bound names": "Abc Corp (NYSE:ABC) ",
    "colons": "A:",
    "dollars": "$",
    "cashtags": "$A.",
    "open brackets": "(",
    "capitals": "Word Another ",
    "one sentence of brokers": "Morgan Stanley upgrades Apple ",
    "sentences of brokers": "HSBC warned of a slump. ",
    "towns": "Corning, New York ",
    "the river": "the Amazon. ",
    "moves of persons": "Mr. Dell fell 2% ",
    "movers behind dashes": "Gap — The retailer rose 4% ",
    "houses of data": "Equifax data show ",
    "mail addresses": "a@",
    "endless legal forms": " Inc",
    "zero-width": "\u200ba",
    "ampersands": "A&",
    "brackets of tickers": "(AAPL, MSFT) ",
    "an endless bracket": "AAPL, ",
    "Bloomberg codes": "AAPL US ",
    "Reuters codes": "NG.L ",
    "Reuters codes in brackets": "Acme (NOVOb.CO, FTC.L) ",
    "an endless bracket of codes": "FTC.L, ",
    "preferred shares": "Acme (MET.PA) ",
    "slashes": "BRK/B/",
    "a bracket of slashes": "(BRK/B/A) ",
    "joint prefixes": "(TSX, ",
    "glued sentences": "The author is long.Pfizer ",
    "reporters": "Reporting by Apple\n",
    "tickers behind names in brackets": "Apple (AAPL) ",
    "agencies": "(AAP) - ",
    "tickers behind names": "Apple AAPL ",
    "entities": "AT&amp;T ",
}


def test_many_companies_in_a_long_text_are_each_given_a_listing_in_linear_time():
    names = sorted({s.name for s in SecurityBook.default() if s.mic in {"XLON", "XPAR", "XETR"}})
    text = "\n".join(f"{name} rose." for name in names)
    begin = time.process_time()
    assert find_mentions(article(text + "\n" + "word " * 100_000)).entities
    assert time.process_time() - begin < 8


def look_through(text: str) -> None:
    story = Article("0" * 16, "", "", text, None, None, None, ())
    assert find_mentions(story).entities is not None  # made when somebody asks


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_time_in_proportion_to_its_length(pattern):
    # Quadratic time would be 4 times as much; a little is allowed for the clock and the memory.
    text = pattern * (30_000 // len(pattern))
    assert doubling(look_through, text, enough=2.4) <= 2.4


@pytest.mark.parametrize("verb", ["rating at", "hired"])
def test_initials_before_a_bank_cost_about_as_much_as_other_words(verb):
    def took(words: str) -> float:
        text = f"{verb} {words}a Goldman Sachs, Apple, " * 300
        look_through(text)
        begin = time.process_time()
        look_through(text)
        return time.process_time() - begin

    assert took("A " * 15) < 6 * took("a " * 15)  # 20 times when each may begin a name


@pytest.mark.slow
@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_a_megabyte_of_hostile_text_takes_twice_the_time(pattern):
    text = pattern * (1_000_000 // len(pattern))
    assert doubling(look_through, text, enough=2.2) <= 2.2


def test_what_is_no_article_is_refused_with_a_way_to_make_one():
    with pytest.raises(TypeError, match="takes an Article, not str; read_article"):
        find_mentions("Microsoft rose")


def test_a_last_name_is_a_persons_in_a_text_that_names_him_and_no_such_company():
    for person in ("Robert Kennedy", "Senator Neve Kennedy", "Mr. Kennedy"):
        text = f"{person} spoke. Kennedy has agreed to testify."
        assert not find_mentions(article(text))
    found = find_mentions(article(f"{text} Kennedy-Wilson (NYSE: KW) fell."))
    assert {one.symbol for one in found} == {"KW"}
    assert find_mentions(article("Kennedy has agreed to be bought."))[0].symbol == "KW"


def test_a_target_set_at_a_price_is_of_another():
    found = find_mentions(article("Goldman Sachs price target set at $50 for Apple"))
    assert [one.role for one in found] == ["source", "subject"]


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("New York Times: Q3 Earnings Snapshot", "NYT"),
        ("News Corp - profit rises 4%", "NWSA"),
        ("Hackers stole data of 50 million Facebook accounts", "META"),
        ("Facebook's video push lifts its revenue", "META"),
        ("Goldman Sachs rating cut by Moody's after Apple card losses", "GS"),
        ("Citigroup price target raised at Jefferies", "C"),
    ],
)
def test_who_else_is_a_voice_is_a_subject_in_news_of_its_own(text, symbol):
    assert {one.symbol: one.role for one in find_mentions(article(text))}[symbol] == "subject"


@pytest.mark.parametrize("house", ["JPMorgan", "Goldman Sachs", "Citi", "UBS", "Jefferies"])
@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Netflix is up 4% after {} upgrade", "source"),
        ("Netflix tumbles after cautious {} note", "source"),
        ("Netflix rises as {} lifts price target", "source"),
        ("{} names Netflix a top pick", "source"),
        ("{} adds Netflix to conviction list", "source"),
        ("Netflix is a top pick at {}", "source"),
        ("Netflix (NFLX) PT Raised to $700 at {}", "source"),
        ("{} is out with a bullish call on Netflix", "source"),
        ("Netflix got two upgrades on Monday, from {} and Evercore", "source"),
        ("A {} survey shows Netflix gaining users", "source"),
        ("Netflix to present at the {} Global Technology Conference", "source"),
        ("Netflix hires {} to explore a sale of its studio", "source"),
        ("Netflix hires investment bank {} for a sale", "source"),
        ("Netflix's finance chief joins from {}", "source"),
        ("Ex-{} banker to run Netflix unit", "source"),
        ("{} and Nomura are the underwriters of the Netflix offering", "source"),
        ("Netflix priced notes. {}, Wells Fargo Securities and Evercore acted as agents", "source"),
        ("Netflix priced notes. {} is serving as sole book-running manager", "source"),
        ("{}, which served as adviser to Netflix, was fined", "subject"),
        ("{} acted as it had said and cut jobs", "subject"),
        ("{} earnings beat as trading surges", "subject"),
        ("{} and Netflix sign marketing deal", "subject"),
        ("{} names Netflix executive as finance chief", "subject"),
        ("Netflix poaches operating chief from {}", "subject"),
    ],
)
def test_a_house_that_rates_another_is_no_subject(house, text, role):
    story = article(text.format(house))
    own = [one for one in find_mentions(story) if story.text[one.start : one.end] == house]
    assert [one.role for one in own] == [role]


ACTS = (
    "Credit Suisse rescued by {} in $3.2 billion deal",
    "Credit Suisse taken over by {}",
    "Apple sued by {} in card dispute",
    "First Republic was bailed out by {} over the weekend.",
    "Netflix's studio was snapped up by {} for $900 million.",
    "Tesla factory financed by {} opens in Texas",
    "A rival of Netflix funded by {} and a Gulf fund has filed for bankruptcy.",
    "Former Netflix finance chief hired by the {} as treasurer",
    "The lender was swallowed up by {} in 2009, and Netflix lost its credit line.",
    "Netflix loan arranged by {} goes sour",
    "Shareholders approved the takeover of Credit Suisse by {} on Friday.",
    "The lawsuit brought by {} against Tesla was dismissed.",
    "Tesla is being sued by {} over warrants from 2018.",
    "Stake in Netflix held by {} falls below 5%",
    "Netflix was saved by {} and Barclays from default.",
    "Interest charged by {} on the Apple card rises to 30%",
    "Netflix's $5 billion buyout by {} closes",
    "Credit Suisse's takeover by {} is complete",
    "Dutch bank picked up by {} for a song, while Netflix slid",
    "Netflix controlled by {} after debt swap",
    "Bonds of Netflix held by {} were written off.",
    "A bid by {} for Netflix's studio lapsed.",
    "Netflix marketing chief poached by {}",
    "Netflix accused by {} of hiding losses",
    "The card launched by {} and Apple in 2019 has lost $4 billion.",
    "Netflix wooed by {} for streaming card",
    "A complaint filed by {} says Netflix misled it.",
    "Apple Card issuer's losses were absorbed by {}",
    "Netflix credit line provided by {} is doubled",
    "Netflix boosted by {} investment",
    "Netflix fund seized by {} after margin call",
)
SAYS = (
    "Netflix raised to buy by {}",
    "Netflix price target lifted to $700 by {}",
    "Netflix was cut to neutral by {} on Monday.",
    "Streaming users are slipping, according to a survey by {} of Netflix customers",
    "Netflix is overvalued, a note by {} said",
    "Netflix named top pick by {}",
    "Netflix initiated at overweight by {}",
    "Netflix was sued by a rival, according to {}",
    "Netflix, which was rescued by its founder, is cheap, said {}",
    "Netflix seen adding 5 million users by {}",
    "Netflix added to conviction list by {}",
    "Estimates compiled by {} show Netflix growing 12%",
    "A poll by {} shows investors sold Netflix",
    "Netflix, bought by funds this quarter, is a favourite, says {}",
    "Netflix was financed by debt, citing {}",
    "Netflix, advised by {}, bought a studio",
    "Netflix downgraded to sell by {}",
    "Netflix seen as winner by {}",
    "The forecast by {} puts Netflix at $900.",
    "Netflix was started at buy by {}.",
    "Netflix was picked by {} as its favourite for 2026",
    "Research by {} shows that Netflix loses users",
    "Netflix's outlook was called weak by {}",
    "Netflix will be taken over, according to {}",
    "Netflix, sued by a rival on Monday, may settle, {} said in a note to clients",
    "Netflix PT raised by {} to $700",
    "Netflix was hired out of trouble, says {}",
    "Netflix estimates lowered by {}",
    "Netflix user numbers tracked by {} fell",
    "Netflix rated outperform by {}",
)


@pytest.mark.parametrize("house", ["JPMorgan", "Goldman Sachs", "UBS"])
@pytest.mark.parametrize(
    ("text", "role"), [*((text, "subject") for text in ACTS), *((text, "source") for text in SAYS)]
)
def test_what_a_house_does_itself_is_told_from_what_it_says(house, text, role):
    story = article(text.format(house))
    own = [one for one in find_mentions(story) if story.text[one.start : one.end] == house]
    assert [one.role for one in own] == [role]


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Zorblax Dynamics (NASDAQ: PCLN) rose.", "PCLN"),
        ("Nvidia (NASDAQ: PCLN) rose.", "nvidia"),
        ("Priceline (NASDAQ: PCLN) rose.", "booking-holdings"),
    ],
)
def test_a_symbol_that_is_free_again_means_whom_the_text_names(text, company):
    article = Article.from_text(text, published="2025-07-21T12:00Z")
    assert {one.company for one in find_mentions(article)} == {company}


@pytest.mark.parametrize(
    ("stated", "index"),
    [
        ("S&P Global (NYSE: SPGI)", "The S&P 500 tumbled 3% and the S&P MidCap 400 4%."),
        ("Dow Inc (NYSE: DOW)", "The Dow slumped 800 points."),
        ("MSCI Inc (NYSE: MSCI)", "The MSCI World index lost 2%, MSCI Emerging Markets 3%."),
    ],
)
def test_an_index_is_not_the_company_whose_symbol_the_text_states(stated, index):
    text = f"{stated} named a finance chief. {index}"

    mentions = find_mentions(Article.from_text(text))

    assert all(one.start < text.index(index) for one in mentions)


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        ("Gap — The clothing retailer rose 4% after it beat estimates.", "GAP"),
        ("Target – The chain slid 5%.", "TGT"),
        ("Target — The goal is 500 trees by May, of which 10% are oaks.", None),
    ],
)
def test_a_word_before_a_dash_is_a_company_where_the_line_tells_of_its_move(line, symbol):
    mentions = find_mentions(Article.from_text(f"The names of the day\n\nSee below.\n\n{line}"))

    assert [one.symbol for one in mentions] == ([symbol] if symbol else [])


def test_the_shares_of_a_company_called_like_an_index_are_its_own():
    text = "Dow Inc (NYSE: DOW) reported on Tuesday. Dow shares tumbled 9%."

    mentions = find_mentions(Article.from_text(text))

    assert [one.symbol for one in mentions if one.start > text.index("Tuesday")] == ["DOW"]
