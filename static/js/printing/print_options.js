// The page where one chooses what to print: asks the server what each choice comes to, and puts that into the page.

const form = document.querySelector("[data-print-options]");
let asked = 0;
let waiting;

hideButtons();
form.addEventListener("input", (event) => {
  if (!event.target.name) return;
  clearTimeout(waiting);
  waiting = setTimeout(show, 200);
});
form.addEventListener("click", (event) => {
  if (event.target.name !== "resume") return;
  event.preventDefault();
  show(event.target);
});
for (const field of form.querySelectorAll("[data-narrows]")) {
  field.hidden = false;
  const box = field.querySelector("input");
  const lines = document.getElementById(field.dataset.narrows).children;
  box.addEventListener("input", () => {
    const words = box.value.trim().toLowerCase();
    for (const line of lines) line.hidden = !line.textContent.toLowerCase().includes(words);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

async function show(button) {
  const number = ++asked;
  const fields = new URLSearchParams(new FormData(form));
  // All lessons are none by name, so that the address stays short.
  if (!form.querySelector("[name=lesson]:not(:checked)")) fields.delete("lesson");
  if (button) fields.set("resume", button.value);
  const address = `${form.action}?${fields}`;
  const plan = form.querySelector("[data-fresh=plan]");
  plan.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (number !== asked) return;
    for (const part of form.querySelectorAll("[data-fresh]")) {
      put(part, page.querySelector(`[data-fresh=${part.dataset.fresh}]`));
    }
    hideButtons();
  } catch {
    // Offline for a moment: the next change asks again.
  } finally {
    if (number === asked) plan.removeAttribute("aria-busy");
  }
}

function put(part, fresh) {
  if (!fresh) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const old = part.querySelector(".sheet-preview");
  const picture = fresh.querySelector(".sheet-preview");
  // The picture so far stays until the next one is there.
  if (old && picture && old.getAttribute("src") === picture.getAttribute("src")) picture.replaceWith(old);
  part.replaceChildren(...fresh.childNodes);
  if (focused) document.getElementById(focused)?.focus();
}

function hideButtons() {
  for (const button of form.querySelectorAll(".without-script")) button.hidden = true;
}
