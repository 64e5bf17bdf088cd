// The completion list: what is chosen above it is shown at once; cells are chosen and gone through by mouse, touch and keys.

import { setUp as choosing } from "./choosing.js";
import { setUp as keys } from "./keys.js";

const filters = document.getElementById("filters");
for (const button of filters.querySelectorAll("[data-without-script]")) button.hidden = true;
filters.addEventListener("change", () => {
  // An address without what says nothing can be read and shared.
  for (const field of filters.elements) if (!field.value) field.disabled = true;
  filters.requestSubmit();
});
// From the browser's memory, with the fields as they were left.
addEventListener("pageshow", () => {
  for (const field of filters.elements) field.disabled = false;
});

const table = document.getElementById("matrix");
const bar = document.getElementById("marks");
keys(table, bar && choosing(table, bar, document.getElementById("choosing")));
