// Pictures in their order: moved by arrows, by dragging, and by finger. The form's numbers follow.

export function setUp(list, changed) {
  let dragged = null;

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("[data-item]");
    if (button.dataset.move === "-1") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    button.focus();
    number();
  });

  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0) return;
    dragged = handle.closest("[data-item]");
    dragged.classList.add("dragged");
    list.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-item]");
    if (!over || over === dragged || over.parentElement !== list) return;
    const items = [...list.children];
    if (items.indexOf(over) < items.indexOf(dragged)) over.before(dragged);
    else over.after(dragged);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    list.addEventListener(end, () => {
      dragged?.classList.remove("dragged");
      if (dragged) number();
      dragged = null;
    });
  }

  function number() {
    for (const [place, item] of [...list.children].entries()) {
      item.querySelector("[name=order]").value = place + 1;
      item.querySelector("[data-move='-1']").disabled = !place;
      item.querySelector("[data-move='1']").disabled = place === list.children.length - 1;
    }
    changed();
  }

  for (const button of list.querySelectorAll("[data-move]")) button.hidden = false;
  number();
  return number;
}
