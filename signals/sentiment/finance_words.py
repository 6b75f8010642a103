"""Words of financial news: what moves, which way, and whether that is good.

Lists of our own. A direction says nothing by itself: costs that fall are good, profits that
fall are not. To teach the scorer a word, add it here and train again, with
:mod:`signals.sentiment.training`.
"""

from __future__ import annotations

UP = frozenset(
    "up rise rises rose risen rising increase increases increased increasing grow grows grew grown "
    "growing growth climb climbs climbed climbing jump jumps jumped jumping surge surges surged "
    "surging soar soars soared soaring rally rallies rallied rallying gain gains gained gaining "
    "advance advances advanced higher raise raises raised raising boost boosts boosted boosting "
    "hike hikes hiked expand expands expanded expanding expansion double doubles doubled doubling "
    "triple triples tripled quadrupled leap leaps leaped leapt zoom zooms zoomed spike spikes "
    "spiked improve improves improved improving improvement strengthen strengthens strengthened "
    "strengthening recover recovers recovered recovery rebound rebounds rebounded accelerate "
    "accelerates accelerated accelerating add adds added edge edged lift lifts lifted upped swell "
    "swells swelled swelling ramp ramps ramped widen widens widened widening more exceed exceeds "
    "exceeded exceeding pop pops popped skyrocket skyrockets skyrocketed rocket rockets rocketed "
    "bounce bounces bounced appreciate appreciates appreciated firmed firms extend extends "
    "extended bumps bumped upward upwards buoyant top tops topped topping beat beats beating "
    "surpass surpasses surpassed outperform outperforms outperformed outpace outpaced upgrade "
    "upgrades upgraded mount mounts mounted mounting balloon balloons ballooned ballooning deepen "
    "deepens deepened deepening wider bigger larger greater overshoot overshoots overshot quicken "
    "quickens quickened multiply multiplied multiplies escalate escalates escalated escalating "
    "intensify intensifies intensified intensifying resume resumes resumed restart restarts "
    "restarted reinstate reinstates reinstated".split()
)
"""Words that say: more than before, or more than expected."""

DOWN = frozenset(
    "down fall falls fell fallen falling decrease decreases decreased decreasing decline declines "
    "declined declining drop drops dropped dropping slip slips slipped slipping slide slides slid "
    "sliding plunge plunges plunged plunging tumble tumbles tumbled tumbling sink sinks sank sunk "
    "sinking slump slumps slumped slumping shrink shrinks shrank shrunk shrinking dip dips dipped "
    "dipping lower lowers lowered lowering cut cuts cutting reduce reduces reduced reducing "
    "reduction slash slashes slashed slashing trim trims trimmed weaken weakens weakened weakening "
    "worsen worsens worsened worsening deteriorate deteriorated deteriorates deteriorating crash "
    "crashes crashed tank tanks tanked plummet plummets plummeted plummeting contraction halve "
    "halves halved narrow narrows narrowed narrowing ease eases eased easing lose loses lost "
    "losing shed sheds shave shaved slow slows slowed slowing slowdown dive dives dived nosedive "
    "retreat retreats retreated erode erodes eroded erase erased less fewer diminish diminished "
    "diminishes dwindle dwindled nosedives miss misses missed missing lag lags lagged lagging "
    "downgrade downgrades downgraded underperform underperforms underperformed depreciate "
    "depreciates depreciated downward tepid subdued skid skids skidded wane wanes waned waning "
    "recede recedes receded receding subside subsides subsided narrower smaller slower ebb ebbs "
    "ebbed abate abates abated fade fades faded fading dissipate cools cooled undershoot "
    "undershoots undershot moderates moderated vanish vanishes vanished disappear disappears "
    "disappeared soften softens softened dries contracted contracting eliminate eliminates "
    "eliminated omit omits omitted skip skips skipped pause pauses paused suspend suspends "
    "suspended suspending scrap scraps scrapped withdraw withdraws withdrew withdrawn axe axes "
    "axed halt halts halted crl".split()
)
"""Words that say: less than before, or less than expected."""

BETTER = frozenset("improve improves improved improving improvement".split())
WORSE = frozenset(
    "worsen worsens worsened worsening deteriorate deteriorates deteriorated deteriorating "
    "crl".split()
)
"""Directions that are good or bad whatever moves: a shortage that worsens is no less of it."""

