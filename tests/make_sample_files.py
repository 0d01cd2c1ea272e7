"""HTML held below → the two PDF articles of the sample, printed by headless Chromium.

Run from anywhere: ``python tests/make_sample_files.py [folder]``; the folder is ``articles/``
unless told otherwise. The PDFs are committed; run this only to change them. The dates inside
a PDF are set to its article's day, and its id to a hash of its content, so that the same
Chromium makes the same bytes.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from hashlib import sha256
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject

LIMIT_BYTES = 150_000
ARTICLES = Path(__file__).resolve().parent.parent / "articles"

INQUIRY = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Ferry ran aground because of an old chart and a silenced alarm, inquiry finds</title>
<meta name="author" content="Ines Corvald">
<style>
@page {
  size: A5;
  margin: 20mm 13mm 14mm;
  @top-left { content: "The Skerry Courier"; font: italic 8pt "Liberation Serif", serif; }
  @top-right { content: "Coast & Islands  " counter(page); font: 8pt "Liberation Serif", serif; }
}
body { font: 11pt/1.32 "Liberation Serif", serif; margin: 0; }
h1 { font-size: 17pt; line-height: 1.1; margin: 0 0 3mm; }
.head p { margin: 0; font-size: 8.5pt; }
.head { border-bottom: 0.4pt solid black; padding-bottom: 2mm; margin-bottom: 3mm; }
.columns { columns: 2; column-gap: 6mm; text-align: left; }
.columns p { margin: 0; text-indent: 1em; orphans: 2; widows: 2; }
.columns p:first-child { text-indent: 0; }
</style>
</head>
<body>
<h1>Ferry ran aground because of an old chart and a silenced alarm, inquiry finds</h1>
<div class="head">
<p>Source: The Skerry Courier</p>
<p>Published: 21 May 2026</p>
<p>Author: Ines Corvald</p>
</div>
<div class="columns">
<p>The ferry Grey Heron did not lose its steering. It ran onto the Cobbler reef last November
because its electronic chart was out of date and because an alarm that would have warned the
bridge had been switched off, the Marine Accident Bureau concludes in a report of 94 pages that
was published on Wednesday.</p>
<p>The Awl buoy, which marks the southern spur of the reef, had been moved by 310 metres in
September 2025. The correction to the chart was sent out on 19 September. On the night of the
accident, 45 days later, it had still not been loaded on the Grey Heron. The second officer
steered past the place where the screen showed the buoy, and turned too late.</p>
<p>The depth alarm might have saved the ship. It had been silenced in October, the report says,
because it went off on every approach to Vesk. The captain, Ruben Haldane, left the bridge at
6.41 p.m. to speak to a passenger on the car deck and was away for 11 minutes. He was on the
stairs when the ship struck.</p>
<p>“No single person put this ferry on the rocks,” said Ottilie Fenn, who chairs the Bureau.
“There were five chances to notice, and five times somebody had a good reason not to.” The
steering gear was tested after the ship had been refloated on 8 November and was found to be in
order. Reports to the contrary on the first evening were wrong.</p>
<p>The report also settles the numbers. There were 228 people aboard, 14 of them small children
without a ticket. Nineteen were injured, two more than was known in the week of the accident:
a passenger and a deckhand had gone to their doctors only after ten days.</p>
<p>The Bureau makes 12 recommendations. The Lodden Line accepts nine of them, its chief executive,
Aldous Brenk, said. It rejects, above all, the demand for two officers on the bridge on every
crossing after dark, which it says would cost 2.1 million crowns a year. “We have read every line,
and we are ashamed of several,” Brenk said. “But a rule that sinks the company saves nobody.”</p>
<p>Transport Minister Sigrun Vale made short work of that. If the company did not put a second
officer on the bridge by itself, she would have it written into law by October.</p>
<p>Bram Oster, secretary of the Seafarers’ League, said the report bore out what his members had
been saying since last summer. The line employs one nautical superintendent for four ships, and
it was on his desk that the correction lay. Brenk, who in November knew of no complaint about
instruments, now says that two e-mails were overlooked.</p>
<p>The Grey Heron has been back in service since 2 March. Mirela Tosk, the teacher who saw the
harbour lights go past on the wrong side and who now speaks for 140 of the passengers, takes it
twice a week. “I sit at the back,” she said.</p>
</div>
</body>
</html>
"""

