// What is done with a turn of the conversation: its buttons, editing in place, copying. And the
// question that was asked last stays in view while its answer grows.

const { listening, tell } = window.broadsheet;
let rows = 0;
let following = false;

const chat = () => document.getElementById("chat");
const EDITS = {
  edit: { of: (button) => question(button), ask: "Ask this", label: "The question" },
  search: { of: (button) => button.parentElement.querySelector(".searched"), ask: "Search for this", label: "What to search for" },
};

const question = (button) => button.closest(".message-row").previousElementSibling?.querySelector(".asked");

function act(button) {
  const kind = EDITS[button.id.split("-")[0]];
  if (kind) edit(button, kind);
  else tell("retry", JSON.stringify([button.id]));
}

function edit(button, { of, ask, label }) {
  const shown = of(button);
  if (!shown || shown.hidden) return;
  const form = document.createElement("form");
  form.className = "editor";
  const box = document.createElement("textarea");
  box.value = shown.textContent;
  box.rows = 1;
  box.setAttribute("aria-label", label);
  const buttons = [ask, "Cancel"].map((name) => {
    const made = document.createElement("button");
    made.textContent = name;
    return made;
  });
  buttons[1].type = "button";
  form.append(box, ...buttons);
  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  const end = () => {
    form.remove();
    shown.hidden = false;
    button.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    end();
    if (text) tell("retry", JSON.stringify([button.id, text]));
  });
  buttons[1].addEventListener("click", end);
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      end();
    }
  });
  following = false;
  shown.hidden = true;
  shown.after(form);
  fit();
  box.focus({ preventScroll: true });
  box.select();
  const wrap = form.closest(".panel-wrap");
  const above = form.getBoundingClientRect().top - wrap.getBoundingClientRect().top - 16;
  if (above < 0) wrap.scrollTop += above;
}

// --- copying ---

const plain = (element) => (element?.textContent ?? "").replaceAll("\u2060", "").replace(/\s+/g, " ").trim();

// "[1]" after a sentence gets a space before it, as people write it.
function textOf(answer) {
  const lines = [plain(question(answer)), ""];
  lines.push(plain(answer.querySelector(".sentences")).replace(/(\S)(\[\d+\])/g, "$1 $2"));
  const rows = [...answer.querySelectorAll(".sources > li")];
  if (rows.length) lines.push("");
  for (const row of rows) {
    const parts = [row.querySelector(".numbers"), row.querySelector("a.title")].map(plain);
    const quotes = [...row.querySelectorAll(".quote")].map((quote) => `    “${plain(quote)}”`);
    lines.push(`${parts.join(" ").trim()} · ${plain(row.querySelector(".meta"))}`, ...quotes);
  }
  return `${lines.join("\n")}\n`;
}

async function copy(button) {
  const text = textOf(button.closest(".answer"));
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyByHand(text);
  }
  button.textContent = done ? "Copied" : "Could not copy";
  setTimeout(() => { if (button.isConnected) button.textContent = "Copy"; }, 1600);
}

// Where the clipboard is refused, as over plain http on another name than localhost.
function copyByHand(text) {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "unseen";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#chat button, #examples button");
  if (!button) return;
  if (button.matches(".act")) act(button);
  if (button.matches(".copy")) copy(button);
  if (button.matches(".example")) tell("retry", JSON.stringify(["ask", button.textContent]));
}, { signal: listening.signal });

// --- the question that was asked last stays in view ---

function settle() {
  const wrap = chat()?.querySelector(".panel-wrap");
  if (!wrap) return;
  for (const said of wrap.querySelectorAll('[aria-label*="message:"]')) {
    said.removeAttribute("aria-label"); // Gradio's: the message's markup, read out letter by letter
  }
  const asked = wrap.querySelectorAll(".user-row");
  if (asked.length > rows) following = true;
  if (asked.length !== rows) rows = asked.length;
  if (!following || !rows) return;
  const last = asked[rows - 1];
  wrap.scrollTop += last.getBoundingClientRect().top - wrap.getBoundingClientRect().top + 2; // without its rule
}

const watch = new MutationObserver(settle);
for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest?.("#chat")) following = false;
  }, { passive: true, signal: listening.signal });
}
(function begin() {
  if (listening.signal.aborted) return;
  if (!chat()) { setTimeout(begin, 50); return; }
  watch.observe(chat(), { childList: true, subtree: true });
  listening.signal.addEventListener("abort", () => watch.disconnect());
  settle();
})();
