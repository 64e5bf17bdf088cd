// Around the text: its tools and their keys, emoji, full screen, counts.

import "../../vendor/markdown-toolbar/markdown-toolbar.mjs";
import { keep, kept } from "../parts/kept.js";
import * as paste from "./paste.js";
import { texts } from "./status.js";

const RECENT = 10;
const LIST_ITEM = /^(\s*)(?:([-*+])|(\d+)([.)]))(\s+)(.*)$/u;

export function setUp(form) {
  const body = form.elements.body;
  const tools = form.querySelector("markdown-toolbar");
  tools.hidden = false;
  tools.querySelector("button").tabIndex = 0;
  tools.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps its caret
  body.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey) continued(event, body);
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const tool = tools.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!tool) return;
    event.preventDefault();
    tool.click();
  });
  emoji(body, tools.querySelector("[data-md-button=emoji]"), document.getElementById("emoji-panel"));
  fullScreen(form, tools.querySelector("[data-md-button=full]"));
  paste.setUp(body, document.getElementById("pasted"), insert);
  const count = () => counted(body.value, document.getElementById("counts"));
  body.addEventListener("input", count);
  count();
}

/** As if typed: with the browser's own undo. */
function insert(body, text) {
  body.focus();
  if (document.execCommand("insertText", false, text)) return;
  body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

// A list goes on by itself; Enter in an empty item ends it.
function continued(event, body) {
  const { selectionStart: at, selectionEnd: end, value } = body;
  const from = value.lastIndexOf("\n", at - 1) + 1;
  const item = value.slice(from, at).match(LIST_ITEM);
  if (!item || at !== end) return;
  event.preventDefault();
  const [, indent, bullet, number, sign, space, words] = item;
  if (words) return insert(body, `\n${indent}${bullet ?? `${Number(number) + 1}${sign}`}${space}`);
  body.setSelectionRange(from, at);
  insert(body, "\n");
}

function emoji(body, button, panel) {
  const recent = document.createElement("div");
  const heading = document.createElement("p");
  const signs = document.createElement("div");
  recent.setAttribute("role", "group");
  recent.setAttribute("aria-label", panel.dataset.recent);
  heading.className = "emoji-group";
  heading.textContent = panel.dataset.recent;
  signs.className = "emoji-signs";
  recent.append(heading, signs);
  panel.prepend(recent);

  const open = (is) => {
    panel.hidden = !is;
    button.setAttribute("aria-expanded", String(is));
    if (!is) return;
    const used = kept("emoji") ?? [];
    recent.hidden = !used.length;
    signs.replaceChildren(
      ...used.map((sign) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "quiet";
        made.dataset.emoji = "";
        made.textContent = sign;
        return made;
      }),
    );
    const all = [...panel.querySelectorAll("[data-emoji]")].filter((each) => each.offsetParent);
    all.forEach((each, at) => {
      each.tabIndex = at ? -1 : 0;
    });
  };
  button.addEventListener("click", () => open(panel.hidden));
  panel.addEventListener("mousedown", (event) => event.preventDefault());
  panel.addEventListener("click", (event) => {
    const sign = event.target.closest("[data-emoji]")?.textContent;
    if (!sign) return;
    keep("emoji", [sign, ...(kept("emoji") ?? []).filter((each) => each !== sign)].slice(0, RECENT));
    insert(body, sign);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      open(false);
      button.focus();
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...panel.querySelectorAll("[data-emoji]")].filter((each) => each.offsetParent);
    const next = all.at((all.indexOf(event.target) + step) % all.length);
    for (const each of all) each.tabIndex = each === next ? 0 : -1;
    next.focus();
  });
}

function fullScreen(form, button) {
  const turn = (is) => {
    document.documentElement.classList.toggle("writing-full", is);
    button.setAttribute("aria-pressed", String(is));
    form.elements.body.focus({ preventScroll: is });
  };
  button.addEventListener("click", () => turn(button.getAttribute("aria-pressed") !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && button.getAttribute("aria-pressed") === "true") turn(false);
  });
}

function counted(text, place) {
  const words = [...new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(text)].filter(
    (part) => part.isWordLike,
  );
  const signs = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)];
  place.textContent = texts.counts.replace("{words}", words.length).replace("{characters}", signs.length);
}
