"""From the names of lists to the names of news: case, legal forms, short forms, ordinary words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from signals.news.nameindex import fold
from signals.news.vocabulary import (
    DESCRIPTORS,
    FIRST_NAMES,
    FUNCTION_WORDS,
    GENERIC_FIRST,
    OPENERS,
    PLACES,
)

LEGAL = re.compile(
    r"(?:,? (?:National Association|"
    r"Inc|Incorporated|Corp|Corporation|Co|Cos|Company|Companies|Ltd|Limited|plc|PLC|Plc|"
    r"SE|AG|SA|S A|S\.A\.?|NV|N V|N\.V\.?|ASA|Oyj|AB|A/S|AS|LLC|L\.?P|LP|SpA|S\.p\.A|Holdings?|"
    r"Hldgs?|Group|Grp|KGaA|\(publ\)|de C\.?V\.?|S\.A\.B|SAB|& Co|Trust Inc|Bhd|Pty|Ord|ADR|The|"
    r"Cl [A-C]|Class [A-C]|\(The\))\.?)+,?$",
    re.IGNORECASE,
)
_EXPANDED = {
    "Cons": "Consolidated",
    "Intl": "International",
    "Int'l": "International",
    "Hldgs": "Holdings",
    "Hldg": "Holding",
    "Finl": "Financial",
    "Fincl": "Financial",
    "Grp": "Group",
    "Tech": "Technologies",
    "Pharma": "Pharmaceuticals",
    "Sys": "Systems",
    "Inds": "Industries",
    "Svcs": "Services",
    "Bancorp.": "Bancorp",
    "Theraptcs": "Therapeutics",
    "Commun": "Communications",
    "WW": "Worldwide",
    "Ww": "Worldwide",
    "Natl": "National",
    "Rlty": "Realty",
    "Bancp": "Bancorp",
    "Mfg": "Manufacturing",
    "Mgmt": "Management",
    "Hlds": "Holdings",
    "Hld": "Holding",
    "Hlthcare": "Healthcare",
    "Hlth": "Health",
    "Ther": "Therapeutics",
    "Biosci": "Biosciences",
    "Phrmactcls": "Pharmaceuticals",
    "Pharmaceuticl": "Pharmaceuticals",
    "Biotechnlgs": "Biotechnologies",
    "Fncl": "Financial",
    "Bkshs": "Bancshares",
    "Bncp": "Bancorp",
    "Cptl": "Capital",
    "Entmt": "Entertainment",
    "Ener": "Energy",
    "Syst": "Systems",
    "Ptnrs": "Partners",
    "Pptys": "Properties",
    "Cp": "Corp",
    "Crp": "Corp",
    "Gp": "Group",
}
_LONG = 6  # letters: an acronym has fewer
# A list that cuts names at 20 characters leaves the begin of a last word.
_CUT = 18
_LAST_WORDS = (
    "Acquisition Biopharmaceuticals Biosciences Biotechnologies Communications "
    "Diagnostics Entertainment Holdings Industries Infrastructure International Laboratories "
    "Microelectronics Partners Pharmaceuticals Products Resources Semiconductor Solutions Supply "
    "Systems Technologies Therapeutics"
).split()
_KIND_OF_SHARE = re.compile(r" (?:Com|CS|WT|Wrt|Uts|Wrrnts)$")
_CLIPPED = (
    ("Pharmaceuticals", "Pharma"),
    ("Technologies", "Tech"),
    ("Technology", "Tech"),
    ("Laboratories", "Labs"),
)
_TAILS = DESCRIPTORS | frozenset(
    "Worldwide International Technologies Technology Systems Stores Services Corporation Group "
    "Holdings Properties Enterprises Solutions Software Products Biosciences Sciences Brands "
    "Restaurants Realty Companies Global Controls Devices Instruments Natural India Biopharma "
    "Biopharmaceuticals Interactive Online Homes Laboratories Innovations Bancshares "
    "Bancorporation Infrastructure Petrochemicals Cements Cement Motor Automotive Outdoors "
    "Entertainment Companhia Interactive Wireless Hldgs Worlwide Carriers Storage".split()
)
_ENDS = _TAILS | frozenset(
    "Partners Trust Communities Investors Equities Affiliates Pipeline Service USA Restaurant "
    "REIT".split()
)
_TWO_WORDS = frozenset(
    "new jersey|new york|new mexico|new hampshire|new england|new zealand|new orleans|"
    "north carolina|south carolina|north dakota|south dakota|west virginia|rhode island|"
    "los angeles|las vegas|"
    "san francisco|san diego|san jose|hong kong|south africa|south korea|saudi arabia|costa rica|"
    "puerto rico|united kingdom|united states|middle east|latin america|silicon valley|st louis|"
    "kansas city|salt lake|palm beach|east asia|new guinea|papua new guinea|santa fe|sri lanka|"
    "orange county|tel aviv|sao paulo".split("|")
)
_INDIAN_NAMES = frozenset(
    "ajay ajit akash amit anand anil anita anjali ankit arjun arun arvind ashish ashok bharat "
    "deepak dinesh gaurav gopal govind hari harsh jay jyoti karan kiran krishna lakshmi "
    "mahesh manish manoj mohan mohit mukesh naresh navneet neha nikhil nitin parag prakash "
    "pramod prasad prashant priya rahul raj raja rajesh rajiv rakesh ram ramesh ravi rohit "
    "sachin sandeep sanjay sanjiv santosh saurabh shankar sharad sharma shiv shyam singh "
    "sonia subhash sudhir suman sunil suresh uday vijay vikas vikram vineet vinod vishal "
    "vivek yash patel gupta kumar".split()
)
# Capitals that news uses for other things than a company.
_NOT_A_COMPANY = frozenset(
    "ai api atm ceo cfo coo cpi covid cpa dna ebitda ecb eps esg etf eu eur faq fda fed fomc ftc "
    "fy gaap gbp gdp gmt hr imf ipo irs it jv kpi llc lng lp ltd mba nato nyc oem ok opec otc pc "
    "pe ppi pr q1 q2 q3 q4 rbi r d roe roi sebi sec spac tv uk un us usa usd vat vc vp who wto "
    "yoy ytd bse nse nav nfl nba mlb nhl loi npa cbi moody's bell csr dow t d "
    "crypto stablecoin nft bitcoin ethereum ether solana dogecoin cardano litecoin polkadot "
    "hyperliquid tron sui".split()
) | {"open house", "pop culture", "start today", "hang seng"}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
# Vague words that make no name among themselves: any town has a First National Bank.
_NO_PHRASE = frozenset(
    "first national bank bancorp bancshares community home capital financial independent city "
    "united of and & trust state people peoples mutual savings federal central group holdings "
    "american southern northern eastern western global international premier".split()
)
_SAME_FORM = {
    "Corp": "Corporation",
    "Corporation": "Corp",
    "Co": "Company",
    "Company": "Co",
    "Ltd": "Limited",
    "Limited": "Ltd",
}
_COMMON = 3
_WELL_KNOWN = 10  # a name that stands so often with its capital is known as a name
_PLACES = frozenset(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia "
    "hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts "
    "michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon "
    "pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming america asia "
    "europe africa china japan india korea taiwan germany france spain italy brazil mexico canada "
    "australia israel russia turkey greece ireland portugal sweden norway denmark finland poland "
    "austria belgium switzerland singapore malaysia thailand indonesia philippines vietnam "
    "argentina chile peru colombia venezuela egypt nigeria kenya ghana london paris tokyo berlin "
    "boston chicago houston dallas denver seattle atlanta miami detroit phoenix philadelphia "
    "cleveland baltimore orlando hamilton lancaster cambridge oxford windsor bristol plymouth "
    "madison lincoln jackson monroe franklin wellington auckland sydney melbourne perth brisbane "
    "toronto vancouver calgary ottawa montreal dubai doha shanghai beijing shenzhen mumbai delhi "
    "bangalore madras bombay goa hawaiian alaskan scandinavia latin eurasia orient manhattan "
    "brooklyn hollywood broadway burlington riverside fremont chennai kolkata mongolia nagoya "
    "yokohama osaka kyoto kobe busan macau guangzhou wuhan tianjin guinea hokkaido hiroshima "
    "queensland tasmania alberta ontario quebec manitoba canara kuwait qatar oman bahrain jordan "
    "lebanon saudi arabia iran iraq syria yemen pakistan bangladesh nepal myanmar cambodia ukraine "
    "kazakhstan romania bulgaria hungary serbia croatia slovenia slovakia estonia latvia lithuania "
    "iceland cyprus malta luxembourg netherlands britain england scotland wales morocco tunisia "
    "algeria libya sudan ethiopia uganda tanzania zambia zimbabwe botswana namibia mozambique "
    "angola congo senegal cameroon bolivia ecuador uruguay paraguay panama guatemala jamaica "
    "caribbean hangzhou suzhou ningbo xiamen nanjing chengdu chongqing qingdao dalian changsha "
    "hefei zhengzhou jinan fuzhou dongguan foshan sichuan anhui jiangsu zhejiang shandong "
    "guangdong fujian hunan hubei hebei henan jiangxi yunnan guizhou guangxi shanxi shaanxi gansu "
    "hainan heilongjiang jilin liaoning xinjiang tibet fukuoka chiba saitama shizuoka niigata "
    "okinawa kagoshima kumamoto sendai nagano seoul incheon jakarta manila hanoi bangkok riyadh "
    "jeddah muscat cairo casablanca lagos nairobi accra istanbul ankara athens warsaw prague "
    "budapest bucharest vienna geneva brussels antwerp amsterdam rotterdam stockholm gothenburg "
    "oslo bergen copenhagen helsinki madrid barcelona valencia lisbon milan rome turin naples "
    "munich hamburg frankfurt cologne stuttgart lyon marseille gujarat kerala punjab rajasthan "
    "karnataka maharashtra odisha bihar assam telangana hyderabad ahmedabad pune jaipur lucknow "
    "lahore karachi dhaka colombo lima bogota santiago caracas havana monterrey".split()
)


def slug(name: str) -> str:
    """Make the key of a company from its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def in_german_letters(name: str) -> str:
    """Give a name as German papers write it without its marks: "Suedzucker", "Duerr"."""
    return name.translate(_GERMAN)


