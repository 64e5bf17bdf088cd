// Chosen cells: one by one, from one to another, by row and column; and the bar that acts on them.

export function setUp(table, bar, button) {
  const count = bar.querySelector(".marks-count");
  const none = document.getElementById("choose-none");
  const rows = [...table.tBodies[0].rows];
  let last = null;
  /** Where the mouse went down, and whether it has left that cell since. */
  let from = null;
  let swept = false;

  // Only what the filter means: the rest of a row is there to be read.
  const cells = () => [...table.querySelectorAll("tbody td:not(.sum):not(.other):not(.nobody)")];
  const chosen = () => [...table.querySelectorAll("td.chosen")];
  const inColumn = (index) => cells().filter((cell) => cell.cellIndex === index);
  const inRow = (row) => cells().filter((cell) => cell.parentElement === row);

  function mark(cell, on = !cell.classList.contains("chosen")) {
    if (!cell.matches(".other, .sum")) cell.classList.toggle("chosen", on);
  }
  function tick(box, all) {
    const on = all.filter((cell) => cell.classList.contains("chosen")).length;
    box.checked = all.length > 0 && on === all.length;
    box.indeterminate = on > 0 && on < all.length;
  }
  function update() {
    const all = chosen();
    for (const row of rows) {
      const box = row.querySelector("[name=row]");
      if (box) tick(box, inRow(row));
    }
    const columns = Map.groupBy ? Map.groupBy(cells(), (cell) => cell.cellIndex) : null;
    for (const box of table.tHead.querySelectorAll("[name=column]")) {
      const index = box.closest("th").cellIndex;
      tick(box, columns ? (columns.get(index) ?? []) : inColumn(index));
    }
    count.textContent = bar.dataset.chosen.replace("{count}", all.length);
    bar.hidden = all.length === 0;
    document.body.classList.toggle("with-save-bar", all.length > 0);
  }
  /** All cells of the rectangle between the last one that was touched and this one. */
  function stretch(cell) {
    if (!last) return mark(cell, true);
    const [top, bottom] = [last, cell].map((each) => rows.indexOf(each.parentElement)).sort((a, b) => a - b);
    const [left, right] = [last.cellIndex, cell.cellIndex].sort((a, b) => a - b);
    for (const row of rows.slice(top, bottom + 1))
      for (const each of [...row.cells].slice(left, right + 1)) mark(each, true);
  }
  function choose(cell, { range = false } = {}) {
    if (range) stretch(cell);
    else mark(cell);
    last = cell;
    update();
  }
  function clear() {
    for (const cell of chosen()) cell.classList.remove("chosen");
    update();
  }
  /** STUDENT:LESSON,LESSON;… as the server reads it. */
  function written() {
    const found = new Map();
    for (const cell of chosen()) {
      const [lesson, student] = cell.firstElementChild.getAttribute("href").split("/").slice(-2);
      found.set(student, [...(found.get(student) ?? []), lesson]);
    }
    return [...found].map(([student, lessons]) => `${student}:${lessons.join()}`).join(";");
  }
  function read(text) {
    for (const row of text.split(";").filter(Boolean)) {
      const [student, lessons] = row.split(":");
      for (const lesson of lessons.split(",")) {
        const link = table.querySelector(`a[href$="${CSS.escape(lesson)}/${CSS.escape(student)}"]`);
        if (link) mark(link.parentElement, true);
      }
    }
  }

  table.addEventListener("click", (event) => {
    const cell = event.target.closest("tbody td");
    if (!cell || cell.matches(".sum, .nobody")) return;
    const way = button.getAttribute("aria-pressed") === "true";
    if (swept) {
      event.preventDefault();
      swept = false;
      return;
    }
    if (!way && !event.shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    choose(cell, { range: event.shiftKey });
  });
  // From the cell where the mouse goes down to the one where it goes up.
  table.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("tbody td:not(.sum, .nobody)");
    if (event.button || !cell || event.shiftKey || event.ctrlKey || event.metaKey) return;
    from = cell;
    swept = false;
  });
  table.addEventListener("mouseover", (event) => {
    const cell = event.target.closest("tbody td:not(.sum, .nobody)");
    if (!from || !cell || (cell === from && !swept)) return;
    if (!swept) clear();
    swept = true;
    last = from;
    for (const each of chosen()) each.classList.remove("chosen");
    stretch(cell);
    update();
  });
  addEventListener("mouseup", () => {
    from = null;
  });
  table.addEventListener("dragstart", (event) => event.preventDefault());
  table.addEventListener("change", ({ target }) => {
    const which = target.name === "row" ? inRow(target.closest("tr")) : inColumn(target.closest("th").cellIndex);
    for (const cell of which) mark(cell, target.checked);
    update();
  });
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    table.classList.toggle("choosing", on);
    if (!on) clear();
  });
  none.addEventListener("click", clear);
  bar.addEventListener("formdata", ({ formData }) => {
    formData.set("cells", written());
    // They are in the cells already, as far as they are meant.
    for (const name of ["row", "column"]) formData.delete(name);
  });

  button.hidden = none.hidden = false;
  read(bar.elements.cells.value);
  update();
  /** Press a button of the bar; what is sent back needs its reason first. */
  function act(action) {
    if (action === "refuse" && !bar.elements.reason.value) bar.elements.reason.focus();
    else bar.querySelector(`[name=action][value=${action}]`).click();
  }
  return { choose, clear, chosen, act };
}
