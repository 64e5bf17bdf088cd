// Files that are dropped on the form or pasted into it.

import { form } from "./form.js";

const ours = (event) => event.dataTransfer?.types.includes("Files");

// `take` gets the files.
export function setUp(take) {
  let depth = 0;
  const over = (on) => {
    depth = on ? depth : 0;
    form.toggleAttribute("data-dropping", on);
  };
  document.addEventListener("dragenter", (event) => {
    if (ours(event)) {
      depth += 1;
      over(true);
    }
  });
  document.addEventListener("dragleave", (event) => {
    if (!ours(event)) return;
    depth -= 1;
    if (depth <= 0) over(false);
  });
  // Beside the form, too: there the browser would open the file and leave the page.
  document.addEventListener("dragover", (event) => {
    if (!ours(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = form.contains(event.target) ? "copy" : "none";
  });
  document.addEventListener("drop", (event) => {
    if (!ours(event)) return;
    event.preventDefault();
    over(false);
    if (form.contains(event.target)) take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    // Office programs put a picture of the text beside the text.
    if (!files.length || types.includes("text/plain") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    take([...files]);
  });
}