GOOD = frozenset(
    "profit profits profitability earnings sales revenue revenues turnover income ebitda ebit eps "
    "margin margins dividend dividends orders order orderbook demand bookings shipments deliveries "
    "output production growth guidance outlook forecast forecasts estimate estimates expectations "
    "expectation target share shares stock stocks price prices rating ratings market markets index "
    "indices rupee volumes volume traffic passengers customers subscribers users cash assets net "
    "pat topline nav gdp exports backlog efficiency productivity capacity results result "
    "performance stake holdings aum collections inflows deposits value valuation sentiment "
    "confidence employment jobs hiring billings gains returns yield reserves equity futures "
    "savings investment investments competitiveness quality liquidity solvency business buyback "
    "buybacks payout payouts repurchase repurchases guide guides dividends goal goals targets "
    "endpoint endpoints".split()
)
"""What is good to have more of."""

BAD = frozenset(
    "loss losses cost costs expense expenses debt debts liabilities unemployment inflation npa "
    "npas provisions impairment impairments deficit default defaults delinquencies claims risk "
    "risks layoffs jobless emissions volatility outflows delays delay deaths redundancies "
    "writedowns writedown leverage vacancies vacancy pledge borrowing borrowings downtime churn "
    "bankruptcy bankruptcies accidents burden shortfall glut arrears foreclosures chargeoffs "
    "writeoffs overheads bills overruns overrun insolvencies insolvency cancellations cancelations "
    "delinquency chargebacks burn indebtedness defects defect recession".split()
)
"""What is good to have less of."""

BURDENS = frozenset(
    "probe probes investigation investigations inquiry inquiries lawsuit lawsuits suit suits "
    "litigation complaint complaints charge charges allegation allegations accusation accusations "
    "verdict fine fines penalty penalties fraud wrongdoing indictment scrutiny crackdown ban bans "
    "curb curbs restriction restrictions embargo sanction sanctions tariff tariffs duty duties "
    "levy levies tax taxes suspension freeze moratorium lockdown lockdowns blockade boycott strike "
    "strikes dispute disputes recall recalls outage outages shutdown shutdowns shortage shortages "
    "fears worries concern concerns uncertainty threat fault blame negligence".split()
)
"""What is imposed or happens, and is over at some time: good to be rid of."""

BEGINS = frozenset(
    "open opens opened launch launches launched begin begins began begun start starts started face "
    "faces faced facing file files filed impose imposes imposed imposing slap slaps slapped uphold "
    "upholds upheld tighten tightens tightened tightening bring brings brought initiate initiates "
    "initiated reinstate reinstates reinstated renew renews renewed revive revives revived spark "
    "sparks sparked trigger triggers triggered stoke stokes stoked placed hit hits allow allows "
    "allowed widen widens widened extend extends extended lose loses lost losing reopen reopens "
    "reopened take takes took taken book books booked disclose discloses disclosed flag flags "
    "flagged places put puts record records recorded".split()
)
"""Words of a burden that comes, or stays."""

FINISHES = frozenset(
    "end ends ended ending drop drops dropped dropping dismiss dismisses dismissed dismissing lift "
    "lifts lifted lifting scrap scraps scrapped remove removes removed removing waive waives "
    "waived withdraw withdraws withdrew withdrawn abandon abandons abandoned quash quashes quashed "
    "overturn overturns overturned abolish abolishes abolished revoke revokes revoked rescind "
    "rescinds rescinded void voids voided resolve resolves resolved settle settles settled "
    "settling clear clears cleared close closes closed throw throws threw thrown toss tosses "
    "tossed off reject rejects rejected reverse reverses reversed shelve shelves shelved axe axes "
    "axed cancel cancels cancelled canceled suspend suspends suspended halt halts halted stop "
    "stops stopped avert averts averted averting avoid avoids avoided avoiding escape escapes "
    "escaped dodge dodges dodged win wins won beat beats lapse lapses lapsed expire expires "
    "expired ease eases eased easing relax relaxes relaxed loosen loosens loosened calm calms "
    "calmed soothe soothes soothed allay allays allayed dispel dispels dispelled absolve absolves "
    "absolved exonerate exonerates exonerated acquit acquits acquitted".split()
)
"""Words of a burden that goes, whatever they say of other things: "lifts the ban"."""

