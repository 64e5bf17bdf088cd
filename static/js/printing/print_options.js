// The page where one chooses what to print: asks the server what each choice comes to, and puts that into the page.

const form = document.querySelector("[data-print-options]");
let asked = 0;
let waiting;

for (const button of form.querySelectorAll(".without-script")) button.hidden = true;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 200);
});
form.addEventListener("click", (event) => {
  if (event.target.name !== "resume") return;
  event.preventDefault();
  show(event.target);
});

async function show(button) {
  const number = ++asked;
  const fields = new URLSearchParams(new FormData(form));
  // All lessons are none by name, so that the address stays short.
  if (!form.querySelector("[name=lesson]:not(:checked)")) fields.delete("lesson");
  if (button) fields.set("resume", button.value);
  const address = `${form.action}?${fields}`;
  const plan = form.querySelector("[data-plan]");
  plan.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (number !== asked) return;
    put(plan, page.querySelector("[data-plan]"));
  } catch {
    // Offline for a moment: the next change asks again.
  } finally {
    if (number === asked) plan.removeAttribute("aria-busy");
  }
}

function put(plan, fresh) {
  if (!fresh) return;
  const focused = document.activeElement?.id;
  const old = plan.querySelector(".sheet-preview");
  const picture = fresh.querySelector(".sheet-preview");
  // The picture so far stays until the next one is there.
  if (old && picture && old.getAttribute("src") === picture.getAttribute("src")) picture.replaceWith(old);
  plan.replaceChildren(...fresh.childNodes);
  for (const button of plan.querySelectorAll(".without-script")) button.hidden = true;
  if (focused) document.getElementById(focused)?.focus();
}