def key_of(name: str) -> str:
    """Give the form in which the book compares a name."""
    return fold(name).strip()


def without_legal_form(name: str) -> str:
    """Give a name as news writes it, without Inc. and the like."""
    short = LEGAL.sub("", name).strip(" ,&-")
    return short or name


def tidy(name: str, usual: dict[str, str]) -> str:
    """Give a name of a list its usual case, and expand what the list has shortened."""
    words = []
    name = completed(name)
    core = without_legal_form(name)
    shouted = core.upper() == core
    for word in name.replace("\\", " ").split():
        plain = _EXPANDED.get(word.rstrip(","), word)
        if shouted and len(plain) > 1:
            plain = usual.get(plain.lower()) or (
                plain if len(plain) <= 3 or not re.search("[AEIOUY]", plain) else plain.capitalize()
            )
        words.append(plain)
    return " ".join(words)


def completed(name: str) -> str:
    """Complete the last word of a name that a list has cut: "Concert Pharmaceutic"."""
    name = _KIND_OF_SHARE.sub("", name)
    begin, blank, last = name.rpartition(" ")
    if len(name) < _CUT or len(last) < 4 or not blank:
        return name
    whole = [word for word in _LAST_WORDS if word.startswith(last)]
    return f"{begin} {whole[0]}" if len(whole) == 1 else name


