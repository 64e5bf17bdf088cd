// The pictures of the form: added, replaced, cropped, removed and taken back, each in its place.

import { toast } from "../parts/toast.js";
import { discard } from "./conversions.js";
import { crop } from "./crop.js";
import { changed, fill, pending, say, words } from "./form.js";
import { move, number } from "./order.js";
import { Refused, transfer } from "./transfer.js";

const list = document.getElementById("pictures");
const another = document.createElement("input");
another.type = "file";
another.accept = document.getElementById("pictures-file").accept;

export function setUp() {
  for (const item of list.children) furnish(item);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-undo], [data-split]");
    if (!button) return;
    const item = button.closest("[data-item]");
    if (!button.matches("[data-split]")) return act(item, button);
    event.preventDefault(); // without scripts it sends the form
    void split(item);
  });
}

function blank() {
  const item = document.getElementById("picture-item").content.firstElementChild.cloneNode(true);
  furnish(item);
  return item;
}

export function add(files) {
  for (const file of files) {
    const item = blank();
    list.append(item);
    number();
    void take(item, file);
  }
}

function furnish(item) {
  for (const tool of item.querySelectorAll("[data-move], [data-menu]")) tool.hidden = false;
  if (item.querySelector("[name=remove]").checked) remove(item, true);
}

function act(item, button) {
  item.querySelector("[data-menu]").open = false;
  if (button.matches("[data-undo]")) return remove(item, false);
  switch (button.dataset.act) {
    case "first":
      return move(item, -Infinity, item.querySelector("[data-handle]"));
    case "last":
      return move(item, Infinity, item.querySelector("[data-handle]"));
    case "remove":
      return remove(item, true);
    case "replace":
      another.onchange = () => {
        void take(item, another.files[0]);
        another.value = "";
      };
      return another.click();
    case "crop":
      return void crop({ id: item.querySelector("[name=picture]").value, address: item.dataset.full }).then(
        (stored) => {
          if (stored) show(item, stored);
          item.querySelector("[data-handle]").focus();
        },
      );
  }
}

// The picture stays in the form until it is saved, so that it can come back to its place.
function remove(item, gone) {
  item.querySelector("[name=remove]").checked = gone;
  item.classList.toggle("removed", gone);
  item.querySelector(".gone").hidden = !gone;
  item.querySelector(gone ? "[data-undo]" : "[data-handle]").focus();
  say(gone ? words.removed : words.back);
  changed();
}

// Sends a file to an item's place; what was there stays until the new one is stored.
async function take(item, file) {
  const bar = item.querySelector("progress");
  const failure = item.querySelector("[data-failure]");
  const stop = item.querySelector("[data-cancel]");
  const fresh = !item.querySelector("[name=picture]").value;
  const cancelled = new AbortController();
  const shown = fresh ? glimpse(item, file) : null;
  stop.onclick = () => cancelled.abort();
  failure.hidden = true;
  item.classList.remove("failed");
  item.classList.add("busy");
  item.classList.toggle("fresh", fresh);
  bar.hidden = stop.hidden = false;
  bar.value = 0;
  try {
    await pending(async () => {
      const stored = await transfer(file, {
        signal: cancelled.signal,
        waits: (offline) => {
          item.classList.toggle("offline", offline);
          bar.title = offline ? words.waiting : "";
        },
        progressed: (share) => {
          if (share < 1) bar.value = share;
          else bar.removeAttribute("value");
        },
      });
      if (stored.conversion) void discard(stored.conversion.id);
      if (stored.kind !== "image") throw new Refused(words.wrong);
      show(item, stored);
      say(words.added, { name: stored.name });
    });
  } catch (error) {
    if (cancelled.signal.aborted) return fresh && leave(item);
    item.classList.add("failed");
    item.querySelector("[data-problem]").textContent =
      `${file.name}: ${error instanceof Refused ? error.message : words.failed}`;
    failure.hidden = false;
    item.querySelector("[data-retry]").hidden = error instanceof Refused;
    item.querySelector("[data-retry]").onclick = () => void take(item, file);
    item.querySelector("[data-dismiss]").onclick = () => {
      failure.hidden = true;
      item.classList.remove("failed");
      if (fresh) leave(item);
    };
  } finally {
    item.classList.remove("busy", "offline");
    bar.hidden = stop.hidden = true;
    if (shown) URL.revokeObjectURL(shown);
  }
}

// The file itself, seen before it is sent; some formats only the portal can read.
function glimpse(item, file) {
  const image = item.querySelector("img");
  image.alt = file.name;
  image.src = URL.createObjectURL(file);
  image.onload = () => {
    image.hidden = false;
  };
  return image.src;
}

function show(item, stored) {
  const image = item.querySelector("img");
  image.onload = null;
  image.src = stored.thumb;
  image.alt = stored.name;
  image.width = stored.width;
  image.height = stored.height;
  image.hidden = false;
  item.dataset.full = stored.full;
  for (const name of ["picture", "cover", "remove"]) item.querySelector(`[name=${name}]`).value = stored.id;
  const button = item.querySelector("[data-split]");
  button.value = stored.id;
  button.textContent = fill(words.splits, { n: stored.parts });
  button.parentElement.hidden = !stored.parts;
  for (const field of item.querySelectorAll("input, [data-split]")) field.disabled = false;
  number();
  changed();
}

// The parts take the picture's place; it comes back by the toast, and out of the lesson's history after that.
async function split(item) {
  const button = item.querySelector("[data-split]");
  const failure = item.querySelector("[data-failure]");
  const others = list.querySelectorAll("[data-item]:not(.removed) [name=picture]:enabled").length - 1;
  failure.hidden = true;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const told = await pending(() => ask(item.querySelector("[name=picture]").value, others));
    const parts = told.parts.map((stored, place) => part(item, stored, `(${place + 1}/${told.parts.length})`));
    const cover = item.querySelector("[name=cover]").checked;
    item.replaceWith(...parts);
    if (cover) parts[0].querySelector("[name=cover]").checked = true;
    settled(parts[0]);
    toast(told.said, { action: told.undo, act: () => join(item, parts, cover), seconds: 20, kind: "good" });
  } catch (error) {
    item.querySelector("[data-problem]").textContent = error instanceof Refused ? error.message : words.notSaved;
    item.querySelector("[data-retry]").hidden = true;
    item.querySelector("[data-dismiss]").onclick = () => {
      failure.hidden = true;
    };
    failure.hidden = false;
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

async function ask(id, others) {
  const answer = await fetch(`${words.media}/${id}/parts`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify({ others }),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(Object.values(told.error.fields ?? {})[0] ?? told.error.message);
  return told;
}

function part(whole, stored, mark) {
  const item = blank();
  show(item, stored);
  const field = item.querySelector("[name=alt]");
  const alt = whole.querySelector("[name=alt]").value.trim();
  if (alt) field.value = `${alt.slice(0, field.maxLength - mark.length - 1)} ${mark}`;
  return item;
}

function join(item, parts, cover) {
  const there = parts.filter((each) => each.isConnected);
  if (there.length) there[0].before(item);
  else list.append(item);
  for (const each of there) each.remove();
  if (cover) item.querySelector("[name=cover]").checked = true;
  settled(item);
}

function settled(item) {
  number();
  changed();
  item.querySelector("[data-handle]").focus();
}

function leave(item) {
  item.remove();
  number();
  changed();
}
