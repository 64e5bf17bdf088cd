// Chosen lessons: one by one, from one to another, all on the page, all that were found; and the bar that acts on them.

export function setUp(results, bar) {
  const count = bar.querySelector(".bulk-count");
  const every = document.getElementById("choose-found");
  const none = document.getElementById("choose-none");
  const { found } = bar.elements;
  let last = null;

  const boxes = () => [...results.querySelectorAll("input[name=lesson]")];
  const total = () => Number(document.getElementById("found-count")?.dataset.found ?? 0);
  const chosen = () => boxes().filter((box) => box.checked);

  function update() {
    const all = boxes();
    const number = all.filter((box) => box.checked).length;
    for (const box of all) box.closest("tr").classList.toggle("chosen", box.checked);
    const page = document.getElementById("choose-page");
    if (page) {
      page.checked = all.length > 0 && number === all.length;
      page.indeterminate = number > 0 && number < all.length;
      page.hidden = false;
    }
    if (number < all.length) found.value = "";
    const whole = bar.dataset.whole === "1" && number === all.length;
    if (!whole) delete bar.dataset.whole;
    count.textContent = whole
      ? bar.dataset.every.replace("{count}", total())
      : bar.dataset.chosen.replace("{count}", number);
    every.hidden = whole || total() <= number;
    every.textContent = bar.dataset.all.replace("{count}", total());
    bar.hidden = number === 0;
    document.body.classList.toggle("with-save-bar", number > 0);
  }

  /** From the last one that was touched to this one, as this one is. */
  function range(box) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
    if (from >= 0) for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }

  results.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=lesson]");
    if (!box) return;
    if (event.shiftKey && last) range(box);
    last = box;
  });
  results.addEventListener("change", (event) => {
    if (event.target.id === "choose-page") for (const box of boxes()) box.checked = event.target.checked;
    update();
  });
  every.addEventListener("click", () => {
    found.value = new URLSearchParams(bar.dataset.query || location.search).toString() || "sort=place";
    bar.dataset.whole = "1";
    for (const box of boxes()) box.checked = true;
    update();
    none.focus();
  });
  none.addEventListener("click", () => clear());
  // All that were found are named by what finds them: no address is long enough for a thousand.
  bar.addEventListener("formdata", ({ formData }) => {
    if (bar.dataset.whole === "1") formData.delete("lesson");
  });
  bar.addEventListener("submit", () => {
    bar.elements.back.value = location.search.slice(1);
  });

  function clear() {
    for (const box of boxes()) box.checked = false;
    for (const menu of bar.querySelectorAll("details[open]")) menu.open = false;
    update();
  }
  function choose(box, on = !box.checked) {
    box.checked = on;
    last = box;
    update();
  }
  function swapped(query) {
    last = null;
    bar.dataset.query = query;
    delete bar.dataset.whole;
    found.value = "";
    update();
  }

  none.hidden = false;
  // A page from the browser's memory has its marks still.
  addEventListener("pageshow", update);
  update();
  return {
    choose,
    clear,
    swapped,
    chosen,
    all() {
      for (const box of boxes()) box.checked = true;
      update();
    },
  };
}
