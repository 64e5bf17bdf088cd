// The list of lessons: found as one types, chosen in numbers, and gone through by keyboard.

import { setUp as dragging } from "./dragging.js";
import { setUp as finding } from "./finding.js";
import { setUp as keys } from "./keys.js";
import { setUp as selection } from "./selection.js";

const results = document.getElementById("results");
const filters = document.getElementById("filters");
const bulk = document.getElementById("bulk");

const chosen = bulk ? selection(results, bulk) : null;
if (filters) {
  finding(results, filters, (query) => {
    document.dispatchEvent(new CustomEvent("swapped"));
    chosen?.swapped(query);
  });
}
keys(results, filters, chosen);
dragging(results);