def usual_case(names: Iterable[str]) -> dict[str, str]:
    """Learn from names in mixed case how a word of a name is written."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        if name.upper() != name:
            for word in name.split():
                seen[word.lower()][word] += 1
    return {lower: counts.most_common(1)[0][0] for lower, counts in seen.items()}


def related(one: str, other: str) -> bool:
    """Tell whether two names are likely of one company: "The AES Corp", "AES Corporation"."""
    first, second = (
        key_of(without_legal_form(name)).removeprefix("the ").split() for name in (one, other)
    )
    joined = "".join(first), "".join(second)
    initials = "".join(word[0] for word in first), "".join(word[0] for word in second)
    vague = {word.lower() for word in GENERIC_FIRST | DESCRIPTORS | _TAILS}
    return (
        not vague.issuperset(shared := set(first) & set(second))
        or (bool(shared) and first[:1] == second[:1])
        or joined[0].startswith(joined[1][:5])
        or joined[1].startswith(joined[0][:5])
        or initials[0][:4] == joined[1]
        or initials[1][:4] == joined[0]
    )


class Words:
    """What ordinary text and a dictionary say of the words of a name.

    Parameters
    ----------
    folder
        Ordinary text, CSV or plain.
    """

    def __init__(self, folder: Path | None) -> None:
        from english_words import get_english_words_set

        entries = get_english_words_set(["web2"], lower=False)
        self.ordinary = {word for word in entries if word.islower()}
        self.proper = {word.lower() for word in entries if not word.islower()} - self.ordinary
        self.dictionary = self.ordinary | self.proper | _PLACES
        self.counts: Counter[str] = Counter()
        paths = sorted([*folder.glob("*.csv"), *folder.glob("*.txt")]) if folder else []
        for path in paths:
            tokens = re.findall(r"[^\W\d_]+|\d+", path.read_text(encoding="utf-8"))
            for size in (1, 2):
                self.counts.update(
                    " ".join(part) for part in zip(*(tokens[i:] for i in range(size)), strict=False)
                )

    def is_ordinary(self, name: str, *, trusted: bool) -> bool:
        """Tell whether a name needs context; a trusted one is judged by ordinary text alone."""
        if name.isupper() and len(name) < _LONG:
            return len(name) <= (0 if trusted else 4)
        lower, large = self.counts[name.lower()], self.counts[name]
        if lower >= 2 and lower >= 0.5 * large and name != name.lower():
            return True
        if trusted:
            rare = large < _WELL_KNOWN and name[0].isupper()
            return rare and lower > 0 and name.lower() in self.ordinary
        words = key_of(name).split()
        if len(words) == 1:
            stem = words[0].removesuffix("s")
            known = {words[0], stem} & _INDIAN_NAMES or not {words[0], stem}.isdisjoint(
                self.dictionary
            )
            return bool(known) or words[0].capitalize() in FIRST_NAMES | OPENERS
        return all(word in self.ordinary for word in words) and lower >= 1

    def is_word(self, name: str) -> bool:
        """Tell whether a dictionary has a name as an ordinary word."""
        return name.lower() in self.ordinary

    def is_common(self, name: str) -> bool:
        """Tell whether a word stands in lower case so often that a capital says little."""
        return " " not in name and self.counts[name.lower()] >= _COMMON

    def is_distinctive(self, word: str) -> bool:
        """Tell whether a first word may stand for a whole name: no dictionary has it."""
        lower = word.lower()
        return (
            len(word) >= 5
            and word.isalpha()
            and word[0].isupper()
            and lower.removesuffix("s") not in self.dictionary
            and lower not in self.dictionary
            and lower not in _INDIAN_NAMES
            and word not in FIRST_NAMES | GENERIC_FIRST | OPENERS | DESCRIPTORS
            and self.counts[lower] == 0
        )


def is_name(name: str) -> bool:
    """Tell whether a short form says enough to be a name at all."""
    key = key_of(name)
    if len(key) < 3 or key.isdigit() or key in _NOT_A_COMPANY or key in _PLACES:
        return False
    if key in _TWO_WORDS or key.split()[-1].capitalize() in PLACES:
        return False
    if len(key.split()) > 2 and not name.startswith("First"):
        return True  # three vague words are a name: "City Union Bank"
    vague = FUNCTION_WORDS | OPENERS | GENERIC_FIRST | DESCRIPTORS | _TAILS
    return not all(word.capitalize() in vague for word in key.split())


def is_phrase(name: str) -> bool:
    """Tell whether several vague words are a name where the context speaks of a company."""
    key = key_of(name)
    return (
        " " in key
        and key not in _TWO_WORDS | _NOT_A_COMPANY | _PLACES
        and not _NO_PHRASE.issuperset(key.split())
    )


def other_legal_forms(name: str) -> list[str]:
    """Give a name with its legal form written out or shortened: "Ball Corp", "Ball Corporation"."""
    first, blank, form = name.rstrip(".").rpartition(" ")
    other = _SAME_FORM.get(form)
    return [f"{first}{blank}{other}"] if other and blank else []


def by_begin(keys: dict[str, str]) -> dict[str, set[str]]:
    """Give the companies by the first words of their names, as the book compares them."""
    begins: dict[str, set[str]] = defaultdict(set)
    for company, key in keys.items():
        parts = key.split()
        for size in range(1, len(parts) + 1):
            begins[" ".join(parts[:size])].add(company)
    return begins


def short_forms(names: dict[str, str], words: Words) -> dict[str, list[str]]:
    """Give for each company the shorter forms of its name that mean no other company.

    Parameters
    ----------
    names
        Company -> its name without legal form.
    words
        What is an ordinary word.
    """
    keys = {company: key_of(name) for company, name in names.items()}
    begins = by_begin(keys)

    def means_only(form: str, company: str) -> bool:
        """Tell whether a form begins no name but a company's own, and those that lengthen it."""
        longer = f"{keys[company]} "
        others = begins[key_of(form)] - {company}
        return all(keys[one].startswith(longer) for one in others)

    forms: dict[str, list[str]] = {}
    for company, name in names.items():
        parts = name.split()
        found = []
        while len(parts) > 1 and parts[-1].strip(",.") in _ENDS:
            parts = parts[:-1]
            form = " ".join(parts).rstrip(",&")
            ends = not form.endswith((" of", " and", " &", " the", " IN"))
            if not (ends and is_name(form) and means_only(form, company)):
                break
            if len(parts) > 1 or words.is_distinctive(form):
                found.append(form)
        first = parts[0].rstrip(",") if parts and "Acquisition" not in name else ""
        if first and words.is_distinctive(first) and means_only(first, company):
            found.append(first)
        found += [
            form.replace(long, short)
            for form in (name,)
            for long, short in _CLIPPED
            if form.endswith(f" {long}") and len(form.split()) == 2
        ]
        if unique := [form for form in dict.fromkeys(found) if form != name]:
            forms[company] = unique
    return forms
