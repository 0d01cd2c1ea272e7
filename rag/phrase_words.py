"""The words by which a question's phrases are found: words of grammar, verbs, nouns for people.

Lists of English words and nothing else; what is done with them is in ``phrases``.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words("""
a an the this that these those my your his her its their our some any each every no all both
either neither another such what which whose
""")
ARTICLES = _words("a an the")
AUXILIARIES = _words("""
am is are was were be been being do does did done doing have has had having can could will would
shall should may might must ought isn't aren't wasn't weren't don't doesn't didn't haven't hasn't
hadn't can't cannot couldn't won't wouldn't shan't shouldn't mayn't mightn't mustn't
""")
BE = _words("am is are was were be been being isn't aren't wasn't weren't")
DO_OR_MODAL = AUXILIARIES - BE - _words("been being have has had having hasn't haven't hadn't")
PREPOSITIONS = _words("""
about above across after against along amid among around as at before behind below beneath beside
besides between beyond but by concerning despite down during except for from in inside into like
near of off on onto out outside over past per regarding since than through throughout till to
toward towards under underneath until up upon versus vs via with within without
""")
QUESTION_WORDS = _words("what who whom whose which when where why how")
CONJUNCTIONS = _words("and or but nor so yet if because while whereas although though unless that")
PRONOUNS = _words("""
i me mine myself you yours yourself he him himself she hers herself it itself we us ours ourselves
they them theirs themselves one ones someone anyone everyone nobody somebody anybody everybody
something anything everything nothing there here this that these those who whom
""")
ADVERBS = _words("""
also just still now then ever never even else really very too quite only again already always
often sometimes usually typically originally mostly mainly instead rather today yesterday tomorrow
not n't please ok okay yes oh well maybe perhaps actually currently recently later earlier soon
once twice ago away back far long much many more most less least few fewer little enough several
how so such together apart either yet almost exactly originally naturally previously finally
eventually lately far first last next
""")
LEAD_INS = _words("""
tell me give show describe explain discuss list find know want let lets let's see hear say said
says think wonder wondering interested interesting thanks thank great cool wow no right sure
""")
"""Words that ask for something, or chat, and name nothing."""

VERBS = _words("""
accept accuse achieve acquire act add adapt admit advise affect agree aid allow announce answer
apologise apologize appeal appear apply appoint approve argue arrest arrive ask attack attend
avoid ban be beat become begin believe belong benefit block blame borrow break bring build burn
buy call campaign cancel carry catch cause celebrate change charge check choose cite claim close
collapse collect combine come comment commit compare compete complain condemn confirm connect
consider contain contribute control convict cook cost cover crash create criticise criticize cut
damage deal decide declare decline defeat defend define delay deliver demand deny depend describe
deserve design destroy detect determine develop die differ disappear discover discuss do draw
drink drive drop earn eat elect employ end enforce enjoy ensure enter escape establish evacuate
evolve exist expand expect expel explain explode express face fail fall feed feel fight file fill
find finish fire fit fix flee fly follow forbid force forget form found fund gain gather get give
go govern grow happen hack handle harm hate have hear help hide hire hit hold honour honor host
hope hunt hurt identify impact improve include increase influence inform injure insist interact
interest introduce invade invent invest investigate involve issue join judge jump keep kill know
lack land last launch lay lead learn leave let lie lift like limit live lose love make manage mark
marry matter mean measure meet merge mention mine miss monitor move name need negotiate object
obtain occur offer open operate oppose order originate overcome owe own pass pay perform persuade
pick plan play plead pledge poach point postpone praise predict prefer prepare present prevent
produce promise promote propose protect protest prove provide publish pull punish push put qualify
quit raise reach react read receive recognise recognize recommend record recoup recover reduce
refuse reject relate release relieve rely remain remember remove renew rent repair repeat replace
reply report request require rescue resign resist resolve respond rest result retire return reveal
review rise roll rule run save say score see seek seize sell send sentence separate serve settle
share shoot show shut sign sing sink sit sleep slow smell solve speak spell spend spoil spread
stand start state stay steal stop strike struggle study succeed sue suffer suggest supply support
survive suspect suspend take talk taste teach tell tend think threaten train travel treat try turn
understand update urge use vanish visit vote wait walk want warn wash watch wear weigh win wish
withdraw work worry write
""")
"""Base forms; only such stand after "did", "will" and their like."""

PAST_FORMS = _words("""
ate became began beat been bought broke brought built came caught chose cost cut did died drank
drew drove eaten fell felt fought found gave given gone got grew grown had heard held hit hurt
kept killed knew known laid led left lent lied lost made meant met paid put ran read risen rose
said sang sank sat saw seen sent set shot shown shut slept sold sought spent spoke spoken spread
stole stolen stood struck sued taken taught thought threw thrown told took understood went were
withdrawn withdrew woke won wore worn written wrote born
""")
ADJECTIVES = _words("""
afraid alive angry available aware bad banned better best big busy careful cheap clear closed
common complete correct dangerous dead different difficult due easy effective enough expensive
fair famous fast free full good great guilty happy hard healthy high hot important involved large
late legal likely long low necessary new old open over poor popular possible ready real related
responsible rich ripe sad safe secure serious sick small successful sure tall toxic true typical
unique useful valid well wide wrong worth worse worst young contagious treatable hereditary
""")

GENERIC_NOUNS = _words("""
advantage advantages aspect aspects benefit benefits case cases cause causes characteristic
characteristics component components con cons condition consequence consequences consideration
cost costs detail details difference differences disadvantage disadvantages effect effects example
examples fact facts factor factors feature features form forms function functions goal goals
history idea ideas impact impacts implication implications importance information issue issues
kind kinds level levels list location locations main major method methods name names number
numbers origin origins part parts people person place places point points problem problems process
property properties pros purpose reason reasons recommendation response result results risk risks
role roles sign signs similarities similarity sort sorts source sources species stage stages step
steps story subject symptom symptoms theme themes thing things time times topic treatment
treatments type types use uses variety varieties version versions way ways
""")
"""Nouns that say little without an "of": the topic is what stands behind it."""

CLASS_NOUNS = _words("""
airline airport app bank bill book bridge building candidate case chain charity church city club
commission committee company conflict council country court court deal disease district drug
election family film firm foundation game government group hospital hotel island judge killer king
law leader magazine manager mayor minister mission movie museum newspaper novel operator
organisation organization paper park party plant politician port premier president prime prize
programme program project queen regime region report school senator series ship show singer site
song stadium star startup state storm store system team town tribe trust union university village
virus war website woman man writer author
""")
"""Nouns by which a name is called on the second time: "the company"."""

PERSON_NOUNS = _words("""
activist actor actress admiral ambassador analyst artist athlete author baker bishop boss boy
brother candidate captain chairman chairwoman chancellor chef chief clerk coach colonel
commissioner composer councillor dad daughter deputy detective director doctor driver economist
editor engineer executive farmer father fisherman founder general girl governor guard head
historian husband inventor journalist judge keeper king lawyer leader librarian lord lady man
manager mayor minister mother mum musician officer owner painter philosopher pilot player poet
pope premier president priest prince princess principal professor prosecutor queen referee
reporter researcher scientist secretary senator sergeant sheriff singer sister skipper soldier son
speaker spokesman spokesperson spokeswoman striker student suspect teacher treasurer victim warden
widow wife winner witness woman writer
""")
TITLES = _words("mr mrs ms miss dr sir dame lord lady prof president mayor minister captain")
BODY_WORDS = _words("""
agency association authority bank board bridge centre center church city club coast college
committee company council county court department district drive electoral federation film fund
games group hospital institute island islands journal lake league ministry mountain movement
museum news north ocean office park parliament party plan police port post power press prize
project railway report republic river road school sea senate service show society south east west
state states station street system team times tower trust union united university valley wall war
water works world
""")
"""In a name, they say that it is nobody's."""

