// Topics as chips: the field that is sent holds them as "#a #b"; beside it one types, with completion from the course's own.

import { splitTopics } from "./state.js";
import { texts } from "./status.js";

const MOST = 8; // suggestions at a time
const SEPARATOR = /[\s,，、;；#＃]/u;

export function setUp(field) {
  const known = JSON.parse(field.dataset.topics);
  const entry = field.querySelector("input");
  const sent = document.createElement("input");
  const box = document.createElement("div");
  const chips = document.createElement("span");
  const list = document.createElement("ul");
  const voice = document.createElement("span");
  let topics = [];
  let active = -1;

  sent.type = "hidden";
  sent.name = entry.name;
  sent.value = entry.value;
  box.className = "topics-box";
  chips.className = "chips";
  list.className = "suggestions";
  list.id = "topics-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", texts.topicsKnown);
  list.hidden = true;
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  entry.removeAttribute("name");
  entry.dataset.field = sent.name;
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    placeholder: texts.topicAdd,
    autocapitalize: "off",
    enterkeyhint: "enter",
  }))
    entry.setAttribute(name, value);
  entry.before(box);
  box.append(chips, entry, list, sent, voice);
  refill();

  // Somebody else has filled it: a repair of the check, or its undo.
  sent.addEventListener("input", refill);
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target === chips) entry.focus();
  });
  chips.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const at = [...chips.children].indexOf(button.parentElement);
    remove(at);
    (chips.children[Math.min(at, topics.length - 1)]?.querySelector("button") ?? entry).focus();
  });
  entry.addEventListener("input", (event) => {
    if (!event.isComposing) typed(event.inputType === "insertFromPaste");
  });
  entry.addEventListener("compositionend", () => typed(false));
  entry.addEventListener("focus", suggest);
  entry.addEventListener("blur", () => {
    take(entry.value);
    close();
  });
  entry.addEventListener("keydown", pressed);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });

  function pressed(event) {
    if (event.isComposing) return;
    const options = [...list.children];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) suggest();
      if (list.children.length)
        point((active + (event.key === "ArrowDown" ? 1 : -1) + list.children.length) % list.children.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) choose(options[active]);
      else take(entry.value);
      suggest();
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && !entry.value && topics.length) {
      // The last one comes back as text: whoever pressed once too often has lost nothing.
      event.preventDefault();
      const last = topics.at(-1);
      remove(topics.length - 1, last);
      suggest();
    }
  }

  function typed(pasted) {
    const parts = splitTopics(entry.value);
    const open = !pasted && !SEPARATOR.test(entry.value.slice(-1)) ? (parts.pop() ?? "") : "";
    if (parts.length || entry.value !== open) {
      add(parts);
      entry.value = open;
    }
    tell();
    suggest();
  }

  function take(text) {
    entry.value = "";
    add(splitTopics(text));
    tell();
  }

  function add(parts) {
    const fresh = parts.filter((topic, at) => !topics.includes(topic) && parts.indexOf(topic) === at);
    if (!fresh.length) return;
    topics = [...topics, ...fresh];
    draw();
    voice.textContent = texts.topicAdded.replace("{topic}", fresh.join(", "));
  }

  function remove(at, back = "") {
    voice.textContent = texts.topicRemoved.replace("{topic}", topics[at]);
    topics = topics.toSpliced(at, 1);
    entry.value = back;
    draw();
    tell();
  }

  // What is typed counts already, with or without a separator after it.
  function tell() {
    const value = [...topics, ...splitTopics(entry.value)].map((topic) => `#${topic}`).join(" ");
    if (value === sent.value) return;
    sent.value = value;
    entry.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function refill() {
    topics = [...new Set(splitTopics(sent.value))];
    entry.value = "";
    draw();
  }

  function draw() {
    chips.replaceChildren(
      ...topics.map((topic) => {
        const chip = document.createElement("span");
        const button = document.createElement("button");
        chip.className = "chip";
        chip.append(`#${topic} `, button);
        button.type = "button";
        button.setAttribute("aria-label", texts.topicRemove.replace("{topic}", topic));
        button.textContent = "×";
        return chip;
      }),
    );
  }

  function suggest() {
    const begun = entry.value.trim().toLowerCase();
    const free = known.filter((topic) => !topics.includes(topic));
    const found = begun ? free.filter((topic) => topic.toLowerCase().includes(begun)) : free;
    found.sort((one, other) => other.toLowerCase().startsWith(begun) - one.toLowerCase().startsWith(begun));
    const options = found.slice(0, MOST).map((topic) => option(topic, `#${topic}`));
    if (begun && !found.some((topic) => topic.toLowerCase() === begun)) {
      options.push(option(entry.value.trim(), texts.topicNew.replace("{topic}", `#${entry.value.trim()}`)));
    }
    list.replaceChildren(...options);
    list.hidden = !options.length || document.activeElement !== entry;
    entry.setAttribute("aria-expanded", String(!list.hidden));
    point(-1);
  }

  function option(topic, text) {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.dataset.topic = topic;
    item.textContent = text;
    return item;
  }

  function choose(option) {
    entry.value = "";
    add([option.dataset.topic]);
    tell();
    entry.focus();
    suggest();
  }

  function point(at) {
    active = at;
    [...list.children].forEach((item, n) => {
      item.id = `topic-option-${n}`;
      item.setAttribute("aria-selected", String(n === at));
    });
    if (at >= 0) entry.setAttribute("aria-activedescendant", `topic-option-${at}`);
    else entry.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    entry.setAttribute("aria-expanded", "false");
    point(-1);
  }
}
