// The list by keyboard; never while something is typed, or a dialog or menu is open.

const TYPED = "input:not([type=checkbox]), textarea, select, [contenteditable]";

export function setUp(results, filters, chosen) {
  for (const help of document.querySelectorAll(".keys-help")) help.hidden = false;

  const rows = () => [...results.querySelectorAll(".lesson-row")];
  const present = () => document.activeElement?.closest?.(".lesson-row");
  const enter = (row) => {
    row.querySelector("th a").focus();
    row.scrollIntoView({ block: "nearest" });
  };

  function step(by) {
    const all = rows();
    const at = all.indexOf(present());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (next) enter(next);
    return next;
  }
  function stretch(by) {
    const from = present();
    if (!from || !chosen) return step(by);
    const to = step(by);
    for (const row of [from, to].filter(Boolean)) chosen.choose(row.querySelector("[name=lesson]"), true);
    return to;
  }

  const commands = {
    j: () => step(1),
    k: () => step(-1),
    J: () => stretch(1),
    K: () => stretch(-1),
    ArrowDown: (event) => (event.shiftKey ? stretch(1) : step(1)),
    ArrowUp: (event) => (event.shiftKey ? stretch(-1) : step(-1)),
    x: () => {
      const box = present()?.querySelector("[name=lesson]");
      if (box) chosen?.choose(box);
      return box;
    },
    a: () => {
      chosen?.all();
      return chosen;
    },
    e: () => {
      const link = present()?.querySelector("a[href$='/edit']");
      link?.click();
      return link;
    },
    n: () => {
      const link = document.querySelector("#new-lesson, .empty a.primary");
      link?.click();
      return link;
    },
    "/": () => {
      filters?.elements.q.focus();
      filters?.elements.q.select();
      return filters;
    },
    "?": () => {
      const help = document.getElementById("shortcuts");
      help?.showModal();
      return help;
    },
    Escape: () => {
      if (chosen?.chosen().length) {
        chosen.clear();
        return true;
      }
      return false;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open], details.menu[open]")) return;
    const typing = event.target.matches?.(TYPED);
    if (typing) {
      // From the search straight into what it found.
      const down = event.target === filters?.elements.q && (event.key === "ArrowDown" || event.key === "Escape");
      if (!down) return;
      if (event.key === "Escape") {
        if (!event.target.value) event.target.blur();
        return;
      }
    }
    // Arrows scroll the page until somebody has gone into the list.
    if (event.key.startsWith("Arrow") && !typing && !present()) return;
    if (Object.hasOwn(commands, event.key) && commands[event.key](event)) event.preventDefault();
  });
}
