"""Whether a text is in English, which is what the scorers of this package read.

Told by what a text has, never by what it lacks: a headline of names and numbers is in no language,
and is taken for English. What counts are the commonest words of other languages against those of
English, and letters of other scripts against Latin ones. General detectors of languages take one
English headline in sixteen for another language, since they go by the letters of names.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from signals.news.article import Article

_READ = 1_500  # characters from the beginning of a text: some twenty lines
_SURE = 3  # of the three commonest words of English, which are looked for first
_LEAST = 2  # words of a language, without which a text is in no other than English
_ACCENTED = 3  # words with accents that tell alone: broken characters look like accents too

_ENGLISH: Final = frozenset(
    "the of and to for with by from are its it that after has have be but not this than says said "
    "amid their which been were into about could more between through before during against until "
    "may can how why what when our your you who on as at an up over out or new he she his her "
    "they if off down would should".split()
)
# Words of its news that stand in no other: they count thrice, as a headline has few small ones.
_ENGLISH_NEWS: Final = frozenset(
    "shares stake stakes sells buys raise raises raised cuts reports results sales rates rises "
    "jumps falls beats misses lifts wins warns eyes sees says revenue earnings income loss debt "
    "loan bonds dividends forecasts outlook chief fines probe units quarter year years months two "
    "higher lower likely weak increased shareholders investors".split()
)
# The commonest words of languages, and of their business news, without those of English news.
_FOREIGN: Final = frozenset(
    (
        # German
        "und es für das dass nicht mit auf ist im ein eine einen einer eines einem dem zum zur "
        "bei nach über wird werden haben sich auch wie aus durch gegen vor sind wurde sein "
        "seine ihre mehr noch nur aber oder als bis vom weil unter sowie ihr seinen um ab der "
        "den des von Aktie Aktien Gewinn Umsatz Absatz Prognose Dividende Quartal Stellen "
        "Milliarden Millionen Prozent steigt fällt senkt hebt steigert streicht erhöht bricht "
        "deutlich kappt profitiert schließt erhält ruft zurück gibt geben seien sehen Druck "
        "Jahresziele Ergebnis Nachfrage Verlust Auftrag Konzern verliert gewinnt schwache "
        "schwachem starkem starke baut übernimmt verkauft kauft warnt meldet legt zieht Anleger "
        "Börse "
        # French
        "et les une dans sur avec sont ses aux après cette qui que ne pas été leur selon entre "
        "moins ont mais comme vers chez hausse baisse ce deux sa de la le du des au en un va "
        "bénéfice ventes chiffre trimestre résultats milliards annonce Bourse postes groupe "
        "cède chute recule relève objectifs rachète titre plonge usines ferme contrat décroche "
        "bondit confirme perte recul croissance vend achète lance prévoit investit grimpe "
        "dévisse actionnaires emplois "
        # Spanish
        "los las una y con por para su sus en un más se como tras entre desde hasta pero fue "
        "este esta lo según sobre millones de la el del ganancias ventas beneficio "
        "utilidades bolsa trimestre acciones anuncia resultados gana cae sube vende filial "
        "ingresos invertirá cierra bancos pierde lanza supera previsiones retrasa entrega "
        "compra pérdidas deuda dispara desploma mercado empresa accionistas nuevo nueva año "
        "trimestral crece aumenta eleva despide multa "
        # Italian
        "gli della delle degli negli agli dagli dell nel nella nei sul sulla con una un è più dopo "
        "anche alla allo alle ai dalla dai sono ha hanno si tra di del dei il lo la le e da su "
        "utile trimestre ricavi vendite stime offerta Borsa calo conti miliardi milioni titolo "
        "scende lancia vola rialzo ribasso investe reti primi mesi ordini chiude rosso aggiudica "
        "cessione rete cresce acquista compra vende debito perdita azioni mercato nuovo nuova "
        "anno soci accordo crescono trimestrale annuncia taglia "
        # Portuguese
        "os em um uma que ao aos às não mais na nas seu sua após foi pela pelo tem também são "
        "de da das dos e o para por lucro lucra trimestre receita acionistas contrato sobe cai "
        "menor maior ações bilhões milhões resultado entrega terceiro fecha queda descobre "
        "petróleo lojas compra vende prejuízo dívida cresce mercado empresa ano anual aumenta "
        "eleva corta demite "
        # Dutch
        "het een voor aan meer minder niet zijn dat naar bij ook wordt zal werd te tegen zegt "
        "maar als onder jaar geen nog hele na de van den op winst omzet aandeel aandelen cijfers "
        "kwartaal miljard miljoen daalt stijgt banen schrapt verhoogt verlaagt opent druk keert "
        "uit splitst verlaat verkoopt koopt verlies groeit groei beurs klanten nieuwe "
        "eerste tweede derde "
        # Swedish
        "och att det som mer än ökade på är av för med ett inte från efter vid om sig ska "
        "blir den vinst kvartal kronor aktie aktien omsättning bolaget procent miljarder miljoner "
        "sänker ökar höjer faller riktkursen utdelningen köper säljer förlust vinner tappar "
        "lyfter nya rasar "
        # Norwegian or Danish
        "og det som på er enn mer av med til et ikke fra efter etter ved om seg sig skal vil blir "
        "bliver den overskudd overskud kvartal kroner aksjer aksjen aktier aktien selskapet "
        "selskabet virksomheten utbytte udbytte prosent procent salget milliarder året selger "
        "sælger øker faller stiger kutter renten finner olje får hæver betaler kjøper køber "
        "vinder nye ny laveste høyeste "
        # Finnish
        "ja ei että se oli yli kuin myös ovat mukaan enemmän vuoden joka sen mutta liikevaihto "
        "tulos osake osakkeen miljoonaa prosenttia yhtiö laski nousi osinko osinkoa myy ostaa "
        "kasvoi tappio voitto "
        # Polish
        "na że się nie jest po od przez oraz dla jak był była roku proc z o zysk zysku kwartale "
        "przychody akcje spółka sprzedaż mld zł wzrósł spadł ogłasza nową kupuje sprzedaje "
        "strata rośnie spada akcji "
        # Czech
        "na se že je po za jako podle roku od její jeho které o zisk tržby korun akcie čistý "
        "vyplatí omezí koupí prodá ztráta roste klesl akcií "
        # Hungarian
        "az és hogy nem egy meg ez már szerint csak volt nyereség milliárd forint nőtt vesz "
        "elad veszteség csökkent emelkedett részvény "
        # Romanian
        "și în la cu pe pentru nu mai după sunt este un o va de trimestrul milioane miliarde "
        "vinde cumpără pierdere crește scade acțiuni "
        # Turkish
        "bir bu için ile yüzde olarak daha göre oldu gibi yeni sonra kadar milyar milyon hisse "
        "çeyrek kâr hisseleri aldı sattı zarar arttı düştü büyük günü "
        # Indonesian or Malay
        "yang dengan untuk pada dari ini itu akan dalam tidak persen telah oleh juga para lebih "
        "kepada kuartal suku kedua saham naik turun di laba bersih triliun miliar perusahaan "
        "rugi beli jual bagikan ditutup melemah menguat untung "
        # Vietnamese
        "và của là có cho trong được các với không một này đã sau khi mua bán lỗ lãi tăng giảm "
        "cổ phiếu "
    ).split()
)
# They join the words of a name too, "Banco de Chile": counted where a small letter follows.
_JOINING: Final = frozenset(
    "de da do das dos di del della dei la le el los las il lo du des van von der den y e i et a o "
    "al en op of".split()
)
_LATIN: Final = "\u024f"  # the last letter
_SHOWN: Final = 3
_NAMES_OF_ENGLISH: Final = frozenset({"en", "eng"})  # "en-GB", "English"
# Not a part of an address, nor of a word with a hyphen.
_WORD = re.compile(r"(?<![\w./@#&-])[^\W\d_]+(?![\w/@&]|[.-]\w)")


def why_foreign(article: Article) -> str:
    """Say why an article is taken for one that is not in English; "" for English.

    Another language that is stated as ``language`` among its vendor's own fields, or by its feed,
    tells, and so do the :func:`foreign_words` of its text.
    """
    stated = str(article.provider.get("language") or "").strip()
    if stated and stated.lower()[:3].rstrip("-_") not in _NAMES_OF_ENGLISH:
        return f"its source says {stated!r:.30}"
    return ", ".join(map(repr, foreign_words(article.text)[:_SHOWN]))


def foreign_words(text: str) -> list[str]:
    """Give words that tell that a text is not in English; none for English.

    The first 1,500 characters are read. Where most letters are not Latin, it is their words.
    """
    text = text[:_READ]
    # "of" alone is a word of Dutch, and stands in the name of many a bank.
    sure = text.count(" the ")
    if sure >= _SURE or (sure and sure + text.count(" of ") + text.count(" and ") >= _SURE):
        return []
    if not text.isascii() and (strange := _in_other_letters(text)):
        return strange
    words = _words(text)
    known = [word for word in words if word in _FOREIGN]
    accented = [w for w in words if w not in _FOREIGN and len(w) > 2 and _is_accented(w)]
    strange = [*dict.fromkeys([*known, *accented])]
    count = len(known) + len(accented)
    if count < (_LEAST if known else _ACCENTED):
        return []
    return strange if count > _count_english(words) else []


def _count_english(words: list[str]) -> int:
    small = [word.lower() for word in words]
    common = sum(map(_ENGLISH.__contains__, small))
    return common + 3 * sum(map(_ENGLISH_NEWS.__contains__, small))


def _words(text: str) -> list[str]:
    """Give the words that join no names; of a text in capitals the longer ones, in small letters.

    The short ones among capitals are tickers and countries.
    """
    words = _WORD.findall(text)
    if text.isupper():
        words = [word.lower() for word in words if len(word) > 2]
    return [
        word
        for word, behind in pairwise([*words, ""])
        if not (word in _JOINING and behind[:1].isupper())
    ]


def _is_accented(word: str) -> bool:
    return word.islower() and not word.isascii()


def _in_other_letters(text: str) -> list[str]:
    """Give the words of a text most of whose letters are not Latin; none for the others."""
    letters = [letter for letter in text if letter.isalpha()]
    others = sum(letter > _LATIN for letter in letters)
    if 2 * others <= len(letters):
        return []
    return [word for word in _WORD.findall(text) if word[0] > _LATIN]
