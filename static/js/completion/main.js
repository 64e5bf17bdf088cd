// The completion list: what is chosen above it is shown at once; cells are chosen, gone through and opened by mouse, touch and keys.

import { setUp as choosing } from "./choosing.js";
import { setUp as drawer } from "./drawer.js";
import { setUp as keys } from "./keys.js";

document.getElementById("content").classList.add("scripted");
for (const form of document.querySelectorAll("#filters, #step")) {
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("submit", () => {
    // An address without what says nothing can be read and shared.
    for (const field of form.elements) if (!field.value) field.disabled = true;
  });
}
// From the browser's memory, with the fields as they were left.
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("#filters :disabled, #step :disabled")) field.disabled = false;
});
// How high the rows are is this browser's own choice: the server draws them so from the cookie.
for (const link of document.querySelectorAll("[data-rows]"))
  link.addEventListener("click", () => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser yet
    document.cookie = `rows=${link.dataset.rows}; path=/courses; max-age=31536000; samesite=lax${secure}`;
  });

const table = document.getElementById("matrix");
if (table) {
  // What a cell says, for the mouse, too.
  table.addEventListener("mouseover", ({ target }) => {
    const link = target.closest("tbody td:not(.sum) > a");
    if (link && !link.title) link.title = link.textContent;
  });
  const bar = document.getElementById("marks");
  const chosen = bar && choosing(table, bar, document.getElementById("choosing"));
  keys(table, chosen, drawer(table));
}
