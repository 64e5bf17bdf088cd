// A picture is turned and cropped: Cropper.js draws the part, the portal makes the new picture of the stored one.

import { pending, words } from "./form.js";

const dialog = document.getElementById("crop-template").content.firstElementChild.cloneNode(true);
// Outside the form: nothing in it is a field.
document.body.append(dialog);
const find = (selector) => dialog.querySelector(selector);
const stage = find(".crop-stage");
const STEP = 0.02;
let cropper = null;
let turned = 0;
let made = "";

for (const button of dialog.querySelectorAll("[data-turn]")) {
  button.addEventListener("click", () => void turn(Number(button.dataset.turn)));
}
for (const button of dialog.querySelectorAll("[data-shape]")) {
  button.addEventListener("click", () => {
    for (const each of dialog.querySelectorAll("[data-shape]")) each.setAttribute("aria-pressed", each === button);
    cropper?.setAspectRatio(Number(button.dataset.shape) || NaN);
  });
}
find("[data-close]").addEventListener("click", () => dialog.close());
stage.addEventListener("keydown", (event) => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way || !cropper) return;
  event.preventDefault();
  const { naturalWidth: width, naturalHeight: height } = cropper.getImageData();
  const part = cropper.getData();
  const [x, y] = [way[0] * width * STEP, way[1] * height * STEP];
  cropper.setData(
    event.shiftKey
      ? { ...part, width: part.width + x, height: part.height + y }
      : { ...part, x: part.x + x, y: part.y + y },
  );
});

// Resolves with the new picture as the portal tells it, or with null when it was left as it is.
export async function crop({ id, address }) {
  const { default: Cropper } = await import("../../vendor/cropper/cropper.min.mjs");
  turned = 0;
  for (const each of dialog.querySelectorAll("[data-shape]"))
    each.setAttribute("aria-pressed", each.dataset.shape === "");
  find("[data-problem]").hidden = true;
  dialog.showModal();
  const image = find("img");
  image.src = address;
  await image.decode();
  cropper = new Cropper(image, {
    viewMode: 1,
    dragMode: "none",
    autoCropArea: 1,
    background: false,
    checkOrientation: false,
    movable: false,
    scalable: false,
    zoomable: false,
    toggleDragModeOnDblclick: false,
    crop: measure,
  });
  const stored = await new Promise((done) => {
    find("[data-apply]").onclick = () =>
      void apply(id).then((result) => {
        if (result) {
          done(result);
          dialog.close();
        }
      });
    dialog.onclose = () => done(null);
  });
  cropper.destroy();
  cropper = null;
  image.removeAttribute("src");
  if (made) URL.revokeObjectURL(made);
  made = "";
  return stored;
}

// Drawn anew: Cropper.js turns a picture beyond the edges of its box.
async function turn(degrees) {
  const image = new Image();
  image.src = cropper.url;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalHeight, image.naturalWidth];
  const paper = canvas.getContext("2d");
  paper.translate(canvas.width / 2, canvas.height / 2);
  paper.rotate((degrees * Math.PI) / 180);
  paper.drawImage(image, -image.naturalWidth / 2, -image.naturalHeight / 2);
  const blob = await new Promise((done) => canvas.toBlob(done));
  if (made) URL.revokeObjectURL(made);
  made = URL.createObjectURL(blob);
  turned = (turned + degrees + 360) % 360;
  cropper.replace(made);
}

function measure({ detail }) {
  find("[data-measure]").textContent = `${Math.round(detail.width)} × ${Math.round(detail.height)}`;
}

async function apply(id) {
  const { x, y, width, height } = cropper.getData(true);
  const body = JSON.stringify({ rotate: turned, crop: { x, y, width, height } });
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  find("[data-apply]").disabled = true;
  try {
    return await pending(async () => {
      const answer = await fetch(`${words.media}/${id}/edits`, { method: "POST", headers, body });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error.message);
      return told;
    });
  } catch (error) {
    find("[data-problem]").textContent = error instanceof TypeError ? words.notSaved : error.message;
    find("[data-problem]").hidden = false;
    return null;
  } finally {
    find("[data-apply]").disabled = false;
  }
}
