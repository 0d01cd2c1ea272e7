// The reader: what opens an article, and the way through an answer's citations. One listener per
// document: the chat and the lists are rendered again and again, listeners on their links would
// die. `props` and `trigger` belong to the unseen component whose script this is: its value tells
// Python what was clicked, the event's name what is to be done with it.

const reader = () => document.getElementById("reader");
let opener = null;
let place = "";

window.broadsheet?.listening.abort();
const listening = new AbortController();
window.broadsheet = { listening, show, judged, tell, step, close, isOpen };

function tell(event, value) {
  props.value = value;
  trigger(event);
}

function isOpen() {
  return reader().classList.contains("open");
}

function open(link) {
  opener = link;
  place = link.getAttribute("href");
  document.querySelectorAll("a[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
  link.setAttribute("aria-current", "true");
  reader().classList.add("open");
  document.getElementById("badge").classList.add("stale");
  tell("submit", place);
}

function close() {
  reader().classList.remove("open");
  if (opener && opener.isConnected) opener.focus();
}

// Only the panel scrolls: scrollIntoView would move the whole page with it. A sentence that is seen
// below the headline anyway leaves the article at its top.
function scrollTo(panel, target) {
  const at = target.getBoundingClientRect();
  const top = at.top - panel.getBoundingClientRect().top + panel.scrollTop;
  const high = panel.clientHeight;
  panel.scrollTop = top + at.height < high * 0.8 ? 0 : top - Math.min(high / 3, 240);
}

function show() {
  // Two frames: in the first the new article is put into the page, in the second it has its size.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const panel = reader();
    const mark = panel.querySelector("mark.cited, mark.near");
    if (mark) scrollTo(panel, mark);
    else panel.scrollTop = 0;
    const covers = getComputedStyle(panel).position === "fixed";
    if (covers && !panel.contains(document.activeElement)) panel.querySelector("a.close")?.focus();
  }));
}

// The badge of a citation that is no longer the open one is not shown.
function judged() {
  requestAnimationFrame(() => {
    const badge = document.getElementById("badge");
    const of = badge.querySelector(".badge")?.id;
    badge.classList.toggle("stale", Boolean(of) && of !== `badge-${place.slice(1)}`);
  });
}

// From one citation of an answer to the next, by their numbers; to the first of the last answer
// that has any where none is open.
function step(by) {
  const [, kind, turn, number] = place.match(/^#([chan])-(\d+)-(\d+)$/) ?? [];
  const answers = [...document.querySelectorAll("#chat .answer")];
  let links = [];
  if (kind === "c") links = linksOf(answers.find((a) => linksOf(a)[0]?.hash.startsWith(`#c-${turn}-`)));
  let at = links.findIndex((link) => numberOf(link) === Number(number)) + by;
  if (!links.length) {
    links = linksOf(answers.reverse().find((answer) => linksOf(answer).length));
    at = by > 0 ? 0 : links.length - 1;
  }
  if (links[at]) open(links[at]);
}

const numberOf = (link) => Number(link.hash.split("-")[2]);

function linksOf(answer) {
  const found = new Map();
  for (const link of answer?.querySelectorAll(".sentences a.cite, .numbers a.cite") ?? []) {
    if (!found.has(link.hash)) found.set(link.hash, link);
  }
  return [...found.values()].sort((a, b) => numberOf(a) - numberOf(b));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.step");
  if (button) {
    step(button.id === "next-citation" ? 1 : -1);
    return;
  }
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.defaultPrevented) return;
  if (link.matches(".close")) close();
  else if (/^#[ach]-/.test(link.getAttribute("href"))) open(link);
  else return;
  event.preventDefault();
}, { capture: true, signal: listening.signal });
