// Adds files: each is sent as it is to one route of the server, which looks at what it holds and says
// so; then it is added, or asked about where its name is taken. Whatever is shown of a file is put in
// as text. `props` and `trigger` belong to the unseen component whose script this is: its value tells
// Python what a button of the tab asks for.

const ROUTE = "/add-article";
const MOST_FILES = 500;
const MOST_BYTES = 50 * 2 ** 20;
const AT_ONCE = 2;

const files = []; // {file, name, state, line, share, token, sample, item}
let into = ""; // "own" or "sample" once that was chosen
let own = "";
let running = 0;
let unbuilt = 0;
let unbuiltInto = "";
let focused = "";

const find = (selector) => document.querySelector(selector);
const tell = (action) => { props.value = JSON.stringify(action); trigger("submit"); };

function make(tag, css, text) {
  const element = document.createElement(tag);
  if (css) element.className = css;
  if (text) element.textContent = text;
  if (tag === "button") element.type = "button";
  return element;
}

// --- one file after the other ------------------------------------------------------------------

function add(chosen) {
  const list = [...chosen].filter((file) => !file.name.startsWith("."));
  if (!list.length) return;
  list.forEach((file, place) => {
    const each = { file, name: file.name, state: "waiting", line: "", share: 0 };
    if (place >= MOST_FILES) fail(each, `more than ${MOST_FILES} at once; add it afterwards`);
    else if (file.size > MOST_BYTES) fail(each, "larger than 50 MB");
    else if (!file.size) fail(each, "empty file");
    files.push(each);
  });
  showTab();
  draw();
  next();
}

function fail(each, why) {
  Object.assign(each, { state: "failed", line: why, file: null });
}

function next() {
  while (running < AT_ONCE) {
    const each = files.find((one) => one.state === "waiting") ??
      files.find((one) => one.state === "held" && into);
    if (!each) break;
    running += 1;
    const work = each.state === "held" ? decide(each, "refuse") : send(each);
    work.catch(() => fail(each, "the server does not answer; try again"))
      .finally(() => { running -= 1; draw(); next(); });
  }
  if (!running && unbuilt && !files.some((one) => ["waiting", "held"].includes(one.state))) {
    tell({ do: "added", what: unbuiltInto });
    unbuilt = 0;
    unbuiltInto = "";
  }
}

function request(method, query, body, onShare) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open(method, `${ROUTE}?${new URLSearchParams(query)}`);
    asked.responseType = "json";
    asked.upload.onprogress = (event) => onShare?.(event.loaded / (event.total || 1));
    asked.onload = () => resolve(asked.response ?? { problem: `not taken (${asked.status})` });
    asked.onerror = asked.onabort = reject;
    asked.send(body ?? null);
  });
}

async function send(each) {
  each.state = "sending";
  draw();
  const said = await request("PUT", { name: each.name }, each.file, (share) => {
    Object.assign(each, { share, state: share < 1 ? "sending" : "checking" });
    drawOne(each);
  });
  each.file = null;
  if (said.problem) return fail(each, said.problem);
  Object.assign(each, { token: said.token, name: said.name, line: said.line, sample: said.sample });
  own = said.own;
  if (each.sample && !into) {
    each.state = "held";
    return undefined;
  }
  return decide(each, "refuse");
}

async function decide(each, ifTaken) {
  each.state = "adding";
  drawOne(each);
  const toOwn = each.sample && into === "own";
  const said = await request("POST", {
    token: each.token, name: each.name, if_taken: ifTaken, into: toOwn ? "own" : "",
  });
  if (said.problem) return fail(each, said.problem);
  each.state = said.state;
  if (said.state === "added") {
    unbuilt += 1;
    if (toOwn) unbuiltInto = "own";
    if (said.path !== each.name) each.line = `as ${said.path} · ${each.line}`;
  }
  return undefined;
}

function drop(each) {
  if (each.token) request("POST", { token: each.token, drop: "1" }).catch(() => {});
  files.splice(files.indexOf(each), 1);
}

// --- what is shown -----------------------------------------------------------------------------

const WORDS = {
  waiting: () => "Waiting",
  sending: (each) => `Sending, ${Math.round(100 * each.share)} %`,
  checking: () => "Looking at what it holds",
  adding: () => "Adding",
  held: (each) => each.line,
  added: (each) => `Added · ${each.line}`,
  same: () => "Already in the folder, letter by letter",
  taken: (each) => `Another file of this name is there · ${each.line}`,
  failed: (each) => `Not added: ${each.line}`,
};

function drawOne(each) {
  const item = (each.item ??= make("li"));
  if (item.dataset.state !== each.state) {
    item.dataset.state = each.state;
    item.replaceChildren(make("span", "file", each.name), make("span", "line"));
    if (each.state === "taken") item.append(choice([
      ["Keep both", () => again(each, "keep both")], ["Replace", () => again(each, "replace")],
      ["Skip", () => { drop(each); draw(); }],
    ], each.name));
  }
  item.querySelector(".line").textContent = WORDS[each.state](each);
  item.style.setProperty("--share", each.state === "sending" ? each.share : 1);
  return item;
}

