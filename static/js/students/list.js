// The list of students: found as one types, chosen in numbers, and gone through by keyboard.

import { setUp as finding } from "../list/finding.js";

const results = document.getElementById("results");
const filters = document.getElementById("filters");
const bulk = document.getElementById("bulk");
const TYPED = "input:not([type=checkbox]), textarea, select, [contenteditable]";
let last = null;

for (const button of filters.querySelectorAll(".without-script")) button.hidden = true;
finding(results, filters, () => {
  last = null;
  show();
});
document.getElementById("choose-none")?.addEventListener("click", () => {
  for (const box of boxes()) box.checked = false;
  show();
  filters.elements.q.focus();
});
results.addEventListener("click", ({ target, shiftKey }) => {
  if (target.name !== "student") return;
  const all = boxes();
  if (shiftKey && last) {
    const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((one, other) => one - other);
    for (const box of all.slice(Math.max(from, 0), to + 1)) box.checked = target.checked;
  }
  last = target;
});
results.addEventListener("change", ({ target }) => {
  if (target.id === "choose-page") for (const box of boxes()) box.checked = target.checked;
  show();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPED)) return;
  if (document.querySelector("dialog[open], details.menu[open]")) return;
  if (commands[event.key]?.()) event.preventDefault();
});
addEventListener("pageshow", show);
show();

function boxes() {
  return [...results.querySelectorAll("[name=student]")];
}

function show() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  for (const box of all) box.closest("tr").classList.toggle("chosen", box.checked);
  const page = document.getElementById("choose-page");
  if (page) {
    page.hidden = false;
    page.checked = chosen > 0 && chosen === all.length;
    page.indeterminate = chosen > 0 && chosen < all.length;
  }
  if (!bulk) return;
  bulk.hidden = chosen === 0;
  bulk.querySelector(".bulk-count").textContent = bulk.dataset.chosen.replace("{count}", chosen);
  document.getElementById("choose-none").hidden = false;
}

const rows = () => [...results.querySelectorAll("tbody tr")];
const present = () => document.activeElement?.closest("tbody tr");

function step(by) {
  const all = rows();
  const at = all.indexOf(present());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  next?.querySelector("th a").focus();
  next?.scrollIntoView({ block: "nearest" });
  return next;
}

const commands = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  x: () => {
    present()?.querySelector("[name=student]")?.click();
    return present();
  },
  n: () => {
    const link = document.querySelector("a[href$='/roster/new']");
    link?.click();
    return link;
  },
  "/": () => {
    filters.elements.q.focus();
    filters.elements.q.select();
    return true;
  },
};
