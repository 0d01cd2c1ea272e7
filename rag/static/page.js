// One listener per document for everything that opens an article: the chat and the lists are
// rendered again and again, listeners on their links would die. `props` and `trigger` belong to
// the unseen component whose script this is: its value tells Python which place was clicked.

const reader = () => document.getElementById("reader");
let opener = null;

function open(link) {
  opener = link;
  document.querySelectorAll("a[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
  link.setAttribute("aria-current", "true");
  reader().classList.add("open");
  props.value = link.getAttribute("href");
  trigger("submit");
}

function close() {
  reader().classList.remove("open");
  if (opener && opener.isConnected) opener.focus();
}

// Only the panel scrolls: scrollIntoView would move the whole page with it. A sentence that is seen
// below the headline anyway leaves the article at its top.
function scrollTo(panel, target) {
  const place = target.getBoundingClientRect();
  const top = place.top - panel.getBoundingClientRect().top + panel.scrollTop;
  const high = panel.clientHeight;
  panel.scrollTop = top + place.height < high * 0.8 ? 0 : top - Math.min(high / 3, 240);
}

function show() {
  // Two frames: in the first the new article is put into the page, in the second it has its size.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const panel = reader();
    const mark = panel.querySelector("mark.cited, mark.near");
    if (mark) scrollTo(panel, mark);
    else panel.scrollTop = 0;
    if (getComputedStyle(panel).position === "fixed") panel.querySelector("a.close")?.focus();
  }));
}

window.broadsheet?.listening.abort();
const listening = new AbortController();
window.broadsheet = { show, listening };

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.defaultPrevented) return;
  if (link.matches(".close")) close();
  else if (/^#[acn]-/.test(link.getAttribute("href"))) open(link);
  else return;
  event.preventDefault();
}, { capture: true, signal: listening.signal });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && reader().classList.contains("open")) close();
}, { signal: listening.signal });
