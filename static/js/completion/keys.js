// The matrix by keyboard: arrows go from cell to cell, Shift with them stretches the choice, x or Space chooses, Enter opens a cell
// beside; c confirms, r sends back, e excuses, z takes the last one back, / searches, Escape leaves.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const BESIDE = { j: [1, 0], k: [-1, 0], h: [0, -1], l: [0, 1] };
const DEEDS = { c: "confirm", r: "refuse", e: "excuse" };

export function setUp(table, chosen, drawer) {
  const rows = [...table.tBodies[0].rows];

  function step(cell, [down, right]) {
    const row = rows[rows.indexOf(cell.parentElement) + down];
    const link = row?.cells[cell.cellIndex + right]?.querySelector("a");
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest", inline: "nearest" });
    return link?.closest("td");
  }

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("tbody td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = STEPS[event.key];
    if (way) {
      event.preventDefault();
      if (event.shiftKey && chosen && !cell.classList.contains("chosen")) chosen.choose(cell);
      const next = step(cell, way);
      if (event.shiftKey && chosen && next && !next.classList.contains("chosen")) chosen.choose(next);
    } else if (chosen && (event.key === "x" || event.key === " ") && !cell.matches(".sum")) {
      event.preventDefault();
      chosen.choose(cell, { range: event.shiftKey });
    } else if (chosen && DEEDS[event.key] && !drawer?.isOpen() && !cell.matches(".sum")) {
      event.preventDefault();
      if (!chosen.chosen().length) chosen.choose(cell);
      chosen.act(DEEDS[event.key]);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && typing?.closest(".drawer")) typing.blur();
    else if (typing) return;
    else if (event.key === "Escape" && drawer?.isOpen()) drawer.close();
    else if (event.key === "Escape" && chosen?.chosen().length) chosen.clear();
    else if (event.key === "/") document.querySelector("#filters [name=q]").focus();
    else if (event.key === "z" && drawer?.isOpen()) drawer.act("reopen");
    else if (event.key === "z") document.querySelector(".toast form button")?.click();
    else if (drawer?.isOpen() && BESIDE[event.key]) drawer.step(...BESIDE[event.key]);
    else if (drawer?.isOpen() && DEEDS[event.key]) drawer.act(DEEDS[event.key]);
    else return;
    event.preventDefault();
  });
}
