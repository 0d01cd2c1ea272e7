"""Invented news of an invented coast: what the tests of retrieval search."""

from __future__ import annotations

from pathlib import Path

from rag.build import build
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.new_chunks import ChunkSettings
from rag.settings import Settings
from tests.conftest import BRIDGE, FERRY, ORCHARD, share_models

POST, RADIO, GAZETTE, BBC = "The Lenn Post", "Coast Radio", "Ostwick Gazette", "BBC News"

# Name: source, day, headline and body.
STORIES: dict[str, tuple[str, str, str]] = {
    "ferry": (RADIO, "2024-03-05", FERRY),
    "bridge": (POST, "2024-05-06", BRIDGE),
    "orchard": (GAZETTE, "2024-04-22", ORCHARD),
    "salt": (RADIO, "2024-05-07", """Brine leaks from a tank at the salt works

Brine has been leaking from the northern tank of the salt works since Sunday, its manager Ida Kroll \
said. Some 40,000 litres ran into the marsh, where herons nest. Divers are to weld the seam once \
the tank is empty.

The marsh wardens want to know why no alarm was given for two days."""),
    "fees-may": (GAZETTE, "2024-05-04", """Harbour fees to rise for fishing boats

Fishing boats will pay higher harbour fees, the port board decided. A berth will cost 48 crowns a \
week. Skippers called the rise unfair, as the quay lights have been dark for months."""),
    "fees-june": (POST, "2024-06-09", """Port board raises harbour fees again

The port board has put up the harbour fees of fishing boats once more. From now on skippers pay 55 \
crowns a week for a berth. The board said that the money will mend the quay lights."""),
    "light-tender": (POST, "2023-02-11", """Keeper of the Cobbler Light retires

After 31 years Osric Venn has left the lighthouse on Cobbler Rock. The lamp will be run from the \
mainland. He rowed to the rock 4,000 times and missed supper twice, he said."""),
    "library": (GAZETTE, "2024-01-19", """Readers queue to save the reading room

Three hundred people queued on Friday outside the old library of Ostwick to sign against its \
closure. The reading room costs the town 90,000 crowns a year. Librarian Tove Amsel wept when the \
baker brought buns for everybody in the queue."""),
    "quarry": (POST, "2023-10-12", """Slate firm Harrow & Pike shuts its quarry

Harrow & Pike is closing the slate quarry above Lenn after 112 years. The 64 quarrymen learnt of it \
on a notice at the gate. The firm blames cheap slate from overseas and keeps its narrow trains."""),
    "trains": (RADIO, "2023-11-02", """Narrow trains of Harrow & Pike go to a museum

The museum of Orrin has bought the narrow trains of Harrow & Pike for one crown. Volunteers will \
lay two miles of track along the river, and children will ride for nothing in the first summer."""),
    "stadium": (BBC, "2024-02-02", """Ostwick Rovers may leave the mud of Sedge Lane

The football club wants a stadium with a roof, chairman Bertil Stroem told supporters. The pitch at \
Sedge Lane was under water for nine of the last twelve matches. The club owes the bank 2 million \
crowns already."""),
    "owls": (BBC, "2024-04-30", """Owls nest in the signal box at Orrin

Trains pass the signal box at Orrin at walking speed, for a pair of barn owls is raising five chicks \
behind the levers. The signalman works from a garden chair. The railway calls the delay of four \
minutes a courtesy."""),
    "reservoir": ("", "", """A short history of the Mirren reservoir

The valley of Mirren was flooded to give the coast towns water. Forty farms and a chapel went under. \
In dry summers the chapel's roof can be seen, and the old road with its milestones."""),
    "reservoir-low": (GAZETTE, "2023-08-20", """Drought bares the chapel in the Mirren reservoir

The Mirren reservoir has fallen so low that the chapel's roof and the old road stand dry. The water \
board asks the coast towns to water no gardens. Walkers collect milestones, which is forbidden."""),
    "clinic": ("", "", """The night clinic at Ferrier Street

The night clinic at Ferrier Street takes patients without appointments. Two nurses and a doctor \
treat forty people between dusk and dawn. A cat called Bandage sleeps in the waiting room."""),
    "festival": (RADIO, "2024-06-21", """Lantern festival fills the harbour

Nine thousand paper lanterns were set afloat in the harbour of Ostwick on midsummer eve. The fire \
brigade fished out those that burnt. A choir of dockers sang from the coal barge until two."""),
}  # fmt: skip

