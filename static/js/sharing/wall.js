// The wall: the board comes whole from the server after each change, and what has not changed stays in its place.

import morphdom from "../../vendor/morphdom/morphdom.mjs";

import { setUp as code } from "./code.js";
import { setUp } from "./projector.js";

const stage = document.getElementById("wall");
const board = document.getElementById("board");
const trouble = document.getElementById("trouble");
let heard = new Date();

setUp(document.getElementById("full"), stage.dataset.back);
code(stage, () => location.reload());
names();
controls();
watch();

function watch() {
  const stream = new EventSource(stage.dataset.stream);
  stream.onmessage = ({ data }) => {
    const fresh = board.cloneNode(false);
    fresh.innerHTML = data;
    morphdom(board, fresh, { onBeforeElUpdated: (old, made) => !old.isEqualNode(made) });
    heard = new Date();
    trouble.textContent = "";
  };
  for (const reason of ["ended", "crowded"])
    stream.addEventListener(reason, () => {
      stream.close();
      trouble.textContent = stage.dataset[reason];
    });
  stream.onerror = () => {
    const time = heard.toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    trouble.textContent = stage.dataset.lost.replace("{time}", time);
    if (stream.readyState !== EventSource.CLOSED) return;
    // Answered by something that is no stream: the browser gives up, we do not.
    setTimeout(watch, 3000);
  };
}

// What one sets here is out of the way while nobody moves.
function controls() {
  let still;
  addEventListener("pointermove", () => {
    stage.classList.add("moved");
    clearTimeout(still);
    still = setTimeout(() => stage.classList.remove("moved"), 3000);
  });
}

// Whether names stand on the tiles is this screen's own affair, and kept for the next lesson.
function names() {
  const group = document.getElementById("names");
  const select = document.getElementById("minutes");
  select.addEventListener("change", () => select.form.requestSubmit());
  select.form.querySelector("button").hidden = true;
  group.hidden = false;
  addEventListener("keydown", (event) => {
    if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
    const buttons = [...group.children];
    buttons[(buttons.findIndex((each) => each.getAttribute("aria-pressed") === "true") + 1) % buttons.length].click();
  });
  const show = (choice) => {
    stage.dataset.shown = choice;
    for (const button of group.children) button.setAttribute("aria-pressed", button.dataset.names === choice);
  };
  group.addEventListener("click", ({ target }) => {
    if (!target.dataset.names) return;
    show(target.dataset.names);
    try {
      localStorage.setItem("wall-names", target.dataset.names);
    } catch {
      // Then for this page alone.
    }
  });
  try {
    show(localStorage.getItem("wall-names") ?? "names");
  } catch {
    show("names");
  }
}
