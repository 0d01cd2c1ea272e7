// Below the question box: the filters that are chosen and go with each question, export, clear and
// the help.

const { listening, tell } = window.broadsheet;
const tools = () => document.getElementById("tools");
const inputs = () => [...tools().querySelectorAll("#filters input:not(.find)")];
let kept = { sources: [], from: "", until: "" };

function chosen() {
  return kept.sources.length || kept.from || kept.until ? JSON.stringify(kept) : "";
}

function read() {
  kept = {
    sources: inputs().filter((box) => box.name === "source" && box.checked).map((box) => box.value),
    from: tools().querySelector('input[name="from"]')?.value ?? "",
    until: tools().querySelector('input[name="until"]')?.value ?? "",
  };
  shown();
}

// Tells everywhere what is chosen: in the panel, as chips, and how many articles that leaves.
function shown() {
  for (const box of inputs()) {
    if (box.name === "source") box.checked = kept.sources.includes(box.value);
    else box.value = kept[box.name];
  }
  const chips = kept.sources.map((name) => chip(name, () => { kept.sources = kept.sources.filter((n) => n !== name); }));
  if (kept.from) chips.push(chip(`from ${dayOf(kept.from)}`, () => { kept.from = ""; }));
  if (kept.until) chips.push(chip(`until ${dayOf(kept.until)}`, () => { kept.until = ""; }));
  tools().querySelector(".chosen")?.replaceChildren(...chips);
  tell("select", chosen());
}

const dayOf = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

function chip(text, remove) {
  const made = document.createElement("span");
  made.className = "chip";
  const name = document.createElement("span");
  name.textContent = text;
  const button = document.createElement("button");
  button.textContent = "×";
  button.title = `Remove the filter ${text}`;
  button.setAttribute("aria-label", button.title);
  button.addEventListener("click", () => {
    remove();
    shown();
    document.querySelector("#question textarea")?.focus();
  });
  made.append(name, button);
  return made;
}

function matching(line) {
  const said = tools().querySelector(".matching");
  if (said) said.textContent = line;
}

// After the tools were rendered again: of another index, a source may be gone.
function refreshed() {
  if (!tools()?.querySelector("#filters") || tools().dataset.shown === stamp()) return;
  tools().dataset.shown = stamp();
  const known = new Set(inputs().filter((box) => box.name === "source").map((box) => box.value));
  kept.sources = kept.sources.filter((name) => known.has(name));
  shown();
}

const stamp = () => tools().querySelector("#filters .panel")?.textContent ?? "";

function download(file) {
  if (!file) return;
  const { name, type, text } = JSON.parse(file);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function help() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

// Closes what is open below the box; says whether anything was.
function closeMenus(but = null) {
  const open = [...document.querySelectorAll("details.menu[open]")].filter((menu) => menu !== but);
  for (const menu of open) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
  return open.length > 0;
}

Object.assign(window.broadsheet, { chosen, matching, refreshed, download, help, closeMenus });

const options = { signal: listening.signal };
document.addEventListener("change", (event) => {
  if (event.target.closest?.("#filters") && !event.target.matches(".find")) read();
}, options);
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("#filters .find")) return;
  const typed = event.target.value.trim().toLowerCase();
  for (const row of tools().querySelectorAll("#filters li")) {
    row.hidden = !row.textContent.toLowerCase().includes(typed);
  }
}, options);
document.addEventListener("click", (event) => {
  const menu = event.target.closest?.("details.menu");
  closeMenus(menu);
  const button = event.target.closest?.("#tools button");
  if (button?.matches(".export")) {
    tell("download", button.id);
    closeMenus();
  }
  if (button?.id === "clear") tell("clear", "");
  if (button?.id === "help") help();
}, options);