SPOILS = frozenset(
    "bad soured sour doubtful troubled stressed delinquent overdue unsold excess idle short "
    "pledged distressed toxic impaired loss problem performing vacant clinical class patent "
    "antitrust criminal".split()
)
SPOILED = frozenset(
    "loan loans asset assets debt debts interest position positions bets stock stocks inventory "
    "inventories mortgages homes flats shares sellers exposure stockpiles hold action actions "
    "provisions reserves case cases".split()
)
"""What is a burden behind one of the words above: "bad loans", "short interest"."""

GOOD_NEWS = frozenset(
    "win wins won winning award awards awarded secure secures secured bag bags bagged clinch "
    "clinches clinched milestone breakthrough approval approved approves approve savings efficient "
    "efficiency profitable record best better strong stronger strongest robust solid healthy "
    "positive optimistic upbeat bullish success successful successfully favourable favorable "
    "attractive competitive leading leader innovative buyback turnaround cheer cheers bright "
    "brighter rewarding enhance enhances enhanced enhancing optimise optimize accretive synergies "
    "synergy outperformer overweight buy bull bulls bargain undervalued exclusive pleased "
    "delighted happy excellent benefit benefits benefited advantage reliable resume resumes "
    "resumed reopen reopens reopened restore restores restored restoring thrive thriving flourish "
    "flourishing prosper boom booms booming windfall lifeline smash smashes smashed smashing "
    "blowout stellar impressive impresses impressed rosy tailwind tailwinds uptick upturn upswing "
    "revival rewards rewarded oversubscribed unlock unlocks unlocked endorse endorses endorsed "
    "landmark prevail prevails prevailed vindicated acquitted exonerated relief spared triumph "
    "triumphs victory lands landed greenlight greenlit nod cure cures stabilise stabilised "
    "stabilises stabilize stabilized stabilizes infusion inject injects injected sweetens "
    "sweetened sustainable satisfied satisfaction easier faster quickly recommend resolves settled "
    "overtakes overtake overtook overtaken sparkle sparkles sparkled defies defied clinching "
    "exempt exempts exempted exemption exemptions regain regains regained restart restarts "
    "restarted outbid repaid repays reaffirm reaffirms reaffirmed escaped escapes clears cleared "
    "absolved absolves acquits exonerates gainer gainers backs buybacks repurchase repurchases "
    "repurchased reinstate reinstates reinstated designation".split()
)
"""Words that are good news by themselves."""

BAD_NEWS = frozenset(
    "warning warnings warn warns warned lawsuit lawsuits sue sued sues probe probes investigation "
    "investigated fraud scandal recall recalls recalled layoff layoffs laid sacked fired "
    "dismissals dismissal redundant strike strikes halt halts halted suspend suspends suspended "
    "suspension resign resigns cancel cancels cancelled canceled cancellation terminate terminates "
    "terminated bankrupt bankruptcy insolvency insolvent default defaults weak weaker weakest "
    "weakness poor worse worst bad negative pessimistic bearish gloomy gloom unprofitable loss "
    "losses impairment writedown restructuring shutdown closure closes shut lack concern concerns "
    "worry worries fear fears trouble troubles problem problems crisis hurt hurts hit hits pain "
    "painful suffer suffers suffered suffering drag drags dragged damage damages disappointing "
    "disappoints disappointed disappointment underweight sell selloff bear bears overvalued breach "
    "penalty penalties fined guilty violation violations blow setback woes turmoil ban banned bans "
    "reject rejects rejected deny denied dispute disputes adverse unfavourable unfavorable soft "
    "accuse accuses accused accusing allege alleges alleged alleging collapse collapses collapsed "
    "ousts ousted shutter shutters shuttered shuttering outage outages disrupt disrupts disrupted "
    "disruption disruptions dilute dilutes diluted dilution dilutive hack hacked cyberattack "
    "whistleblower liquidate liquidated liquidation evaporate evaporates evaporated bribery bribe "
    "bribes corruption indicted arrest arrested raid raided seize seizes seized derailment "
    "explosion spill grounded grounding stranded stall stalls stalled scrap scraps scrapped "
    "abandon abandons abandoned slam slams slammed criticised criticized backlash boycott exodus "
    "quit quits mislead misled misleading deceptive defrauded defrauding contaminated "
    "contamination tainted unsafe defective faulty flaw flaws glitch glitches malfunction "
    "breakdown failure failures distress distressed junk manipulation inflated inflating restate "
    "restates restated restatement delist delisted delisting blacklist blacklisted barred block "
    "blocks blocked blocking veto vetoed hamper hampers hampered curtail curtails curtailed dampen "
    "dampens dampened plague plagued plagues struggle struggles struggled struggling scuttle "
    "scuttled derail derails derailed jeopardise jeopardize threaten threatens threatened "
    "threatening idled furlough furloughs furloughed improperly illegally limits majeure sluggish "
    "challenging difficult delays delayed delay walkout walkouts raids crater craters cratered "
    "falters faltered falter repossess quake flood floods flooding earthquake rigged interrupted "
    "interruption interruptions cease ceases ceased clash clashes unrest wiped wipes alarm alarms "
    "alarmed alarming protest protests protested row hole unpaid cripple crippled crippling fines "
    "hurricane hurricanes typhoon wildfire wildfires stole stolen steal steals stealing hacker "
    "hackers ransomware malware breaches breached diluting leak leaks leaked leaking shun shuns "
    "shunned convicted conviction embezzled embezzlement implode imploded implodes flounder "
    "floundering ditch ditches ditched forbade forbid forbids forbidden illegal unlawful "
    "unlawfully blame blames blamed fault negligent liable fatal deadly loser losers laggard "
    "laggards rebuff rebuffs rebuffed complaint complaints charges indictment indictments "
    "allegation allegations accusation accusations litigation flop flops flopped".split()
)
"""Words that are bad news by themselves."""

