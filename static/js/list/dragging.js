// A lesson dragged to another place: the same form as "Move up" sends it.

export function setUp(results) {
  let dragged = null;
  const row = (event) => event.target.closest?.("tr.lesson-row[draggable]");
  const clear = () => {
    for (const each of results.querySelectorAll(".drop-here")) each.classList.remove("drop-here");
  };

  results.addEventListener("dragstart", (event) => {
    dragged = row(event);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("th a").textContent);
  });
  results.addEventListener("dragover", (event) => {
    const over = row(event);
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    clear();
    over.classList.add("drop-here");
  });
  results.addEventListener("drop", (event) => {
    const over = row(event);
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const form = document.getElementById("place");
    for (const [name, value] of [
      ["lesson", dragged.id.replace("lesson-", "")],
      ["before", over.id.replace("lesson-", "")],
    ]) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    form.submit();
  });
  results.addEventListener("dragend", () => {
    dragged = null;
    clear();
  });
}
