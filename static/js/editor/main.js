// The lesson editor: saves as one writes, shows the student's page beside, and loses nothing.

import { Device, offer } from "./device.js";
import { Preview } from "./preview.js";
import { Saver } from "./saver.js";
import { read, signature } from "./state.js";
import { ask, show, texts } from "./status.js";
import * as tabs from "./tabs.js";
import * as topics from "./topics.js";
import * as writing from "./writing.js";

const form = document.getElementById("lesson-form");
const saving = document.getElementById("save");
const waiting = document.getElementById("waiting");
const present = signature(read(form));
const fresh = !form.dataset.lesson;
const restored = "restored" in form.dataset;

topics.setUp(form.querySelector(".topics-field"));
writing.setUp(form);

const device = new Device(form.dataset.lesson ?? `new:${form.dataset.course}`);
if (form.dataset.done === "merged") device.decided();
const saver = new Saver(form, device, show, !restored);
const preview = new Preview(form, document.getElementById("live-preview"));
tabs.setUp((seen) => preview.seen(seen.includes("panel-preview")));
if (restored) saver.changed();
else void offer(device, form, present, texts, ask);

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, () => {
    form.dataset.touched = "";
    saver.changed();
    preview.changed();
  });
}
form.addEventListener("preflight", ({ detail: { errors, warnings } }) => {
  const count = document.getElementById("check-count");
  count.textContent = errors + warnings || "";
  count.classList.toggle("bad", errors > 0);
});

// Saving by hand waits for the uploads, and goes on to the lesson's page.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.dataset.pending) {
    waiting.textContent = form.dataset.wait;
    saving.disabled = true;
  } else void finish();
});
form.addEventListener("change", () => {
  if (form.dataset.pending || !saving.disabled) return;
  saving.disabled = false;
  waiting.textContent = "";
  if (!form.querySelector("[data-failure]:not([hidden])")) form.requestSubmit(saving);
});
form.addEventListener("lesson:compare", () => {
  device.remember();
  whole();
});
form.addEventListener("lesson:made", ({ detail }) => {
  document.querySelector(".bar h1").textContent = texts.edit;
  document.querySelector(".leave-link").href = `/lessons/${detail.lesson}`;
});
document.querySelector(".leave-link").textContent = texts.close;

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  void saver.save("saved");
});
addEventListener("pageshow", () => {
  delete form.dataset.leaving;
}); // also with the browser's "back"
for (const back of ["online", "focus", "pageshow"]) addEventListener(back, () => saver.resume());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") saver.resume();
  else if (saver.unsaved) void saver.save("autosave", true);
});
addEventListener("beforeunload", (event) => {
  if (!("leaving" in form.dataset) && (form.dataset.pending || (saver.unsaved && !device.safe))) event.preventDefault();
});

async function finish() {
  saving.disabled = true;
  const saved = await saver.save("saved");
  saving.disabled = false;
  const state = document.getElementById("save-state").dataset.state;
  if (saved) go(`/lessons/${saver.lesson}?done=${fresh ? "created" : "saved"}`);
  else if (state === "conflict") form.dispatchEvent(new CustomEvent("lesson:compare"));
  else if (state === "refused" || state === "untitled") whole(); // the server marks what is wrong
}

function go(address) {
  form.dataset.leaving = "";
  location.assign(address);
}

/** The form as a form: the server answers with a page. */
function whole() {
  form.dataset.leaving = "";
  form.submit();
}
