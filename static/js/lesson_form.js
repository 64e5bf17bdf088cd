// The lesson form with scripts: files are sent at once and keep their place; nothing is lost by leaving unawares.

import { setUp as ordering } from "./ordering.js";
import { queued, Refused, upload } from "./upload.js";

const form = document.getElementById("lesson-form");
const list = document.getElementById("pictures");
const saving = document.getElementById("save");
let pending = 0;
let touched = false;
let leaving = false;

form.dataset.scripts = "";
for (const hint of form.querySelectorAll(".scripted")) hint.hidden = false;
let settled = false;
const number = ordering(list, () => { touched = settled; });
settled = true;

form.addEventListener("input", () => { touched = true; });
addEventListener("beforeunload", (event) => { if (touched && !leaving) event.preventDefault(); });

takes("pictures-file", (file) => {
  const item = document.getElementById("picture-item").content.firstElementChild.cloneNode(true);
  list.append(item);
  item.classList.add("busy");
  for (const button of item.querySelectorAll("[data-move]")) button.hidden = false;
  void send(file, item, (stored) => {
    if (stored.kind !== "image") throw new Refused(form.dataset.wrong);
    const image = item.querySelector("img");
    image.src = stored.thumb;
    image.alt = stored.name;
    image.hidden = false;
    for (const name of ["picture", "cover", "remove"]) item.querySelector(`[name=${name}]`).value = stored.id;
    for (const field of item.querySelectorAll("input")) field.disabled = false;
    number();
  }).catch(() => {
    item.classList.add("failed");
    const leave = item.querySelector("[name=remove]");
    leave.disabled = false;
    leave.addEventListener("change", () => { item.remove(); number(); });
  });
});

takes("video-file", (file) => {
  const part = document.getElementById("video");
  void send(file, part, (stored) => {
    if (stored.kind !== "video") throw new Refused(form.dataset.noVideo);
    part.querySelector("[name=video_id]").value = stored.id;
    part.querySelector("[name=remove_video]").checked = false;
    part.querySelector("[data-name]").textContent = stored.name;
    part.querySelector("[data-held]").hidden = false;
    if (stored.poster) showPoster(stored.poster);
  }).catch(() => {});
});

takes("poster-file", (file) => {
  const part = document.getElementById("poster");
  void send(file, part, (stored) => {
    if (stored.kind !== "image") throw new Refused(form.dataset.wrong);
    showPoster(stored);
  }).catch(() => {});
});

form.addEventListener("submit", (event) => {
  if (!pending) {
    leaving = true;
    return;
  }
  event.preventDefault();
  document.getElementById("waiting").textContent = form.dataset.wait;
  saving.disabled = true;
});

function takes(id, take) {
  const input = document.getElementById(id);
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    for (const file of files) take(file);
  });
}

// Shows the progress inside `part`; rejects after the problem is shown there.
async function send(file, part, store) {
  const bar = part.querySelector("progress");
  const problem = part.querySelector("[data-problem]");
  problem.hidden = true;
  bar.hidden = false;
  bar.value = 0;
  pending += 1;
  touched = true;
  try {
    store(await queued(() => upload(form.dataset.upload, file, (share) => {
      if (share < 1) bar.value = share;
      else bar.removeAttribute("value"); // sent; being prepared
    })));
  } catch (error) {
    problem.textContent = `${file.name}: ${error instanceof Refused ? error.message : form.dataset.failed}`;
    problem.hidden = false;
    throw error;
  } finally {
    bar.hidden = true;
    part.classList.remove("busy");
    pending -= 1;
    if (!pending && saving.disabled) {
      saving.disabled = false;
      document.getElementById("waiting").textContent = "";
      if (!form.querySelector(".picture.failed, [data-problem]:not([hidden])")) form.requestSubmit(saving);
    }
  }
}

function showPoster(stored) {
  const part = document.getElementById("poster");
  part.querySelector("[name=poster]").value = stored.id;
  const image = part.querySelector("img");
  image.src = stored.thumb;
  image.hidden = false;
}