function choice(buttons, of) {
  const line = make("span", "choice");
  for (const [words, act] of buttons) {
    const button = make("button", "plain", words);
    if (of) button.setAttribute("aria-label", `${words}: ${of}`);
    button.addEventListener("click", act);
    line.append(button);
  }
  return line;
}

function again(each, ifTaken) {
  running += 1;
  decide(each, ifTaken)
    .catch(() => fail(each, "the server does not answer; try again"))
    .finally(() => { running -= 1; draw(); next(); });
}

function draw() {
  const place = find("#adding .adding");
  if (!place) return;
  place.hidden = !files.length;
  const list = place.querySelector("ul");
  const items = files.map(drawOne);
  items.forEach((item, at) => { if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null); });
  while (list.children.length > items.length) list.lastChild.remove();
  place.querySelector(".head").textContent = headline();
  drawQuestion(place.querySelector(".ask"));
}

function headline() {
  const count = (...states) => files.filter((one) => states.includes(one.state)).length;
  const busy = count("waiting", "sending", "checking", "adding");
  const parts = [];
  if (busy) parts.push(`${files.length - busy} of ${files.length} files looked at`);
  for (const [words, ...states] of [
    ["added", "added"], ["there already", "same"], ["not added", "failed"], ["to decide", "taken", "held"],
  ]) if (count(...states)) parts.push(`${count(...states)} ${words}`);
  return parts.join(", ");
}

function drawQuestion(place) {
  const held = files.some((one) => one.state === "held");
  const taken = files.filter((one) => one.state === "taken");
  const busy = running || files.some((one) => one.state === "waiting");
  const key = `${held} ${taken.length} ${Boolean(busy)}`;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren();
  if (held && !into) {
    place.append(make("p", "", `The index holds the sample articles that come with Broadsheet. Yours go into a folder of your own, and the samples leave the index:`),
      make("p", "file", own),
      choice([
        ["Use my own folder", () => choose("own")], ["Add to the samples", () => choose("sample")],
        ["Cancel", () => { [...files].filter((one) => one.state === "held").forEach(drop); draw(); }],
      ]));
  } else if (taken.length > 1 && !busy) {
    place.append(choice([
      ["Keep both, for all", () => taken.forEach((one) => again(one, "keep both"))],
      ["Replace all", () => taken.forEach((one) => again(one, "replace"))],
      ["Skip all", () => { taken.forEach(drop); draw(); }],
    ]));
  } else if (!busy && files.length) {
    place.append(choice([["Close this list", () => { [...files].forEach(drop); draw(); find(".choose")?.focus(); }]]));
  }
  place.hidden = !place.children.length;
}

function choose(what) {
  into = what;
  draw();
  next();
}

function showTab() {
  const tab = [...document.querySelectorAll('#tabs [role="tab"]')]
    .find((one) => one.textContent.trim() === "Articles");
  if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
}

// --- choosing, dropping, pressing --------------------------------------------------------------

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  const walk = async (entry) => {
    if (entry.name.startsWith(".") || found.length > MOST_FILES) return;
    if (entry.isFile) found.push(await new Promise((done, no) => entry.file(done, no)));
    if (!entry.isDirectory) return;
    const reader = entry.createReader();
    for (;;) {
      const batch = await new Promise((done, no) => reader.readEntries(done, no));
      if (!batch.length) break;
      for (const inner of batch) await walk(inner);
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

// The table is rendered anew by Python: whoever pressed a button in it stays there. The tab itself is
// made when it is first looked at, perhaps because files were dropped.
function rendered() {
  draw();
  if (!focused || (document.activeElement && document.activeElement !== document.body)) return;
  requestAnimationFrame(() =>
    [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus());
}

window.broadsheetLibrary?.listening.abort();
const listening = new AbortController();
window.broadsheetLibrary = { rendered, listening };
const on = (kind, act) => document.addEventListener(kind, act, { signal: listening.signal });

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const marked = (is) => document.body.classList.toggle("dropping", is);

on("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  marked(true);
});
on("dragleave", (event) => { if (!event.relatedTarget) marked(false); });
on("drop", async (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  marked(false);
  add(await dropped(event.dataTransfer));
});
on("change", (event) => {
  if (!event.target.matches?.(".files-to-add")) return;
  add(event.target.files);
  event.target.value = "";
});
on("click", (event) => {
  if (event.target.closest?.(".choose")) return find(".files-to-add").click();
  const button = event.target.closest?.("[data-do]");
  if (!button) return undefined;
  const action = JSON.parse(button.dataset.do);
  focused = button.dataset.key;
  if (action.do === "choose") return find(".files-to-add").click();
  return tell(action);
});
