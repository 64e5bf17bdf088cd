// How the lesson's saving stands: a word in the bar, and a notice where somebody has to do something.

import { when } from "./device.js";

const place = document.getElementById("save-state");
const notices = document.querySelector("#lesson-form .notices");
export const texts = document.getElementById("editor-texts").dataset;

const LOUD = new Set(["signedOut", "conflict"]);
let notice = null;
let shown = "";
let warned = false;

/** `detail`: the moment of a save, the name of another author, the reason of a refusal. */
export function show(state, detail = "") {
  if (state === "memory") {
    if (!warned) ask(texts.memory, []);
    warned = true;
    return;
  }
  place.dataset.state = state;
  place.textContent = words(state, detail);
  if (state === shown || !(LOUD.has(state) || state === "saved")) return; // between two tries it stands
  notice?.remove();
  notice = null;
  shown = state;
  if (state === "signedOut") notice = ask(`${texts.signedOut} ${texts.goesOn}`, [[texts.signIn, "/sign-in"]]);
  if (state === "conflict") {
    notice = ask(texts.conflict.replace("{name}", detail || texts.somebody), [[texts.compare, compare]]);
  }
}

/** A notice above the form with what can be done: [[label, press], …], or an address that opens beside this page. */
export function ask(text, buttons) {
  const item = document.createElement("div");
  item.className = "notice warn";
  item.setAttribute("role", "alert");
  const line = document.createElement("p");
  line.textContent = text;
  item.append(line);
  const row = document.createElement("p");
  row.className = "actions";
  for (const [label, press] of buttons) {
    const way = document.createElement(typeof press === "string" ? "a" : "button");
    way.className = "button small";
    way.textContent = label;
    if (typeof press === "string") Object.assign(way, { href: press, target: "_blank", rel: "noopener" });
    else {
      way.type = "button";
      way.addEventListener("click", press);
    }
    row.append(way);
  }
  if (buttons.length) item.append(row);
  notices.append(item);
  return item;
}

function words(state, detail) {
  switch (state) {
    case "saved":
      return texts.saved.replace("{time}", when(detail));
    case "refused":
    case "failing":
      return texts[state].replace("{reason}", detail);
    case "conflict":
      return texts.conflictShort;
    default:
      return texts[state] ?? "";
  }
}

function compare() {
  notices.dispatchEvent(new CustomEvent("lesson:compare", { bubbles: true }));
}
