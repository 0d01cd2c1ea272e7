// The keyboard. Enter, Shift+Enter and Esc while typing; / [ ] ? elsewhere.

const { listening, tell } = window.broadsheet;
const box = () => document.querySelector("#question textarea");
const running = () => document.querySelector("#question .stop-button");

function escape() {
  if (window.broadsheet.closeCard() || window.broadsheet.closeMenus()) return true;
  if (running()) {
    tell("stop", "");
    return true;
  }
  if (!window.broadsheet.isOpen()) return false;
  window.broadsheet.close();
  return true;
}

document.addEventListener("keydown", (event) => {
  // Gradio would send the question for both.
  const inBox = event.target === box();
  if (inBox && event.key === "Enter" && (event.shiftKey || event.isComposing)) event.stopPropagation();
  if (inBox && event.key === "Enter" && !event.shiftKey && running()) {
    event.preventDefault(); // one question at a time; what was typed stays
    event.stopPropagation();
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (!event.target.closest?.("form.editor") && escape()) event.preventDefault();
    return;
  }
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") {
    document.querySelector('#tabs button[role="tab"]')?.click();
    requestAnimationFrame(() => box()?.focus());
  } else if (event.key === "[") window.broadsheet.step(-1);
  else if (event.key === "]") window.broadsheet.step(1);
  else if (event.key === "?") window.broadsheet.help();
  else return;
  event.preventDefault();
}, { capture: true, signal: listening.signal });
