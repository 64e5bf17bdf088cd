// Pictures and video of the lesson form with scripts.

import * as drop from "./drop.js";
import { form, words } from "./form.js";
import * as order from "./order.js";
import * as pictures from "./pictures.js";
import { interrupted } from "./transfer.js";
import * as video from "./video.js";

form.dataset.scripts = "";
for (const hint of document.querySelectorAll("#media .scripted")) hint.hidden = false;
document.querySelector("#media .camera").hidden = !matchMedia("(pointer: coarse)").matches;

pictures.setUp();
order.setUp();
video.setUp();
drop.setUp((files) => {
  if (form.elements.kind.value !== "video") return pictures.add(files);
  // One video and one cover.
  const film = files.find((file) => !file.type.startsWith("image/"));
  const picture = files.find((file) => file.type.startsWith("image/"));
  if (film) video.takeVideo(film);
  if (picture) video.takePoster(picture);
});
chosen("pictures-file", pictures.add);
chosen("pictures-camera", pictures.add);
chosen("video-file", ([file]) => video.takeVideo(file));
chosen("poster-file", ([file]) => video.takePoster(file));

const cut = await interrupted();
if (cut.length) {
  const notice = document.querySelector("[data-interrupted-list]");
  notice.textContent = `${words.interrupted} ${[...new Set(cut)].join(", ")}`;
  notice.hidden = false;
  form.addEventListener(
    "change",
    () => {
      notice.hidden = true;
    },
    { once: true },
  );
}

function chosen(id, take) {
  const input = document.getElementById(id);
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) take(files);
  });
}