GERMAN = """Die Schleuse am alten Hafen bleibt geschlossen

Die Schleuse am alten Hafen bleibt bis zum Herbst geschlossen, weil die Tore verzogen sind. Der \
Schleusenwärter sagte, die Schiffe müssten so lange den Umweg durch den Kanal nehmen."""

_AGENCY = """The trawler Gannet struck the breakwater of Tarnmouth in fog early on Monday with eleven \
people on board. All were taken off by the lifeboat before sunrise, wet but unhurt, the coastguard \
said.

Its skipper told the harbour master that the compass had shown a wrong course since the crew moved \
a crate of iron chain beneath it. The owners said that nobody had been told to look at the compass \
after the crate was moved, and that crews would be told so in future.

The breakwater lost six of its stones. Until they are put back, boats are to keep to the southern \
channel and to slow down to four knots, the harbour office said, and nobody may walk on the \
breakwater before the masons have been there. The masons of Tarnmouth are known for taking their \
time: the last stone that was knocked out, by a gravel barge nine winters ago, was put back in the \
third summer after the collision, and twice fell into the sea again before the mortar had set."""
_WHALE = """On the shingle below the fog horn a dead minke whale was found the same morning. The \
district veterinarian, Runa Falk, cut it open before a school class and took a fishing net, two \
gloves and a kettle out of its stomach. She put the kettle on show in the town hall, where people \
queue to see it. The carcass will be towed out to sea, for the beach is too soft for the digger \
that was to bury it, and the stench has closed the bathing huts and an ice cream parlour. A wine \
merchant offered to buy the jaw bones for the doorway of his shop. The veterinarian turned him \
down: bones of minke whales may not be sold, and the museum at Orrin has asked for them already."""
COPY_COUNT = 12
TRAWLER = {
    f"agency-{n:02}": ("", f"2024-01-{n + 8:02}", f"{headline}\n\n{_AGENCY}")
    for n, headline in enumerate(
        ["Trawler strikes breakwater in fog"] * 4
        + ["Eleven saved from trawler Gannet"] * 4
        + ["Fog: Gannet hits stones of Tarnmouth"] * 3
    )
}
TRAWLER["agency-whale"] = ("", "2024-01-30", f"Gannet on the rocks\n\n{_AGENCY}\n\n{_WHALE}")
INQUIRY = """Compass of the Gannet was sound, inquiry finds

The inquiry into the Gannet tested its compass ashore and found no fault in it. What led the trawler \
into the breakwater was a radar that had been switched off to spare the batteries, inspector Maud \
Ellery writes. She asks for a law on spare batteries."""

FISH_WEEKS = 70
_FISH = {
    f"fish-{n:02}": (
        GAZETTE,
        "2023-06-01",
        f"Herring prices, week {n + 1}\n\nHerring sold for {200 + 7 * n} crowns a barrel at the "
        f"fish market; {30 + n} barrels of herring were landed.",
    )
    for n in range(FISH_WEEKS)
}
# Herring is only named at the end: seventy reports have the words nearer to each other.
_FISH["cannery"] = (
    BBC,
    "2022-09-09",
    "Cannery takes on packers\n\nThe cannery at Orrin seeks ninety packers for the winter, who are "
    "paid by the tin and housed above the boiler room, which is warm. A smokehouse, a shed for nets "
    "and a canteen with a view of the estuary are being built from yellow brick. It will pack "
    "sprats, mussels, eels, crabs and, where barrels are to be had at the market, herring.",
)

ARTICLES = {**STORIES, "sluice": ("", "2024-02-20", GERMAN), **TRAWLER,
            "inquiry": (BBC, "2024-04-15", INQUIRY), **_FISH}  # fmt: skip


def write_articles(folder: Path, *, dated: bool = True) -> None:
    """``ARTICLES`` as files of that folder, with or without the days on which they appeared."""
    folder.mkdir()
    for name, (source, published, text) in ARTICLES.items():
        headline, _, body = text.partition("\n\n")
        head = f"Source: {source}\n" if source else ""
        if published and dated:
            head += f"Published: {published}\n"
        (folder / f"{name}.txt").write_text(f"{headline}\n{head}\n{body}\n")


def chatbot_over(place: Path, embedder: Embedder) -> Chatbot:
    """Builds ``place / "articles"`` into ``place / "index"``; the model is loaded already."""
    build(place / "index", place / "articles", embedder, ChunkSettings())
    made = Chatbot(Settings(index=place / "index", articles=place / "articles"))
    share_models(made, embedder)
    return made
