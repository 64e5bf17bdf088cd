// The matrix by keyboard: arrows go from cell to cell, Shift with them stretches the choice, x or Space chooses, Escape chooses none.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export function setUp(table, chosen) {
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
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen?.chosen().length && !event.target.closest("input:not([type=checkbox])"))
      chosen.clear();
  });
}
