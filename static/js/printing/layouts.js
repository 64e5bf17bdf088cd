// The form of a layout: the server draws what is typed and says what is wrong with it, while one types.

const form = document.querySelector("[data-drawing]");
const result = document.getElementById("layout-result");
const PER_INCH = 25.4;
let asked = 0;
let timer;

form.addEventListener("input", (event) => {
  if (event.target.name === "unit") convert(event.target.value);
  clearTimeout(timer);
  timer = setTimeout(draw, 200);
});

async function draw() {
  const mine = ++asked;
  let page;
  try {
    const answer = await fetch(form.dataset.drawing, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // offline: what is drawn stays until the next change
  }
  const drawn = page.getElementById("layout-result");
  if (mine !== asked || !drawn) return;
  // While a number is half typed, the last good drawing stays, paler.
  const last = drawn.querySelector("svg") ? null : result.querySelector("svg");
  last?.classList.add("stale");
  result.replaceChildren(...(last ? [last] : []), ...drawn.childNodes);
  for (const field of form.querySelectorAll("[data-field]")) mark(field, page);
}

function mark(field, page) {
  const name = field.dataset.field;
  const said = page.getElementById(`${name}-note`);
  const note = document.getElementById(`${name}-note`);
  const bad = said.className === "error";
  note.className = said.className;
  if (note.textContent !== said.textContent) note.textContent = said.textContent;
  field.classList.toggle("bad", bad);
  field.querySelector("input").toggleAttribute("aria-invalid", bad);
  if (bad) field.querySelector("input").setAttribute("aria-invalid", "true");
}

/** Plain numbers are turned into the other unit; what has a unit of its own is left alone. */
function convert(unit) {
  for (const field of form.querySelectorAll("[data-field] input")) {
    if (["columns", "rows"].includes(field.name) || !/^\d+([.,]\d+)?$/.test(field.value.trim())) continue;
    const value = Number(field.value.trim().replace(",", "."));
    field.value = String(Number(unit === "in" ? (value / PER_INCH).toFixed(4) : (value * PER_INCH).toFixed(2)));
  }
}