NEGATIONS = frozenset(
    "not no never without n't cannot can't won't don't doesn't didn't isn't aren't wasn't weren't "
    "hasn't haven't unlikely fail fails failed failing hardly nor neither despite refuse refuses "
    "refused refusing".split()
)
"""Words that turn what follows them."""

NOTS = frozenset(
    "not never n't cannot can't won't don't doesn't didn't isn't aren't wasn't weren't hasn't "
    "haven't".split()
)
"""Those that make a rise of a fall right behind them: "did not miss estimates"."""

COMPARES = frozenset("from against versus vs compared comparison than".split())
"""Words between a number and the one that it is set against."""

CAUSES = frozenset(
    "on over by due because following post through via into ahead before despite".split()
)
"""Words behind which stands why something moves, and not what: "falls on fears"."""

CLAUSE_ENDS = frozenset(
    ", ; : . - – — | but while as although though despite whereas however amid after even".split()
)
"""Tokens at which a new clause may begin."""

MOVERS = frozenset(
    "raise raises boost boosts lift lifts reduce reduces lowers trim trims erode erodes add adds "
    "exceed exceeds top tops beat beats growth rally rallies crash crashes recovery rebound "
    "rebounds".split()
)
"""Directions that don't say of something bad before them that it moves: "fears boost gold"."""

AWAITED = frozenset(
    "expected forecast feared anticipated estimated predicted projected hoped planned thought "
    "guided expectations estimates forecasts analysts economists investors consensus views".split()
)
"""What is set against what came, behind "than"."""

MORE = frozenset("more faster larger bigger greater wider".split())
"""Words of :data:`UP` that stress a direction before them: "fell more than expected"."""

LESS = frozenset("less smaller slower narrower".split())
"""Words of :data:`DOWN` that turn a direction before them: "fell less than feared"."""

MEASURES = frozenset("% cent bps bp basis points pts percentage ppt ppts pp".split())
"""Behind a number with a sign, what makes a move of it: "shares -8 %", "margin +40 bps"."""

AT = frozenset("at to near around below above over under".split())
LEVELS = frozenset("rate rates yield yields coupon est exp prev previous prior consensus".split())
"""Words right behind which, or a word later, it is none: "at -0.5 %", "a rate of -0.5 %"."""

