"""The words by which boilerplate is known: tables that :mod:`signals.news.boilerplate` reads.

To teach it a publisher's habit, add a row here and a line that is written so to
``tests/cases/boilerplate.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

ZoneKind = Literal["title", "lead", "body", "caption", "related", "disclosure", "about"]

BOILERPLATE_KINDS: frozenset[str] = frozenset({"caption", "related", "disclosure", "about"})
"""Zones that say nothing new about a company: kept and marked, left out of every score."""

# Headings after which everything is boilerplate: whole short lines, in lower case. Each begins with
# letters that stand for themselves, by which most lines are passed over.
HEADINGS: Mapping[ZoneKind, Sequence[str]] = {
    "related": (
        r"more on [^.]*",
        r"more (?:stories|news|from|read|popular)\b.*",
        r"most (?:read|popular)\b.*",
        r"popular (?:stories|articles|news|posts|reads)(?: (?:now|today|this week|on .*|from .*))?",
        r"editor.?s.? (?:picks?|choice)",
        r"related (?:tickers?|articles?|stories|news|coverage|content|links?|reading|topics)\b.*",
        r"read (?:next|more|also)\b.*",
        r"recommended (?:stories|articles|reading|for you)\b.*",
        r"also (?:read|see)\b.*",
        r"see also\b.*",
        r"trending (?:now|stories|tickers|on)\b.*",
        r"you (?:may|might) also (?:like|be interested)\b.*",
        r"don.t miss\b.*",
        r"top (?:stories|news|articles)\b.*",
        r"latest (?:stories|news|articles)\b.*",
        r"more stock market news\b.*",
        r"featured (?:articles|stories)",
        r"additional research links",
        r"quick insights",
        r"seeking alpha.s .*",
        r"see (?:more|all|today.s) [^.]*\banalyst ratings\b.*",
        r"now read this\b.*",
        r"check this out",
        r"further reading",
        r"latest on [^.]*",
        r"watch now",
        r"what to read next",
    ),
    "disclosure": (
        r"cautionary (?:note|statement)s? .*forward[- ]looking statements?\b.*",
        r"forward[- ]looking (?:statements?|information)\b.*",
        r"safe[- ]harbou?r\b.*",
        r"important disclaimers?\b.*",
        r"disclaimers?\b.*",
        r"analyst.s disclosures?\b.*",
        r"disclosures?\b.*",
        r"non-gaap (?:financial )?measures\b.*",
        r"our standards:.*",
        r"editor.s note\b.*",
        r"where to invest \$.*",
        r"should you (?:invest|buy) .*",
        *(
            rf"{number} stocks we like better than .*"
            for number in (3, 5, 10, "three", "five", "ten")
        ),
        # What Zacks sells beneath its stories.
        r"zacks (?:names|reveals|top picks?)\b.*",
        r"zacks.? top picks?\b.*",
        r"just released: zacks\b.*",
        r"why haven.t you looked at zacks\b.*",
        *(rf"{number} stocks set to double" for number in (3, 5, 7)),
    ),
    "about": (
        r"about (?:the (?:author|company)|us|[^.?!]{2,60})",
        r"media contacts?\b.*",
        r"investors? contacts?\b.*",
        r"contacts?",
        # What MarketBeat and Fintel tell of every company beneath the news: older ratings, trades
        # of insiders, and who held shares when the last quarter ended.
        r"analyst (?:ratings? changes|upgrades and downgrades)\b.*",
        r"analysts set new price targets",
        r"wall street analysts? (?:weigh in|forecasts?)\b.*",
        r"insider (?:buying and selling|activity)\b.*",
        r"institutional (?:investors weigh in|inflows and outflows|trading of)\b.*",
        r"hedge funds weigh in\b.*",
        r"what is the fund sentiment\b.*",
        r"what are (?:other|large) shareholders doing\b.*",
        # What ends an announcement of a company, and whom to ask.
        r"ends?",
        r"end of (?:inside information|(?:ad[- ]hoc )?announcement|news)\b.*",
        r"for (?:further|more) (?:information|enquiries),? (?:please )?contact\b.{0,20}",
        r"inquiries",
        r"enquiries",
        r"media enquiries",
        r"notes? to editors?",
        r"investor relations(?: contacts?)?",
        r"language: \w+",
        r"suggested topics",
    ),
}
# Lines, however long, behind which nothing of the story comes.
LAST_WORDS = (
    "On the date of publication, ",
    "This instant news alert was generated",
    "Want the latest recommendations from Zacks",
    "*Stock Advisor returns",
    "Analyst's Disclosure:",
    "Analyst’s Disclosure:",
    "This article is a transcript of this conference call",
    "PRELIMINARY TRANSCRIPT:",
    "As a subscriber to the CNBC Investing Club",
    "This information is provided by RNS",
    "While we acknowledge the potential of",
    "The content, including but not limited to",
)

# Lines that are boilerplate by themselves, sentences too, wherever they stand: what is around them
# stays what it is.
FURNITURE: Mapping[ZoneKind, Sequence[str]] = {
    "related": (
        *(
            rf"{word} ?[:|>] ?\S.*"
            for word in (
                *("read", "read more", "read also", "read next", "also read", "see also"),
                *("related", "watch", "listen", "video", "podcast", "explore more", "must read"),
                *("tags?", "topics?", "keywords", "filed under", "stocks mentioned"),
                *("companies mentioned", "tickers?(?: mentioned)?", "don.t miss", "more"),
                *("recommended", "trending"),
            )
        ),
        r"listen to (?:the podcast|this (?:article|story))\b.*",
        r"click here (?:to|for)\b.*",
        r"to see all\b.*",
        r"to read this article on\b.*",
        r"for a complete list of\b.*",
        r"today.s most active\b.*",
        r"for more (?:on|such)\b.*\b(?:click here|visit|news)\b.*",
        r"companies in this story\b.*",
        r"to see full release\b.*",
        r"see \S+ dividend scorecard\b.*",
        r"see .{2,60} past reactions to earnings\b.*",
        r"stay up-to-date with\b.*",
        r"for an analyst ratings summary\b.*",
        r"according to investingpro\b.*",
        r"3rd party ad\b.*",
        r"read all .{3,30} here",
        r"check all .{3,40} here",
        r"which stock should you buy in your\b.*",
        r"read the latest\b.*\bnews\b.*",
    ),
    "about": (
        r"sign up (?:for|to|here|now)\b.*",
        r"subscribe (?:to|now|for|here)\b.*",
        r"follow (?:us|me|him|her|them|related|all)\b.*",
        r"join (?:us|our)\b.*",
        r"download (?:the|our) .*\bapp\b.*",
        r"catch all the\b.*",
        r"get (?:our|the) .*\bnewsletters?\b.*",
        r"copyright (?:©|\(c\)|\d{4}|by\b|the\b.*\d{4}|policy\b).*",
        r"c\) ?\d{4}\b.*",
        r"view (?:source version|comments|original)\b.*",
        r"write to .*@.*",
        r"contact (?:us|the (?:author|reporter|editor))\b.*",
        r"with assistance (?:from|by)\b.*",
        r"terms of (?:use|service)(?: ?[|·•].*)?",
        r"privacy policy(?: ?[|·•].*)?",
        r"this (?:article|story|post|report) .{0,40}\b(?:published|appeared) (?:by|in|on)\b.*",
        r"this (?:article|report) .{0,40}\bpublished (?:more than|\w{3}\. \d+)\b.*",
        r"read the (?:original|full) (?:article|story|report)\b.*",
        r"advertisements? ?(?:\d*|· .*)",
        r"story continues\b.*",
        r"for (?:more|further) information,? .*",
        r"have feedback\b.*",
        r"our standards ?:.*",
        r"end\) dow jones newswires.*",
        r"photos? accompanying this\b.*",
        r"a photo accompanying this\b.*",
        r"logo ?[-–:] ?http.*",
        r"you can (?:now )?subscribe\b.*",
        r"you can see the complete list\b.*",
        r"view more\b.*",
        r"get (?:a free|a copy|stock recommendations)\b.*",
        r"check out (?!the companies\b).*",
        r"what do you think\b.*\bcomments?\b.*",
        r"let us know\b.*",
        r"stay on top of\b.*\bnewsletters?\b.*",
        r"if you liked this\b.*",
        r"questions or comments about this\b.*",
        r"want to see what other hedge funds\b.*",
        r"investorplace [-–—] stock market news\b.*",
        r"read our latest\b.*",
        r"view our latest\b.*",
        r"see our latest\b.*",
        r"price: [\d.,]+, change: .*",
        r"is now the time to (?:buy|sell)\b.*\bhere\b.*",
        r"do you want to know what moves the stocks\b.*",
        r"get our latest\b.*",
        r"for the various different available expirations\b.*",
        r"first published ?: .*",
        r"published (?:on|at) \w{3,9}\.? \d.*",
        r"last updated ?:? .*",
        r"source ?: .{2,80}",
        r"source text(?: for \w+)? ?:.*",
        r"further company coverage\b.*",
        r"more to follow\) dow jones.*",
        r"to contact the (?:reporter|editor|author)s?\b.*",
        r"ap (?:\w+ )?writers?\b.*\bcontributed\b.*",
        r"appeared in the\b.*\bprint edition\b.*",
        r"to view (?:the|an) (?:source|enhanced)\b.*",
        r"figure \d+\W*",
        r"video ?\d+:\d\d.*",
        r"share this (?:article|story|post)\b.*",
        r"report an? (?:editorial error|technical issue|error)\b.*",
        *(rf"{one}-[\w-]+: .*\bkey word.*" for one in ("eqs", "dgap")),
        r"the issuer is solely responsible\b.*",
        r"disclosure of an? inside information\b.*",
        r"publication of the original study\b.*",
        r"/\w{2,3}(?:/\w{2,3})+",
        r"rns number ?:.*",
        r"rns may use your\b.*",
        r"lse ?: [a-z0-9.]{2,5}",
        r"asx ?: [a-z0-9.]{2,5}",
        r"abn \d[\d ]{8,}",
        r"graphic ?: .*",
        r"this announcement (?:was|has been|is) (?:approved|authori[sz]ed|made under)\b.*",
        r"edited transcript of\b.*",
        r"need a quote from\b.*",
        r"stay informed with\b.*",
        r"simply sign up to\b.*",
        r"be smart with your money\b.*",
        r"with files from (?:the|reuters|bloomberg)\b.*",
        r"discover the latest\b.*\bnews\b.*",
        r"what.s moving sensex\b.*",
        r"news and research before you hear\b.*",
        r"comments and questions to\b.*",
        r"easily unpack a company\b.*",
        r"receive undervalued\b.*",
        r"published first on thefly\b.*",
        r"posted in ?:.*",
        r"trade confidently with\b.*",
        r"benzinga simplifies\b.*",
        r"turn \$1000 into\b.*",
        r"options trading presents\b.*",
        r"why you can trust\b.*",
        r"also check out\b.*",
        r"also from this source\b.*",
        r"takeaways by bloomberg\b.*",
        r"before it.s here, it.s on the bloomberg\b.*",
        r"have a confidential tip\b.*",
        r"add .{2,40} (?:on google|as a .{0,20}\b(?:trusted|preferred)\b.*)",
        r"to add .{2,40} as your preferred\b.*",
        r"choose .{2,40} as your preferred\b.*",
        r"this content was created by\b.*",
        r"provided by .{2,40}",
        r"issuer: .*\bkey word.*",
        r"when you purchase through links\b.*",
        r"market news and data brought to you\b.*",
        r"for the complete transcript\b.*",
        r"warning! gurufocus\b.*",
        r"you can save this article\b.*",
        r"open this photo in gallery\b.*",
        r"interact with the globe",
        r"legal entity identifier\b.*",
        r"tidm \w+",
        r"this announcement contains inside information\b.*",
        r"on behalf of .{3,40},",
        r"release authori[sz]ed by\b.*",
        r"follow .{2,40} on (?:twitter|linkedin|x|bluesky|threads)\b.*",
        r"for more insights like these\b.*",
        r"for more \w+ news\b.*\bvisit\b.*",
        r"written by .{2,40} for .{2,40}",
        r"connect with us\b.*",
        r"unlock the editor.s digest\b.*",
    ),
    "disclosure": (
        r"disclosures? ?: .*",
        r"corrections? ?: .*",
        r"clarifications? ?: .*",
        r"editor.s note ?: .*",
        r"updates? .{0,60}\bparagraphs?\b.*",
        r"adds (?:details?|comments?|background|quotes?|shares?|analysts?)\b.*",
        r"recasts\b.*",
        r"this story (?:has been|was) (?:refiled|updated|corrected|edited)\b.*",
        r"disclaimer ?: .*",
        r"safe harbou?r statements? ?: .*",
        r"the information (?:contained|provided) in this\b.*",
        r"this article, generated by\b.*",
        r"i/we may, from time to time\b.*",
        r"seeking alpha.s disclosure ?:.*",
        r"this story (?:has|was) not been edited\b.*",
        r"the above investing club\b.*",
        r"no fiduciary obligation\b.*",
        r"the best opportunities often hide\b.*",
    ),
}

# Lines that say nothing by themselves: buttons, headings of boxes, agencies.
ALONE = frozenset(
    line.strip()
    for line in """
    share; resize; summary; synopsis; key points; zinger key points; quick read; story highlights;
    key takeaways; in this article; referenced symbols; share article;
    article content; join the conversation; this content is reserved for subscribers only;
    modal title; more less; sponsored content; author's avatar; asx announcement; enditem; end);
    follow your favorite stocks; definitions; date; company participants; corporate participants;
    conference call participants; call participants; news provided by; author of the article;
    save; saved; print; learn more; gift this article; press release; for immediate release;
    highlights; attachment; attachments; overview; loading; thumbnail; watch live; font size;
    rate story; et online; livemint; executives; analysts; most read; skip advertisement;
    supported by; continue reading; scroll to continue; image; share full article; toggle caption;
    enlarge this image; story continues below this ad; content continues below; context news;
    promoted content; stock exchange release; smart multimedia gallery; reuse this content;
    comments; listen; purchase licensing rights; opens new tab;
    press trust of india; pti; reuters; bloomberg; bloomberg news; afp; the canadian press;
    associated press; the associated press; moneycontrol news; dow jones newswires
    """.replace("\n", " ").split(";")
)
# Headings that may be a story's own: they count where a list of headlines follows.
LIST_HEADINGS = frozenset(
    line.strip()
    for line in """
    related; trending; recommended; popular; popular now; latest; up next; must read; must reads
    """.split(";")
)
# Headings behind which the story goes on.
RESUMES = re.compile(r"current (?:position|market status) of .*|.*'s current market status")

# Sentences that speak of interests or of the publisher, not of the news; before each the words, in
# lower case, without which it is not tried.
DISCLOSURES: Mapping[str, re.Pattern[str]] = {
    literal: re.compile(pattern, re.IGNORECASE)
    for literal, pattern in (
        (
            "position",
            (
                r"\bha(?:s|ve) (?:no )?positions? in\b|\bha(?:s|ve) (?:a )?beneficial\b|"
                r"\bdid not (?:have|hold)\b.{0,40}\bpositions? in\b|\bholds? no positions? in\b"
            ),
        ),
        ("motley fool", r"\bthe motley fool\b"),
        ("stock advisor", r"\bstock advisor\b"),
        ("originally published", r"\boriginally (?:published|appeared)\b"),
        ("reporting by", r"\(?\breporting by\b"),
        ("editing by", r"\bediting by\b"),
        ("trademark", r"\b(?:registered )?trademarks? of\b"),
        ("charitable trust", r"\bcharitable trust\b"),
        ("investment advice", r"\bnot (?:constitute |intended as )?(?:\w+ )?investment advice\b"),
        ("forward-looking", r"\bforward-looking statements? (?:within|are|involve|include)\b"),
        ("contributed", r"\bcontributed (?:to this (?:report|story|article)|reporting)\b"),
        ("general in nature", r"\bis general in nature\b"),
        ("commentary based on", r"\bprovide commentary based on historical data\b"),
        ("a recommendation", r"\bnot constitute a recommendation\b"),
        ("advertising partner", r"\badvertising partner of\b"),
        ("owns the washington post", r"\bowns the washington post\b"),
        ("parent of", r"\bparent of (?:c?nbc|msnbc|bloomberg news|marketwatch|insider)\b"),
        ("parent company", r"\bparent company of (?:c?nbc|msnbc)\b|\binsider.s parent company\b"),
        ("owner news corp", r"\bowner news corp has\b"),
        ("zacks", r"\b(?:access a zacks|want the latest recommendations)\b"),
        ("generated by", r"\bgenerated by (?:automated insights|.{0,30}\bautomated content)\b"),
        ("narrative science", r"\bgenerated by narrative science\b"),
        ("free stock analysis", r": free stock analysis report\b"),
        ("views and opinions", r"\bthe views and opinions expressed herein\b"),
        ("author", r"\bauthors? (?:is|are|has|have) (?:long|short|no)\b"),
        ("compiled by", r"\(compiled by\b"),
        ("edited by", r"\(edited by\b"),
        ("joined reuters", r"\bjoined reuters\b"),
        ("to your inbox", r"\bto your inbox\b"),
        ("newsletter", r"\bin (?:this|our) (?:weekly|daily) newsletter\b|\bnewsletter provides\b"),
        ("the opinions expressed", r"\bthe opinions expressed (?:here )?are\b"),
        ("columnist", r"\bthe authors? (?:is|are) .{0,30}\bcolumnists?\b"),
        ("does not vouch", r"\bdoes not vouch for\b"),
        ("the support of ai", r"\bgenerated with the support of ai\b"),
        ("all rights reserved", r"\ball rights reserved\b"),
        ("full list of the stocks", r"\bsee here for a full list of the stocks\b"),
        ("authorised this article", r"\bhas authorised this article\b"),
        ("reporter", r"\bis an? (?:\w+ ){0,4}reporter (?:for|at|covering|with)\b"),
        ("transmitted by", r"\btransmitted by (?:eqs news|dgap)\b"),
        ("eqs distribution", r"\bthe eqs distribution services\b"),
    )
}