ACTING_NOUNS = _words("""
agency association authority bank board club commission committee company council court firm
government ministry parliament party police senate union
""")
ACTS = _words("announce approve ban decide intend meet plan promise propose reject vote")
"""What such a body does: "When did it decide?"."""
UNACTED = _words("""
build built collapse collapsed complete completed cost costs finish finished happen happened high
last lasted located long occur sink strong tall weigh wide
""")
"""What is said of things and events, and of no acting body: "What will it cost?"."""

SAYING = _words("say said think thought claim respond react decide ask announce")
"""What they are said of comes with "about"; their "it" is what was said."""

IRREGULAR_PLURALS = _words("people children men women police mice geese teeth feet media data")
NOT_PLURAL = _words(
    "news politics economics physics series species crisis analysis diabetes gas bus"
)
MALE_WORDS = _words("""
mr sir lord king prince father dad husband son brother boy man chairman spokesman fisherman actor
widower uncle nephew grandfather abbot monk baron duke
adam ahmed alan albert alexander alfred ali andrew anthony antonio arthur barack benjamin bernard
bill boris brian bruce carl carlos charles christopher claude colin daniel david dennis derek dieter
dmitry donald douglas edward emmanuel eric erik ernest ethan eugene felipe fernando francisco frank
frederick friedrich fritz gary geoffrey george gerald gordon graham gregory gustav guy hans harold
harry heinrich henry herbert howard hugh hugo ian igor isaac ivan jack jacob jacques james jason
jeffrey jeremy jim joe john jonathan jorge joseph josé juan julian karl keith kenneth kevin klaus
kofi larry lars lawrence leonard liam louis luca luigi luis magnus marco mario mark martin matthew
michael miguel mohammed muhammad narendra neil nicholas nigel noah oliver omar oscar oskar osric
otto owen patrick paul pavel pedro peter philip pierre rafael raymond recep richard robert roger
ronald rupert samuel scott sean sergei simon stanley stefan stephen steven stuart sven thomas
timothy tim tom tony victor vincent vladimir volodymyr walter william wolfgang xi yusuf
""")
FEMALE_WORDS = _words("""
mrs ms miss dame lady queen princess mother mum wife widow daughter sister girl woman chairwoman
spokeswoman actress aunt niece grandmother abbess nun baroness duchess
abigail ada agnes aisha alice amanda amelia amy ana angela anita ann anna anne annette barbara
beatrice berta birgit brenda brigitte camilla carla carmen carol caroline catherine cecilia
charlotte christine claire clara claudia daphne deborah diana dora doris dorothy edith eleanor elena
elisabeth eliza elizabeth ella ellen elsa emily emma erika esther eva evelyn fatima fiona florence
frances françoise gabriela georgina gertrude giorgia gloria grace greta hannah harriet heather helen
helena helga hilda hillary ida inga ingrid irene irina isabel isabella jacqueline jane janet
jennifer jessica joanna josephine judith julia juliet karen kate katherine kirsten laura lena lisa
louise lucia lucy lydia magdalena margaret maria marie marta martha mary matilda megan melanie
melissa mira monica monika nadia nancy natalie natasha nicola nina nora olga olivia pamela patricia
paula petra rachel rebecca rosa rosalind rose ruth samantha sandra sarah sofia sonia sophia sophie
stella susan susanna sylvia tamara tatiana teresa theresa ursula valerie vera veronica victoria
virginia yasmin yvonne zoe
""")
"""Titles, nouns and first names by which it is known whether "he" or "she" is meant. Names
that both have, and those that are as often of a place or a family, stand in neither.
"""
