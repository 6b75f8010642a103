"""Words that tell what a capitalised name is: a table, to be lengthened."""

from __future__ import annotations

LEGAL_FORMS = frozenset(
    "Inc Incorporated Corp Corporation Co Company Companies Ltd Limited LLC LP plc PLC AG SE SA NV "
    "ASA AB Oyj Abp KGaA GmbH SpA Bhd Tbk Berhad S.A N.V S.p.A L.P P.L.C A/S S.E".split()
)
"""Words after a name that make it a company's."""

GROUP_FORMS = frozenset("Group Holdings Holding Hldgs".split())
"""Words that belong to a company's name and are often left out."""

DESCRIPTORS = frozenset(
    "Bancorp Bancshares Bank Banks Hospitality REIT Pharmaceuticals Pharma Therapeutics "
    "Biosciences Biotech Biotherapeutics Biopharma Bio Energy Resources Capital Partners Trust "
    "Financial Realty Properties Industries Motors Airlines Airways Systems Foods Brands Petroleum "
    "Minerals "
    "Mining Gold Silver Lithium Uranium Oil Gas Insurance Acquisition Ventures Semiconductor "
    "Semiconductors Electric Electronics Steel Chemical Chemicals Media Entertainment "
    "Communications Telecom Wireless Networks Laboratories Labs Medical Health Healthcare "
    "Logistics Shipping Marine Maritime Aerospace Defense Materials Water Power Solar Oncology "
    "Genetics Genomics Robotics University College Foundation Institute Museum".split()
)
"""Words after a name that make it another company, unless the book has the longer name."""

PLACES = frozenset(
    "Way Street Avenue Road Boulevard Drive Stadium Arena Park Field Square Tower Theatre Theater "
    "Hall Bridge River Island County Valley Beach Airport Station Cathedral Center Centre".split()
)
"""Words after a name that make it a place."""

THINGS = frozenset(
    "rainforest rainforests deforestation jungle forest basin river variant juice cider pie pies "
    "orchard orchards grower growers harvest harvests infestation bones".split()
)
"""Words after a name that make it something else: "the Amazon rainforest"."""

CONGLOMERATES = frozenset(
    "Hyundai Samsung LG SK Hanwha Doosan Lotte Tata Adani Bajaj Birla Reliance Mahindra Godrej "
    "Mitsubishi Mitsui Sumitomo Toyota Hitachi Yamaha Kawasaki Siemens".split()
)
"""Names that many companies share: before another capital they are the begin of a longer one."""

FUNCTION_WORDS = frozenset(
    "A About After All Also Although Amid An And Are As At Because Before Both But By Can Could "
    "Despite Did Do Does During Each Even Every For Former From Had Has Have He Her Here His How "
    "However I If In Inside Into Is It Its Just Know Like Many Maybe Meanwhile More Most My Nor "
    "Not Now Of Off On Once Or Our Out Over Per Say Says She Should Since So Some Still Such "
    "That Their Then There These They This Those Though Through Thus To Today Too Under Unlike "
    "Until Up Upon Versus Vs Was We Were What When Where Whether Which While Who Whom Why Will "
    "With Within Without Would Yet You Your".split()
)
"""Capitalised only because a sentence begins or a headline capitalises: never part of a name."""

OPENERS = FUNCTION_WORDS | frozenset(
    "The New No One Only Rival Rivals Shares Stock Monday Tuesday Wednesday Thursday Friday "
    "Saturday Sunday January February March April June July August September October November "
    "December American British Chinese French German Indian Japanese Korean Dutch Swiss Swedish "
    "Canadian Australian European Asian Taiwanese Italian Spanish Silicon Wall Big Tech Retailer "
    "Automaker Carmaker Chipmaker Drugmaker Lender Bank Giant Analyst Analysts Buy Buying Sell "
    "Hold Top Best Investigate Looking Look Watch Consider Meet".split()
)
"""Capitalised words that may stand before a name and do not belong to it."""