PLAIN = frozenset(
    "a an the this that these those it its they their he his she her we our you your who whose "
    "which what how why when where here there i and or but of in on at to for from with by as into "
    "about after before between among amid while during per via than vs versus against although "
    "is are was were be been being am has have had do does did will would can could may might "
    "should must all any both each few more most other others another some such only own same so "
    "then too very just also even one two three four five six seven eight nine ten "
    "stocks stock shares share names name ticker tickers equities company companies firm firms "
    "movers mover moves moving move making make makes made big bigger biggest focus watch watched "
    "watching watchlist radar list lists news headlines headline story stories brief briefing "
    "preview review recap roundup calendar chart charts premarket postmarket pre-market hours late "
    "early trading trade today tomorrow yesterday tonight morning afternoon evening midday noon "
    "week weekly day days daily month months year years quarter monday tuesday wednesday thursday "
    "friday saturday sunday january february march april june july august september october "
    "november december jan feb mar apr jun jul aug sep sept oct nov dec wall street market markets "
    "trending including include key live update updates earnings results report reports "
    "million billion trillion mn bn m b k crore lakh dollar dollars euro euros pounds cents usd "
    "eur rs t x q s : ; , . - | … ! ? % & '".split()
)
"""Words and marks that say nothing by themselves: a list of names among them has no score."""

IDLE = frozenset(
    "make makes made making set sets setting draw draws drew drawn team teams "
    "teamed back backs backed break breaks lock follow start step steps stepped stepping "
    "shut shuts wind winds winding fatal deadly plane jet car train helicopter bus take takes "
    "took taken taking interim".split()
)
PARTICLES = frozenset("up down crash crashes charge".split())
"""Words that move nothing behind one of those above: "make up 40 % of revenue", "take charge"."""

SWINGS = frozenset("swing swings swung swinging".split())
"""Words that rise behind which stands a profit, and fall behind which stands a loss."""

TAKES = frozenset(
    "take takes took taken taking grab grabs grabbed grabbing steal steals stole stealing".split()
)
"""Words that rise before a share of a market: "takes market share"."""

CASES = frozenset("case cases claim claims proceedings action actions appeal appeals".split())
"""What is a burden before "against"."""

VOTES = frozenset(
    "vote votes voted voting recommend recommends recommended rule rules ruled ruling side sides "
    "sided advise advises advised".split()
)
"""Words that reject before "against"."""

ILLS = frozenset(
    "hospitalisation hospitalisations hospitalization hospitalizations infection infections "
    "relapse relapses symptom symptoms stroke strokes attack attacks cancer cancers tumor tumors "
    "tumour tumours disease alzheimer alzheimer's dementia parkinson migraine migraines seizure "
    "seizures bleeding mortality malaria obesity depression arthritis asthma diabetes".split()
)
"""What is bad to have behind a direction, and else only what a company works on."""

PRODUCTS = frozenset(
    "drug drugs treatment treatments therapy therapies medicine medicines vaccine vaccines shot "
    "shots pill pills unit maker makers patient patients research trial trials study studies test "
    "tests testing centre center business franchise portfolio pipeline program programme device "
    "devices care market sales price prices approval application".split()
)
"""Behind one of these ills they are none: "cuts cancer drug prices"."""

STRIKES = frozenset("strike strikes struck striking".split())
SEALS = STRIKES | frozenset("close closes closed closing".split())
DEALS = frozenset(
    "deal deals agreement agreements accord accords pact pacts partnership partnerships alliance "
    "alliances truce acquisition acquisitions purchase takeover buyout merger sale offering "
    "placement financing refinancing round fund ipo transaction transactions compromise".split()
)
"""What is made by one of the words above, a few words behind it: "strikes a deal"."""

ORES = frozenset("oil gold gas lithium copper".split())
"""What is found where one strikes it; who closes an oil field has none."""

PREPOSITIONS = frozenset("at in against for with of to from".split())
"""Words behind which another thing begins: "strikes at the gold mine"."""

FALLS = frozenset("fall falls fell falling".split())
UNDER = frozenset("under due within behind".split())
"""Words before which those above are no directions: "falls under the law"."""

RESULTS = frozenset("profit profits loss losses income earnings result ebit ebitda".split())
"""What a company makes: a profit against a loss is better, whatever the numbers."""

SCALES = {
    **dict.fromkeys(("k", "thousand"), 1e3),
    **dict.fromkeys(("lakh", "lakhs"), 1e5),
    **dict.fromkeys(("m", "mn", "mln", "million"), 1e6),
    **dict.fromkeys(("cr", "crore", "crores"), 1e7),
    **dict.fromkeys(("b", "bn", "bln", "billion"), 1e9),
}
"""Words behind a number that multiply it."""
