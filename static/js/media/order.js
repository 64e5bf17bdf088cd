// Pictures in their order: dragged by mouse or finger (SortableJS), moved by buttons and by keys. The form's numbers follow.

import Sortable from "../../vendor/sortable/sortable.min.mjs";
import { changed, fill, say, words } from "./form.js";

const list = document.getElementById("pictures");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };

export function setUp() {
  new Sortable(list, {
    draggable: "[data-item]",
    handle: "[data-handle]",
    filter: "button, .menu, input",
    preventOnFilter: false,
    animation: still.matches ? 0 : 150,
    // Not the browser's own dragging: that one cannot be told from files that are dropped, and fingers lack it.
    forceFallback: true,
    fallbackTolerance: 4,
    // A finger that scrolls is not a finger that drags.
    delay: 180,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    ghostClass: "dragged",
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (oldIndex !== newIndex) settled(item);
    },
  });
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-move]");
    if (button) move(button.closest("[data-item]"), Number(button.dataset.move), button);
  });
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !(event.key in STEPS) || event.target.matches("input[type=text]")) return;
    event.preventDefault();
    move(event.target.closest("[data-item]"), STEPS[event.key], event.target);
  });
  number();
}

// By so many places, or to an end; the focus stays where it was.
export function move(item, places, focused) {
  const items = [...list.children];
  const from = items.indexOf(item);
  const to = Math.min(items.length - 1, Math.max(0, from + places));
  if (to === from) return;
  if (to < from) items[to].before(item);
  else items[to].after(item);
  focused?.focus();
  settled(item);
}

function settled(item) {
  number();
  say(words.moved, { n: [...list.children].indexOf(item) + 1, all: list.children.length });
  changed();
}

export function number() {
  const items = [...list.children];
  for (const [place, item] of items.entries()) {
    item.querySelector("[name=order]").value = place + 1;
    item.querySelector("[data-move='-1']").disabled = !place;
    item.querySelector("[data-move='1']").disabled = place === items.length - 1;
    item.querySelector("[data-act=first]").disabled = !place;
    item.querySelector("[data-act=last]").disabled = place === items.length - 1;
    const handle = item.querySelector("[data-handle]");
    handle.tabIndex = 0;
    handle.setAttribute("role", "group");
    handle.setAttribute("aria-describedby", "pictures-keys");
    handle.setAttribute(
      "aria-label",
      fill(words.nth, { n: place + 1, all: items.length, name: item.querySelector("img").alt }),
    );
  }
}
