// The card of a citation: its quote with title, source, date and file, beside the number that is
// pointed at or has the focus. It is built from the text of the answer's own list of sources.

const { listening } = window.broadsheet;
const SELECTOR = "#chat .sentences a.cite, #chat .numbers a.cite";
const OPEN_AFTER = 120; // milliseconds: a pointer that only passes opens nothing
const CLOSE_AFTER = 200; // time to move the pointer onto the card

let card = null;
let of = null;
let timer = 0;

function make() {
  const made = document.createElement("div");
  made.id = "card";
  made.setAttribute("role", "tooltip");
  made.hidden = true;
  made.addEventListener("pointerenter", () => clearTimeout(timer));
  made.addEventListener("pointerleave", () => later(close, CLOSE_AFTER));
  (document.querySelector(".gradio-container") ?? document.body).append(made);
  return made;
}

function fill(link) {
  const quote = document.getElementById(`quote-${link.hash.slice(3)}`);
  const row = quote?.closest("li");
  if (!row) return false;
  const parts = [["quote", quote], ["title", row.querySelector("a.title")], ["meta", row.querySelector(".meta")]];
  card.replaceChildren(...parts.map(([name, from]) => {
    const part = document.createElement("p");
    part.className = name;
    part.textContent = from?.textContent.replace(/\s+/g, " ").trim() ?? "";
    return part;
  }));
  return true;
}

function open(link) {
  card ??= make();
  if (!card.isConnected) card = make();
  if (!link.isConnected || !fill(link)) return;
  of?.removeAttribute("aria-describedby");
  of = link;
  link.setAttribute("aria-describedby", "card");
  card.hidden = false;
  const at = link.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left - 16), innerWidth - width - 8);
  const below = at.bottom + 6;
  const top = below + height > innerHeight - 8 && at.top - height - 6 > 8 ? at.top - height - 6 : below;
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}

function close() {
  clearTimeout(timer);
  of?.removeAttribute("aria-describedby");
  of = null;
  if (!card || card.hidden) return false;
  card.hidden = true;
  return true;
}

function later(what, milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(what, milliseconds);
}

window.broadsheet.closeCard = close;

const options = { signal: listening.signal };
document.addEventListener("pointerover", (event) => {
  const link = event.target.closest?.(SELECTOR);
  if (link && event.pointerType !== "touch") later(() => open(link), OPEN_AFTER);
}, options);
document.addEventListener("pointerout", (event) => {
  if (event.target.closest?.(SELECTOR)) later(close, CLOSE_AFTER);
}, options);
document.addEventListener("focusin", (event) => {
  const link = event.target.closest?.(SELECTOR);
  if (link?.matches(":focus-visible")) open(link);
  else if (of) close();
}, options);
document.addEventListener("focusout", (event) => {
  if (event.target === of) close();
}, options);
document.addEventListener("click", (event) => {
  if (event.target.closest?.(SELECTOR)) close();
}, { capture: true, ...options });
document.addEventListener("scroll", close, { capture: true, passive: true, ...options });
