"""Reports that a newsroom fills into a template: same words, other names and figures.

Hard negatives for finding copies: of two reports of one kind half to nine tenths of the words are
the same, and still they tell different stories. Also the paragraphs that unrelated articles share:
about the company, subscribe to our newsletter, one long quotation. All invented.
"""

from __future__ import annotations

import re
from random import Random

_TOWNS = (
    "Ostwick Lenn Vesk Tarnmouth Quillhaven Roake Ashgill Maddle Holm Ferring Dunmere Calder "
    "Port-Ansel Great-Lodden St-Brannoc Upper-Skerry Nether-Wold Kirkby-Sands Lower-Fenwick Marl"
)
_CLUBS = "Rovers Athletic United City Wanderers Town Albion Harriers Rangers Orient"
_FIRST = "Ada Bram Cora Dario Edda Fergus Gudrun Hollis Ida Jon Kezia Lowen Mirela Nerys Pia Teo"
_LAST = (
    "Abara Brenk Dray Ekelby Farrow Groos Holt Ingram Jessop Oster Petrak Quist Solane Venn Zell"
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_MONTHS = "January February March April May June July August September October November December"
_CHOICES = {
    "sky": "bright, cloudy, misty, wet, clear, grey, windy",
    "from": "north, south-west, west, east, north-east, south",
    "trade": "steel, shipping, food, timber, glass, chemicals, software",
    "item": "a bicycle, a laptop, jewellery, tools, two cameras, a handbag, copper pipes",
    "road": "Mill Lane, Harbour Road, Church Street, Station Hill, Quay Row, The Green",
    "job": "baker, teacher, nurse, joiner, ferryman, printer, gardener",
    "love": "choir, allotment, model railway, Sunday walks, chess club, whippets",
    "way": "low drive, header, free kick, penalty, tap-in, volley",
    "mood": "frustrated, delighted, relieved, philosophical, furious, speechless",
    "rose": "rose, fell, climbed, slipped, dropped, gained",
    "planned": "a car park, nine flats, a wind turbine, a bakery, a riding hall, a jetty",
}

TEMPLATES: dict[str, str] = {
    "match report": """{club1} {n}–{n} {club2}: {person} settles it at {town}

{club1} beat {club2} {n}–{n} on {day} in front of {count} spectators at {town} Park, with a {way} by \
{person} in the {minute} minute making the difference.

The home side took the lead after {n2} minutes, when {person} scored from close range after a cross \
from {person}. The visitors were level before the break, {person} converting from the penalty spot \
after {person} had been brought down in the box.

After the interval the game opened up. {person} hit the post in the {minute} minute, and {person} had \
a goal ruled out for offside. The winning goal was a {way}, {person}'s {n}th of the season.

"We are {mood}, but we take it one game at a time," manager {person} said. "The boys gave everything \
and the fans were outstanding." His opposite number {person} said his team had not taken its chances.

The result leaves {club1} {n}th in the table with {n2} points. They travel to {club} next {day}, while \
{club2} are at home to {club}.""",
    "weather": """Weather for {town}: {sky} start, {n2} degrees

{day} will start {sky} in {town} and the surrounding area, with a high of {n2} degrees in the afternoon \
and a low of {n} degrees overnight. Winds will be from the {from} at {n2} kilometres an hour, with \
gusts of up to {n2} on the coast.

The chance of rain is {n2} percent in the morning, rising to {n2} percent by the evening. Sunrise is \
at {n}.{n2} a.m. and sunset at {n}.{n2} p.m. The water at {town} beach is {n2} degrees.

On {day} it will be {sky}, with highs of {n2} degrees. Pollen levels are expected to be low, and the \
air quality index will be around {n2}. Motorists are asked to take care on exposed roads and bridges. \
The outlook for the weekend is {sky}, with temperatures close to the average for {month}.""",
    "stock market": """Markets: shares in {town} end the day at {count}

Shares in {town} {rose} on {day} as investors weighed new figures from the {trade} sector. The main \
index {rose} {n}.{n} percent to close at {count} points, after touching {count} earlier in the session.

{company} was the best performer, up {n}.{n} percent at {n2}.{n} crowns after the company raised its \
outlook for the year. {company} {rose} {n}.{n} percent and {company} {n}.{n} percent. At the other end \
of the table, {company} lost {n}.{n} percent.

Analysts said that trading volumes were thin. "Investors are waiting for clearer signals from the \
central bank," said {person}, head of research at {company}. "Until then we expect the market to move \
sideways."

In the currency market the crown was little changed at {n}.{n2} to the dollar. The yield on the \
ten-year government bond {rose} {n} basis points to {n}.{n2} percent. Oil was {n}.{n} percent lower at \
{n2}.{n} dollars a barrel, and gold traded at {count} dollars an ounce.""",
    "earnings": """{company} reports {month} quarter profit of {n2} million

{company} on {day} reported profit of {n2}.{n} million crowns for the quarter that ended in {month}.

The {town}-based company said it had net income of {n} crowns and {n2} ore a share. Earnings, adjusted \
for one-time gains and costs, came to {n2} ore a share.

The results topped expectations. The average estimate of {n} analysts surveyed was for earnings of \
{n2} ore a share. The {trade} company posted revenue of {n2}.{n} million crowns in the period, also \
topping forecasts. {n} analysts expected {n2}.{n} million crowns.

For the current quarter ending in {month}, the company said it expects revenue in the range of {n2} \
million crowns to {n2} million crowns. The company expects full-year earnings in the range of {n} \
crowns to {n} crowns a share.

Shares of the company have risen {n2} percent since the beginning of the year. In the final minutes of \
trading on {day}, shares hit {n2}.{n} crowns, a climb of {n2} percent in the last 12 months.""",
    "earthquake": """Magnitude {n}.{n} quake strikes near {town}

A shallow magnitude {n}.{n} earthquake was reported {day} morning {n2} kilometres from {town}, according \
to the geological survey. The tremor occurred at {n}.{n2} a.m. at a depth of {n}.{n} kilometres.

According to the survey, the epicentre was {n2} kilometres from {town}, {n2} kilometres from {town} and \
{n2} kilometres from {town}. In the past ten days there have been {n2} earthquakes of magnitude 3.0 or \
greater centred nearby.

There were no immediate reports of damage or injuries. The survey asks people who felt the tremor to \
fill in the form on its website. This information comes from the survey's notification service and \
this post was created by a program written by the newsroom.""",
    "police appeal": """Police appeal after break-in on {road}, {town}

Police are appealing for witnesses after a burglary in {town}. Officers were called to an address on \
{road} at around {n}.{n2} p.m. on {day} after a resident returned home to find that the property had \
been broken into.

It is believed that the offender or offenders forced a rear window and carried out an untidy search of \
the house before leaving with {item}. Nobody was hurt. Enquiries are ongoing and officers are keen to \
speak to anyone who was in the area at the time and saw anything suspicious, or who has dashcam or \
doorbell footage that may help.

Constable {person}, who is investigating, said: "We understand the distress that crimes like this cause \
and we are doing everything we can to find those responsible. Residents may notice more patrols in the \
area over the coming days, and I would urge anyone with concerns to speak to an officer."

Anyone with information is asked to contact police quoting reference {count}. Information can also be \
given anonymously to the independent charity Tell Us, without giving a name or going to court.""",
    "obituary": """{person}, {n2}, {job} of {town}

{person} of {town} died peacefully at home on {day}, surrounded by family, aged {n2}.

Born in {town}, the second of {n} children, {person} worked as a {job} for {n2} years and will be \
remembered above all for kindness, patience and a great sense of humour. A loving parent and a proud \
grandparent, a good neighbour and a friend to many, {person} was happiest with the {love}.

The funeral service will take place at St Brannoc's church in {town} on {day} at {n} p.m., followed by a \
gathering in the parish hall, to which everyone is welcome. The family asks for donations to the \
hospice instead of flowers, and wishes to thank the nurses and carers for all that they did.""",
    "planning notice": """Council to decide on {planned} at {road}

Plans for {planned} on {road} in {town} will go before councillors next week. The application was \
submitted by {company} in {month} and has drawn {n2} objections from residents.

Under the plans, the existing building on the site would be demolished. A report to the planning \
committee says that the proposal would make efficient use of a previously developed site in a \
sustainable location, and that the impact on the character of the area would be acceptable.

Objectors have raised concerns about traffic, noise, overlooking and the loss of light. The parish \
council has also objected, saying that the scheme would be an overdevelopment of the site. The highway \
authority has raised no objection, subject to conditions on visibility and drainage.

Officers recommend that permission be granted, subject to {n2} conditions. The committee meets on {day} \
at {n} p.m. in the town hall. The meeting is open to the public and will be streamed on the council's \
website.""",
    "lottery": """{day}'s lottery numbers: jackpot of {n2} million crowns

The winning numbers in {day} evening's drawing of the Halvern lottery were {n2}, {n2}, {n2}, {n2}, {n2} \
and {n2}, and the bonus number was {n}.

The estimated jackpot was {n2} million crowns. One ticket sold in {town} matched all of the numbers, and \
{count} tickets matched three numbers or more. The next drawing is on {day}, with an estimated jackpot \
of {n2} million crowns. The odds of winning the jackpot are one in 13,983,816. Tickets cost two crowns \
and can be bought until half past seven on the evening of the drawing.""",
    # Those from here on were written after the thresholds in rag/copies.py had been chosen.
    "road works": """Drivers warned of delays as {road} closes in {town}

Drivers in {town} are being warned to expect delays when work to replace a water main gets under way. \
{road} will be closed in both directions between {road} and {road} from {day}, for about {n} weeks. A \
signposted diversion will be in place and access for residents and emergency services will be \
maintained at all times.

Businesses will be open as usual. Bus passengers should check before they travel, as some stops will be \
out of use. A spokesperson for the water company said: "We know that road works are frustrating and we \
would like to thank everyone in advance for their patience. This pipe is more than {n2} years old, and \
replacing it now means fewer bursts and a more reliable supply for years to come. Our teams will be \
doing everything they can to finish the job safely and as quickly as possible."

Anyone with questions can call the customer helpline or visit the company's website.""",
    "election result": """{person} holds {town} with majority of {count}

{person} has been elected to represent {town} with a majority of {count} votes. The result was declared \
by the returning officer, {person}, shortly after {n} a.m. on {day}.

{person} won {count} votes, ahead of {person} on {count} and {person} on {count}. Turnout was {n2}.{n} \
percent, compared with {n2}.{n} percent at the last election. There were {n2} spoilt ballot papers.

In a short speech the winner thanked the police, the counting staff and the other candidates for a clean \
campaign, and promised to work for everyone in the constituency, however they had voted. {person}, who \
came second, said it had been a hard night but that the campaign had put down a marker for the future.""",
    "house fire": """Family escapes fire at home in {town}

A family escaped unhurt after a fire broke out at their home in {town} on {day}. Crews from {town} and \
{town} were called to {road} at {n}.{n2} p.m. and found smoke coming from the roof of the two-storey house.

Firefighters wearing breathing apparatus used two hose reels and a thermal imaging camera to put out the \
fire and remained at the scene for {n} hours to damp down. The ground floor was damaged by smoke and the \
first floor was destroyed.

Station officer {person} said: "Everyone got out because the smoke alarm worked. Please test yours once \
a week and plan an escape route with your family." The cause of the fire is being investigated but is \
not thought to be suspicious. Neighbours have started a collection, which had raised {count} crowns by \
{day}.""",
    "match preview": """{club1} vs {club2}: kick-off time, team news and how to watch

{club1} host {club2} on {day} as both sides look to get their season back on track. Here is everything \
you need to know about the game, including the kick-off time, the team news and how to watch it live.

{club1} go into the match on the back of {n} wins from their last {n2} games and will be without {person}, \
who is serving a suspension. {person} is a doubt with a hamstring problem, but {person} is expected to \
return to the starting line-up.

The visitors have no new injury worries. {person} is available again after missing the defeat by {club}, \
although {person} remains on the sidelines and is not expected back until {month}.

The game kicks off at {n}.{n2} p.m. and will be shown live on Halvern Sport from {n} p.m. Subscribers can \
also stream the match on the app. The last meeting between the two sides ended {n}–{n}. Our prediction: \
{club1} {n}–{n} {club2}.""",
}
"""Kinds of report by name; ``{slots}`` are filled anew each time they occur, numbered ones once."""

SHARED_PARAGRAPHS: dict[str, str] = {
    "about the company": (
        "About Moonrake Energy: Moonrake Energy is a leading provider of tidal and offshore wind power "
        "with more than 1,400 employees at 12 sites in five countries. Founded in 1987 and based in "
        "Port Ansel, the company plans, builds and operates power plants and sells electricity to "
        "some 310,000 households and 4,200 businesses. In the last financial year it had a turnover of "
        "1.9 billion crowns. Moonrake Energy is listed on the Port Ansel stock exchange under the "
        "symbol MOON. Further information, pictures and the annual report can be found on the "
        "company's website. This release contains forward-looking statements that are subject to "
        "risks and uncertainties; actual results may differ materially from those expressed or "
        "implied, and the company assumes no obligation to update them."
    ),
    "newsletter": (
        "What matters today, from the newsroom to your inbox: sign up for our morning letter and get "
        "the five stories that everyone will talk about, picked by our editors, every weekday at six. "
        "You can unsubscribe at any time with one click. By signing up you accept our terms of use "
        "and our privacy policy. Our reporting is free of charge for everybody, and it is going to "
        "stay so; if you would like to support it, you can do so from as little as two crowns a month. "
        "Have you seen something that we should know about? Write to the newsroom, and we will call "
        "you back. We do not name our sources."
    ),
    "long quotation": (
        '"I have thought about this for a long time, and I have come to the conclusion that I cannot go '
        "on. When I took office four years ago I promised to leave the ministry in better order than I "
        "found it, and in many respects I believe that I have. But trust, once it is lost, does not "
        "come back because one asks for it. I did not know of the second contract. I should have "
        "known of it, and that is the point. I thank my staff, who have worked through nights and "
        "weekends without ever being named in a newspaper, and I ask those who come after me to listen "
        'to them sooner than I did," Energy Minister Casimir Holt told reporters in front of the '
        "ministry on Thursday evening."
    ),
}
"""Long paragraphs that stand in articles about different things."""


def report(kind: str, random: Random) -> str:
    """A kind of report → one such report: the headline and the body."""

    def pick(words: str) -> str:
        return random.choice(words.split())

    def person() -> str:
        return f"{pick(_FIRST)} {pick(_LAST)}"

    def town() -> str:
        return pick(_TOWNS).replace("-", " ")

    def club() -> str:
        return f"{town()} {pick(_CLUBS)}"

    fixed = {"club1": club(), "club2": club(), "minute": f"{random.randint(46, 89)}th"}
    drawn = {
        "n": lambda: str(random.randint(1, 9)),
        "n2": lambda: str(random.randint(10, 99)),
        "count": lambda: f"{random.randint(1, 40)},{random.randint(0, 999):03}",
        "person": person,
        "town": town,
        "club": club,
        "company": lambda: f"{pick(_LAST)} & {pick(_LAST)}",
        "day": lambda: pick(_DAYS),
        "month": lambda: pick(_MONTHS),
    }

    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        if name in fixed:
            return fixed[name]
        return drawn[name]() if name in drawn else random.choice(_CHOICES[name].split(", "))

    return re.sub(r"\{(\w+)\}", fill, TEMPLATES[kind])


def with_shared(text: str, kind: str, random: Random) -> str:
    """An article with one of the shared paragraphs put in, at its end or, a quotation, inside."""
    parts = text.split("\n\n")
    place = random.randint(1, len(parts)) if kind == "long quotation" else len(parts)
    return "\n\n".join([*parts[:place], SHARED_PARAGRAPHS[kind], *parts[place:]])