GENERIC_FIRST = frozenset(
    "Advanced Air Alliance Allied America American Applied Associated Atlantic Australian Bank "
    "Best Blue British California Canada Canadian Capital Central China Chinese Citizens City "
    "Clean Coastal Columbia Commercial Community Consolidated Continental Deutsche Digital Direct "
    "Dollar Dynamic Eagle East Eastern Edge Energy Enterprise Equity European Federal Fidelity "
    "Financial First Franklin French General Genetic German Global Gold Golden Great Green Hong "
    "Home Horizon Independent India Indian Industrial Innovative Insight Integrated International "
    "Japan Japanese Kong Korea Korean Liberty London Lake Mercantile Metro Mid Mitsubishi "
    "Mountain Mutual National Natural New North Northern Ocean Old Pacific Pan Partners People "
    "Phoenix Pioneer Power Premier Prime Public Pure Quest Real Red Regional Republic Rio River "
    "Royal Safe San Santa Select Smart Solar South Southern Southwest Spirit Standard Star State "
    "States Steel Sterling Strategic Summit Sun Swiss Texas The Time Tokyo Trans Tri Trust U.S. "
    "Union United Universal Urban US Valley Vista Washington Water West Western White World "
    "York".split()
)
"""First words that many companies share: no short form of any of them."""

FIRST_NAMES = frozenset(
    "Aaron Adam Alan Albert Alex Alexander Alice Amanda Amy Andrea Andrew Andy Angela Ann Anna "
    "Anne Anthony Arthur Barbara Ben Benjamin Betty Bill Bob Brad Brandon Brian Bruce Carl Carlos "
    "Carol Caroline Catherine Charles Charlie Charlotte Chris Christian Christina Christine "
    "Christopher Claire Colin Craig Cynthia Dan Daniel David Dean Deborah Dennis Diana Diane "
    "Donald Dorothy Doug Douglas Dylan Ed Edward Elaine Elizabeth Ellen Emily Emma Eric Erik "
    "Ernest Ethan Eugene Eva Frances Francis Frank Fred Gary George Gerald Gina Glenn Grace Graham "
    "Grant Greg Gregory Guy Hannah Harold Harrison Harry Heather Helen Henry Howard Hugh Ian Isaac "
    "Jack Jackie Jacob James Jamie Jan Jane Janet Jason Jay Jean Jeff Jeffrey Jen Jennifer Jeremy "
    "Jerome Jerry Jesse Jessica Jim Jimmy Joan Joe Joel John Johnny Jon Jonathan Jordan Joseph "
    "Joshua Joyce Juan Judith Julia Julie Justin Karen Karl Kate Katherine Kathleen Keith Kelly "
    "Ken Kenneth Kevin Kim Kyle Larry Laura Lauren Lawrence Lee Leo Leon Leonard Lewis Linda Lisa "
    "Liz Lou Louis Louise Lucy Luis Luke Lynn Marc Marco Margaret Maria Marie Mario Marilyn Mark "
    "Martha Martin Mary Matt Matthew Max Megan Melissa Michael Michelle Miguel Mike Mitch Mohamed "
    "Nancy Natalie Nathan Neil Nicholas Nicole Nick Noah Oliver Olivia Oscar Pamela Patricia "
    "Patrick Paul Pedro Peter Phil Philip Phillip Rachel Ralph Ray Rebecca Ricardo Richard Rick "
    "Rob Robert Roberto Robin Rod Roger Roland Ron Ronald Rose Ross Roy Russell Ruth Ryan Sally "
    "Sam Samantha Samuel Sandra Sara Sarah Scott Sean Seth Shane Sharon Shawn Simon Sophia Sophie "
    "Stephanie Stephen Steve Steven Stuart Sue Susan Suzanne Ted Teresa Terry Theodore Theresa "
    "Thomas Tim Timothy Todd Tom Tommy Tony Tracy Tyler Vanessa Victor Victoria Vincent Walter "
    "Warren Wayne Wendy William Zach".split()
)
"""Given names: what follows is a person, as in "Harrison Ford"."""

