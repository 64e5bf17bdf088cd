// The editor's panels: on a phone one of writing, preview and check; on a wide screen the writing and one of the others.

const WIDE = matchMedia("(min-width: 64rem)");
const list = document.querySelector(".editor-tabs");
const tabs = [...list.querySelectorAll("[role=tab]")];
const writing = document.getElementById("tab-write");
let chosen = "tab-write";

/** `opened` is called with the ids of the panels that are seen, whenever they change. */
export function setUp(opened) {
  list.hidden = false;
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab, opened);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const there = tabs.filter((tab) => !tab.hidden);
    const next = there.at((there.indexOf(event.target) + step) % there.length);
    choose(next, opened);
    next.focus();
  });
  WIDE.addEventListener("change", () => fit(opened));
  fit(opened);
}

function fit(opened) {
  writing.hidden = WIDE.matches;
  const tab =
    WIDE.matches && chosen === "tab-write" ? document.getElementById("tab-preview") : document.getElementById(chosen);
  show(tab, opened);
}

function choose(tab, opened) {
  chosen = tab.id;
  show(tab, opened);
}

function show(tab, opened) {
  const seen = [];
  for (const each of tabs) {
    const panel = document.getElementById(each.getAttribute("aria-controls"));
    const beside = WIDE.matches && each === writing;
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
    panel.hidden = each !== tab && !beside;
    panel.setAttribute("role", beside ? "group" : "tabpanel");
    panel.setAttribute("aria-labelledby", each.id);
    if (!panel.hidden) seen.push(panel.id);
  }
  opened(seen);
}
