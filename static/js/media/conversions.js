// Videos that the portal converts: how far each is, until it is in the form, dropped or failed.

import { fill, say, words } from "./form.js";

const list = document.getElementById("conversions");
const PAUSE = 1500; // ms between two questions
const VERSION = { "Tus-Resumable": "1.0.0" };

// `use` is given a video that somebody wants in the form.
export function setUp(use) {
  for (const item of list.children) furnish(item, use, false);
}

// One that was sent from this page goes into the form by itself.
export function follow(told, use) {
  const item = document.getElementById("conversion-item").content.firstElementChild.cloneNode(true);
  list.append(item);
  show(item, told);
  furnish(item, use, true);
}

// Stops it, at whatever point it is, and lets what was sent go.
export async function discard(id) {
  await fetch(`${words.uploads}/${id}`, { method: "DELETE", headers: VERSION });
}

function furnish(item, use, ours) {
  item.querySelector("[data-look]").hidden = true;
  item.addEventListener("click", (event) => {
    const button = event.target.closest("[data-use], [data-drop]");
    if (!button) return;
    event.preventDefault(); // without scripts it sends the form
    void (button.matches("[data-use]") ? take(item, use) : drop(item));
  });
  if (pending(item)) void watch(item, use, ours);
}

const pending = (item) => ["queued", "working"].includes(item.dataset.state);

async function watch(item, use, ours) {
  while (item.isConnected && pending(item)) {
    await new Promise((go) => setTimeout(go, PAUSE));
    if (item.isConnected) await ask(item);
  }
  if (!item.isConnected) return;
  say(item.querySelector("[data-said]").textContent);
  if (ours && item.dataset.state === "done") await take(item, use);
}

async function ask(item) {
  try {
    const answer = await fetch(`${words.uploads}/${item.dataset.conversion}/conversion`, {
      headers: { Accept: "application/json" },
    });
    if (answer.status === 404) item.remove(); // dropped elsewhere
    if (!answer.ok) return null;
    const told = await answer.json();
    show(item, told);
    return told;
  } catch {
    return null; // no connection: asked again in a moment
  }
}

function show(item, told) {
  item.dataset.conversion = told.id;
  item.dataset.state = told.state;
  item.querySelector("[data-name]").textContent = told.name;
  item.querySelector("[data-said]").textContent = fill(item.dataset[told.state], { done: `${told.percent}%` });
  const bar = item.querySelector("[data-bar]");
  bar.value = told.percent;
  bar.hidden = !pending(item);
  const problem = item.querySelector("[data-problem]");
  problem.textContent = told.problem;
  problem.hidden = told.state !== "failed";
  item.querySelector("[data-use]").hidden = told.state !== "done";
  const drop = item.querySelector("[data-drop]");
  drop.textContent = pending(item) ? drop.dataset.stop : drop.dataset.gone;
}

async function take(item, use) {
  const told = await ask(item);
  if (!told?.media) return;
  use(told.media);
  await drop(item);
}

async function drop(item) {
  const next = document.getElementById("video-file");
  const focused = item.contains(document.activeElement);
  item.remove();
  if (focused) next.focus();
  try {
    await discard(item.dataset.conversion);
  } catch {
    // It goes by itself after a day.
  }
}
