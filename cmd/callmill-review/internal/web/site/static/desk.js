// The one script of the desk; at most 200 lines. All pages work without it.
"use strict";

// A form that is marked sends itself when a choice changes.
document.addEventListener("change", (e) => {
  const form = e.target.form;
  const typing = e.target.type === "date" && e.target.value && e.target.value < "2000"; // a year that is not whole
  if (form && !typing && form.matches("[data-auto], .filter") && e.target.matches("select, input[type=date], input[type=radio], input[type=checkbox]")) form.requestSubmit();
});

// Copy the link of the page.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy || location.href).then(() => { button.textContent += " ✓"; }));
}

// Rows: J and K go down and up, Enter opens.
const rows = () => [...document.querySelectorAll("[data-open]")];
function go(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.classList.contains("at"));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return follow(step > 0 ? "next" : "prev");
  all[at]?.classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
  const link = next.querySelector("a");
  if (link) link.focus({ preventScroll: true });
  return true;
}
function follow(rel) {
  const link = document.querySelector(`a[rel=${rel}]`);
  if (link) location.assign(link.href);
  return !!link;
}
function open() {
  const row = document.querySelector("[data-open].at");
  if (row) location.assign(row.dataset.open);
  return !!row;
}

// Keys. A thing with data-key is pressed by its key: the buttons of verdicts have 1, 2, 3.
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  let done = false;
  const key = e.key.toLowerCase();
  const pressed = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((b) => { const row = b.closest("[data-open]"); return !row || row.matches(".at"); });
  if (pressed) { pressed.click(); done = true; }
  else if (key === "j") done = go(1) || follow("next");
  else if (key === "k") done = go(-1) || follow("prev");
  else if (e.key === "Enter" && !e.target.matches("a, button, summary")) done = open();
  else if (key === "/") {
    const box = document.querySelector("input[type=search]");
    if (box) box.focus(); else location.assign("/search");
    done = true;
  }
  if (done) e.preventDefault();
});

// The filter bar stays as it was left.
const bar = document.querySelector("details.bar");
if (bar) {
  bar.open = sessionStorage.getItem("bar") === "open";
  bar.addEventListener("toggle", () => sessionStorage.setItem("bar", bar.open ? "open" : ""));
}

// A verdict in a row of a list is sent without leaving the list, and the next row is chosen.
document.addEventListener("submit", (e) => {
  const form = e.target, button = e.submitter, row = form.closest("[data-open]");
  if (!form.matches("[data-review]") || !row || !button) return;
  e.preventDefault();
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)), headers: { "X-Requested-With": "desk" } }).then((answer) => {
    if (answer.status !== 204) throw answer;
    for (const b of form.querySelectorAll("[aria-pressed]")) b.setAttribute("aria-pressed", b === button);
    if (row.matches(".at")) go(1);
  }).catch(() => { form.removeAttribute("data-review"); form.requestSubmit(button); });
});