TITLES = frozenset(
    "Mr Mrs Ms Dr Sir Lord Lady Dame Senator Sen Governor Gov Representative Rep Congressman "
    "Congresswoman President Minister Secretary Judge Justice Mayor Chancellor Premier Pope "
    "Professor Prof General Gen Colonel Captain Coach Ambassador Commissioner Prince Princess "
    "Saint".split()
)
"""What stands before a person's name: "Senator Ford"."""

MOVES = frozenset(
    "falls fell rises rose drops dropped jumps jumped surges surged soars soared slides slid "
    "tumbles tumbled plunges plunged rallies rallied climbs climbed slips slipped sinks sank gains "
    "gained loses lost slumps slumped crashes crashed plummets plummeted leaps leapt dives dived "
    "advances rebounds rebounded retreats retreated skids skidded dips dipped edges edged "
    "skyrockets skyrocketed spikes spiked nosedives nosedived adds added".split()
)
"""What prices do."""

COMPANY_WORDS = MOVES | frozenset(
    "said says reported reports announced announces posted posts shares share stock stocks ceo "
    "cfo coo chairman earnings revenue revenues profit profits sales acquires acquired buys "
    "bought sells sold launches launched unveils unveiled plans expects forecasts raises raised "
    "cuts beats misses missed beat declares declared files filed hires names appoints agrees "
    "agreed warns warned shareholders investors executives employees workers customers "
    "spokesman spokeswoman results net eps q1 q2 q3 q4 guidance dividend buyback board tops "
    "sees wins won spokesperson stores brand brands unit cut lifts lifted hikes hiked zooms "
    "zoomed tanks bags bagged recalls recalled delays delayed fined accused ordered urged "
    "probed initiated initiates started starts upgraded upgrades downgraded downgrades "
    "maintains reiterates resumes maintained reiterated reinstated prices tests mulls eyes "
    "explores faces joins joined backs bets bids considers defends denies ditches doubles "
    "enters exits expands fights inks invests makes merges nears outlines split overhauls "
    "partners picks plots prepares pulls pushes quits readies rejects rejected replaces reveals "
    "revamps scraps secures shuts shutters slashes slashed spins splits stops sues sued "
    "suspends touts unloads urges wants weighs withdraws loss losses margin margins outlook "
    "valuation holder holders hit hits halts halted signs signed settles settled seeks trims "
    "trimmed pays paid boosts boosted reaffirms reaffirmed lowers lowered axes "
    "pauses paused completes completed approves authorizes delivers delivered crushes "
    "extends extended pares pared logs suffers suffered confirms confirmed discloses "
    "disclosed surpasses surpassed exceeds exceeded trounces disappoints disappointed guides "
    "guided taps ousts ousted blames braces averts terminates idles stumbles "
    "stumbled struggles abandons abandoned quarterly comparable".split()
)
"""Words after a name that only a company's name has."""

OWNED = frozenset(
    "quarterly annual first-quarter second-quarter third-quarter fourth-quarter first-half "
    "second-half half-year full-year comparable same-store like-for-like adjusted underlying gross "
    "operating margin margins loss losses income cash chief chairwoman founder management finance "
    "balance forecast forecasts outlook valuation backlog orders deliveries shipments subsidiary "
    "acquisition takeover merger ipo headquarters debt bondholders creditors market-cap".split()
)
"""What only a company has: "Target's quarterly profit"."""

DONE = frozenset(
    "agreed said reported announced posted acquired bought sold unveiled raised declared hired "
    "appointed warned beat cut laid signed settled sued recalled hiked lifted slashed trimmed "
    "invested forecast guided repurchased divested".split()
)
"""What companies have done: "Delta has agreed"."""