TIDAL_COST = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Orrin Bay tidal plant to cost 815 million crowns, with fewer turbines</title>
<meta name="author" content="Beatrix Solane">
<style>
@page {
  size: A5;
  margin: 18mm 16mm 18mm;
  @bottom-center { content: "Ledger & Quay – " counter(page); font: 8pt "Liberation Sans"; }
}
body { font: 11.5pt/1.45 "Liberation Sans", sans-serif; margin: 0; }
h1 { font-size: 17pt; line-height: 1.15; margin: 0 0 3mm; }
h2 { font-size: 11pt; margin: 4mm 0 1mm; }
p { margin: 0 0 2mm; }
</style>
</head>
<body>
<h1>Orrin Bay tidal plant to cost 815 million crowns, with fewer turbines</h1>
<p>By Beatrix Solane, Ledger &amp; Quay</p>
<p>The tidal power plant in Orrin Bay will cost 815 million crowns, 175 million more than the
cabinet approved a year ago. For that the country gets less. Instead of 24 turbines only 20 will
be installed, Energy Minister Casimir Holt told parliament on Wednesday, and the output falls from
96 to 80 megawatts.</p>
<p>The state’s share grows from 260 to 345 million crowns. Moonrake Energy, which builds the plant,
raises its own from 280 to 340 million, and the banks lend 130 million crowns instead of 100
million.</p>
<p>Holt gave three reasons. Steel has become dearer by a quarter. The rock under the northern bank
turned out to be rotten and had to be replaced by concrete. And the builders lost five weeks last
autumn, when a dredger struck a boat from the Bronze Age and the archaeologists moved in. “Nobody
budgets for the year 1200 before Christ,” the minister said.</p>
<h2>The lady who told them so</h2>
<p>The opposition was not amused. “A year ago the finance minister warned of just such a bill,
and she was outvoted by people who cannot add,” said Konrad Vessel, who speaks for the Rural Union
on the budget. He called on Holt to resign. Bela Torquist, the finance minister in question, had
said at the time that Moonrake would not see another crown. Asked about that on Wednesday, she
replied that she had been quoted correctly.</p>
<p>The timetable slips as well. The first turbine was to supply power this spring; it is now
expected in September. The last will not turn before the autumn of 2027.</p>
<h2>Orrin holds the minister to his word</h2>
<p>In Orrin, Mayor Josephine Abara-Lund insisted that the community fund of 3.2 million crowns a
year must not be touched. “The dam may shrink, our contract does not,” she said. Gudrun Aspell,
Moonrake’s managing director, assured her that the first instalment would be paid on 1 July as
agreed.</p>
<p>With 80 megawatts the plant will supply about 51,000 households, ten thousand fewer than
planned. Each of them, Vessel worked out for the chamber, comes to 16,000 crowns. Holt did not
dispute the sum. He asked the house to divide it by a hundred years, which is how long a dam
lasts.</p>
</body>
</html>
"""

SAMPLES = (
    ("grey-heron-inquiry.pdf", INQUIRY, date(2026, 5, 21)),
    ("2026-03-05-tidal-plant-cost.pdf", TIDAL_COST, date(2026, 3, 5)),
)
"""File name, page, and the day that the PDF's own dates are set to."""


def printed(html: str) -> bytes:
    """HTML → PDF as headless Chromium prints it."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("make_sample_files.py needs Debian's chromium: apt install chromium")
    with tempfile.TemporaryDirectory() as scratch:
        page, pdf = Path(scratch, "page.html"), Path(scratch, "page.pdf")
        page.write_text(html, encoding="utf-8")
        subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-pdf-header-footer",
                f"--user-data-dir={scratch}/profile",
                f"--print-to-pdf={pdf}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return pdf.read_bytes()


def labelled(pdf: bytes, html: str, day: date) -> bytes:
    """A PDF, with its title and author as its page states them and its dates set to ``day``."""
    title, author = (
        re.search(pattern, html).group(1)  # type: ignore[union-attr]
        for pattern in ("<title>(.*?)</title>", '<meta name="author" content="(.*?)">')
    )
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    moment = f"D:{day:%Y%m%d}060000Z"
    writer.metadata = {
        "/Title": title,
        "/Author": author,
        "/CreationDate": moment,
        "/ModDate": moment,
    }
    name = ByteStringObject(sha256(html.encode()).digest()[:16])
    writer._ID = ArrayObject([name, name])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def main(folder: Path) -> None:
    """Writes the sample PDFs into ``folder``."""
    for name, html, day in SAMPLES:
        pdf = labelled(printed(html), html, day)
        if len(pdf) > LIMIT_BYTES:
            raise SystemExit(f"{name} has {len(pdf)} bytes, more than {LIMIT_BYTES}")
        (folder / name).write_bytes(pdf)
        print(f"{name}: {len(pdf)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES)
