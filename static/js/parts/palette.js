// Search and commands from anywhere: Ctrl K, ⌘ K or the rail's search. A combobox over a list of links.

const PAUSE = 150;
const dialog = document.getElementById("palette");
const box = dialog.querySelector("[role=combobox]");
const list = dialog.querySelector("[role=listbox]");
const none = dialog.querySelector(".palette-none");
let lines = [];
let present = -1;
let running = null;
let timer = 0;

for (const opener of document.querySelectorAll("[data-palette]")) {
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else if (!document.querySelector("dialog[open]")) open();
});
box.addEventListener("input", (event) => {
  clearTimeout(timer);
  if (event.isComposing) return; // half a Chinese word finds nothing
  timer = setTimeout(find, PAUSE);
});
box.addEventListener("compositionend", find);
box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const steps = { ArrowDown: present + 1, ArrowUp: present - 1, Home: 0, End: lines.length - 1 };
  if (event.key in steps && !(box.value && ["Home", "End"].includes(event.key))) {
    event.preventDefault();
    choose((steps[event.key] + lines.length) % lines.length);
  } else if (event.key === "Enter" && lines[present]) {
    event.preventDefault();
    const { href } = lines[present].dataset;
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  }
});
list.addEventListener("click", (event) => {
  const line = event.target.closest("[role=option]");
  if (!line) return;
  if (event.ctrlKey || event.metaKey) window.open(line.dataset.href, "_blank", "noopener");
  else location.assign(line.dataset.href);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

function open() {
  box.value = "";
  dialog.showModal();
  box.focus();
  find();
}

async function find() {
  clearTimeout(timer);
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const query = new URLSearchParams({ q: box.value, course: dialog.dataset.course ?? "" });
  try {
    const answer = await fetch(`${dialog.dataset.url}?${query}`, { signal: mine.signal });
    // Signed out: the page of the search leads to where one signs in.
    if (!answer.ok || answer.redirected) return location.assign(`/search?${query}`);
    show((await answer.json()).groups);
  } catch {
    // Another letter was typed, or there is no connection: the list so far stays.
  }
}

function show(groups) {
  list.replaceChildren(...groups.map(drawGroup));
  lines = [...list.querySelectorAll("[role=option]")];
  for (const [place, line] of lines.entries()) line.id = `found-${place}`;
  none.hidden = lines.length > 0;
  none.textContent = lines.length ? "" : dialog.dataset.none.replace("{text}", box.value.trim());
  box.setAttribute("aria-expanded", String(lines.length > 0));
  choose(lines.length ? 0 : -1);
}

function drawGroup({ name, lines: found }, place) {
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", `palette-group-${place}`);
  const title = part("p", "palette-title", name);
  title.id = `palette-group-${place}`;
  title.setAttribute("role", "presentation");
  group.append(title);
  for (const { href, text, more, aside } of found) {
    const line = part("div", "palette-line");
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    line.dataset.href = href;
    const words = part("span", "palette-text");
    words.append(...marked(text), part("span", "soft mono", more ? ` ${more}` : ""));
    line.append(words, part("span", "soft small", aside));
    group.append(line);
  }
  return group;
}

/** The text with what was typed marked in it, where it stands there as it was typed. */
function marked(text) {
  const typed = box.value.trim();
  const at = typed ? text.toLowerCase().indexOf(typed.toLowerCase()) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), part("mark", "", text.slice(at, at + typed.length)), text.slice(at + typed.length)];
}

function part(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

function choose(place) {
  lines[present]?.setAttribute("aria-selected", "false");
  present = place;
  const line = lines[present];
  if (!line) return box.removeAttribute("aria-activedescendant");
  line.setAttribute("aria-selected", "true");
  line.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", line.id);
}