PLANS = frozenset(
    "acquire add appoint axe begin bid bring build buy buyback clear close combine cooperate "
    "create cut cuts defer develop divest double drop eliminate end enter exit expand explore "
    "file focus go hike hire host hold increase install invest issue join keep launch lay lead "
    "list make merge miss move name offer open partner pay plead pledge power present produce "
    "provide pull pump purchase quit raise realign reap receive recall reduce refund release "
    "remove reopen replace report restart restructure resume return roll seek sell settle shed "
    "shift shut slash spend spin split start stop supply suspend take trim unveil use webcast "
    "weigh swing boost lower reinstate redeem delist pause oust narrow cease book".split()
)
"""Verbs of what companies plan: "Shell to sell its pipelines"."""

BEFORE_COMPANY = frozenset(
    "retailer maker owner rival parent automaker carmaker chipmaker drugmaker airline lender "
    "giant chain startup unit company miner insurer brewer utility bank upgrades upgraded "
    "downgrades downgraded initiates reiterates coverage acquires acquire buys rating approves "
    "sues fines".split()
)
"""Words before a name that only a company's name has."""

REPORTING = frozenset(
    "reports announces acquires buys sells posts launches raises lowers cuts beats misses declares "
    "files hires names appoints upgrades downgrades maintains initiates reiterates resumes updates "
    "receives completes prices closes expects sees plans gets wins reaffirms".split()
)
"""Verbs of headlines: what stands before one is no part of the name behind it."""

ANALYST_WORDS = frozenset(
    "upgrades upgraded downgrades downgraded maintains maintained initiates initiated reiterates "
    "reiterated resumes resumed lowers lowered raises raised cuts cut boosts boosted trims "
    "trimmed analyst analysts strategist strategists economist economists rates rated sees "
    "expects estimates says said notes noted wrote writes points reels starts begins assumes "
    "adjusts updates updated affirms affirmed restated reissued dropped keeps sets recommends "
    "gives warns likes remains stays turns boost slashes slashed favors prefers calls started "
    "bullish bearish".split()
)
"""Words after a broker's name that make it the voice rather than the subject."""

ANALYSTS = frozenset(
    "analyst analysts strategist strategists economist economists brokerage trader "
    "consensus".split()
)
"""Who speaks for a broker, right behind its name."""

RATES = frozenset("names named adds added removes removed is lifts lifted calls turns puts".split())
"""Verbs of a broker that rates others, where a sentence speaks of ratings."""

ANALYST_TOPICS = tuple(
    "target|price objective|rating|upgrade|downgrade|overweight|underweight|outperform|"
    "underperform|equal weight|neutral|initiates|reiterates|maintains|coverage|to hold|to sell|"
    "from hold|from buy|from sell|at buy|bullish on|bullish call|bearish call|top pick|best idea|"
    "conviction list|focus list|pt raised|pt lowered|pt cut|analyst|a note|estimates".split("|")
)
"""Phrases of a sentence in which a broker speaks of others."""

NO_TICKERS = frozenset(
    "A AFP AI AM AP API AR ASAP AUM BBC CAGR CBO CDC CEO CFO CIO CMO COO CPI CSR CTO DC DIY DNA "
    "DOE DOJ EBIT ECB EM EPA EPS ESG ETF EU EV EVP FAQ FBI FCC FDA FED FOMC FTC FX FY GAAP GDP "
    "GM GMT HR I ID II III IMF IP IPO IRS IT IV VI VII JV LLC LNG LP LTD M MBA MOU NATO NAV NDA "
    "NFP NIH NYC NYSE OPEC OTC PC PDF PE PM PMI PR PT PTI QE RBI REIT ROE ROI SEBI SEC SME SPAC "
    "SVP TBA TBD TTM TV UAE UK UN US USA USD UTC VAT VC VIX VP VR WHO WTO YOY YTD".split()
)
"""What stands in brackets for other things than a ticker."""
