// The lesson form with scripts: saving waits for uploads; nothing is lost by leaving unawares.

const form = document.getElementById("lesson-form");
const saving = document.getElementById("save");
const waiting = document.getElementById("waiting");
let touched = false;
let leaving = false;

for (const kind of ["input", "change"]) form.addEventListener(kind, () => { touched = true; });
addEventListener("beforeunload", (event) => { if (touched && !leaving) event.preventDefault(); });

form.addEventListener("submit", (event) => {
  if (!form.dataset.pending) {
    leaving = true;
    return;
  }
  event.preventDefault();
  waiting.textContent = form.dataset.wait;
  saving.disabled = true;
});

form.addEventListener("change", () => {
  if (form.dataset.pending || !saving.disabled) return;
  saving.disabled = false;
  waiting.textContent = "";
  if (!form.querySelector("[data-failure]:not([hidden])")) form.requestSubmit(saving);
});
