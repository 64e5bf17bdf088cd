// The projector page: a code of whole pixels, a screen that stays on, and a count that never pretends to be fresh.

import { setUp as code } from "./code.js";
import { setUp } from "./projector.js";

const EVERY = 3000;
const SLOWEST = 30000;
const stage = document.getElementById("stage");
const texts = stage.dataset;
const image = document.getElementById("qr");
const frame = document.getElementById("frame");
const full = document.getElementById("full");
const trouble = document.getElementById("trouble");
let updated = new Date();
let pause = EVERY;

new ResizeObserver(fit).observe(frame);
addEventListener("resize", fit);
fit();

// As many whole device pixels a module as fit, placed on whole device pixels: edges stay sharp for scanners.
function fit() {
  const density = devicePixelRatio;
  image.style.width = image.style.height = "0";
  const room = Math.min(frame.clientHeight, widest()) * density;
  const side = (Math.max(1, Math.floor(room / image.dataset.modules)) * image.dataset.modules) / density;
  image.style.width = image.style.height = `${side}px`;
  image.style.translate = "none";
  const { left, top } = image.getBoundingClientRect();
  const off = (place) => (Math.round(place * density) - place * density) / density;
  image.style.translate = `${off(left)}px ${off(top)}px`;
}

function widest() {
  const beside = getComputedStyle(stage).gridTemplateColumns.split(" ").length > 1;
  return innerWidth * (beside ? 0.6 : 1) - (beside ? 0 : 16);
}

setUp(full, texts.back);
const refresh = code(stage);
setTimeout(ask, pause);

async function ask() {
  try {
    const answer = await fetch(texts.scans, { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.status === 401) {
      trouble.textContent = texts.signedOut;
      return;
    }
    if (!answer.ok) throw new Error(`${answer.status}`);
    tell(await answer.json());
    updated = new Date();
    pause = EVERY;
  } catch {
    const time = updated.toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    trouble.textContent = texts.stale.replace("{time}", time);
    pause = Math.min(pause * 2, SLOWEST);
  }
  setTimeout(ask, pause);
}

function tell(scans) {
  document.getElementById("count").textContent = texts.count
    .replace("{scanned}", scans.scanned)
    .replace("{enrolled}", scans.enrolled);
  const phones = document.getElementById("phones");
  phones.hidden = !scans.unnamed;
  phones.textContent = scans.unnamed === 1 ? texts.phone : texts.phones.replace("{unnamed}", scans.unnamed);
  if (scans.state === "expired" || scans.state === "none") trouble.textContent = texts.ended;
  else if (scans.code !== texts.code) refresh();
  else trouble.textContent = scans.state === "waiting" ? texts.waiting : "";
}
