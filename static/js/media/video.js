// The video of the form and its cover: a picture of one's own, or one of its frames.

import { discard, follow, setUp as followAll } from "./conversions.js";
import { changed, fill, pending, say, words } from "./form.js";
import { Refused, transfer } from "./transfer.js";

const video = document.getElementById("video");
const poster = document.getElementById("poster");
const frames = document.getElementById("frames");
const open = poster.querySelector("[data-frames]");
const held = () => video.querySelector("[name=video_id]").value;

export function setUp() {
  const facts = video.querySelector("[data-facts]");
  if (facts.dataset.seconds) tell({ ...facts.dataset });
  followAll(showVideo);
  open.hidden = !held();
  open.addEventListener("click", () => {
    if (frames.hidden) void list();
    else fold();
  });
  frames.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) void choose(button);
  });
}

export function takeVideo(file) {
  void take(video, file, "video", words.noVideo, showVideo);
}

function showVideo(stored) {
  video.querySelector("[name=video_id]").value = stored.id;
  video.querySelector("[name=remove_video]").checked = false;
  video.querySelector("[data-held] [data-name]").textContent = stored.name;
  video.querySelector("[data-held]").hidden = false;
  tell(stored);
  fold();
  open.hidden = false;
  if (stored.poster) showPoster(stored.poster);
  changed();
}

export function takePoster(file) {
  void take(poster, file, "image", words.wrong, showPoster);
}

async function take(part, file, kind, otherwise, show) {
  const sending = part.querySelector(".sending");
  const bar = sending.querySelector("progress");
  const failure = part.querySelector("[data-failure]");
  const cancelled = new AbortController();
  sending.querySelector("[data-cancel]").onclick = () => cancelled.abort();
  failure.hidden = true;
  sending.hidden = false;
  bar.value = 0;
  try {
    await pending(async () => {
      const stored = await transfer(file, {
        signal: cancelled.signal,
        waits: (offline) => {
          sending.classList.toggle("offline", offline);
          bar.title = offline ? words.waiting : "";
        },
        progressed: (share) => {
          if (share < 1) bar.value = share;
          else bar.removeAttribute("value");
        },
      });
      if (stored.conversion && kind === "video") {
        follow(stored.conversion, show);
        return;
      }
      if (stored.conversion) void discard(stored.conversion.id);
      if (stored.kind !== kind) throw new Refused(otherwise);
      show(stored);
      say(words.added, { name: stored.name });
    });
  } catch (error) {
    if (cancelled.signal.aborted) return;
    part.querySelector("[data-failure] [data-problem]").textContent =
      `${file.name}: ${error instanceof Refused ? error.message : words.failed}`;
    part.querySelector("[data-retry]").hidden = error instanceof Refused;
    part.querySelector("[data-retry]").onclick = () => void take(part, file, kind, otherwise, show);
    failure.hidden = false;
  } finally {
    sending.hidden = true;
  }
}

function tell({ seconds, width, height, size }) {
  const whole = Math.round(seconds);
  const length = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  video.querySelector("[data-facts]").textContent = `${length} · ${width} × ${height} · ${(size / 1e6).toFixed(1)} MB`;
}

function showPoster(stored) {
  poster.querySelector("[name=poster]").value = stored.id;
  const image = poster.querySelector("img.poster");
  image.src = stored.thumb;
  image.width = stored.width;
  image.height = stored.height;
  image.hidden = false;
  changed();
}

// Made by the portal when they are first asked for, which takes a few seconds of a long film.
async function list() {
  open.disabled = true;
  open.setAttribute("aria-busy", "true");
  const found = await ask("GET");
  open.disabled = false;
  open.removeAttribute("aria-busy");
  if (!found) return;
  frames.replaceChildren(
    ...found.map(({ number, thumb }, place) => {
      const button = document.createElement("button");
      const image = document.createElement("img");
      button.type = "button";
      button.dataset.number = number;
      button.setAttribute("aria-pressed", "false");
      image.src = thumb;
      image.alt = fill(frames.dataset.frame, { n: place + 1 });
      button.append(image);
      return button;
    }),
  );
  frames.hidden = false;
  open.setAttribute("aria-expanded", "true");
}

async function choose(button) {
  const stored = await ask("POST", { number: Number(button.dataset.number) });
  if (!stored) return;
  for (const each of frames.children) each.setAttribute("aria-pressed", each === button);
  showPoster(stored);
}

function fold() {
  frames.hidden = true;
  frames.replaceChildren();
  open.setAttribute("aria-expanded", "false");
}

async function ask(method, body) {
  const failure = poster.querySelector("[data-failure]");
  failure.hidden = true;
  try {
    return await pending(async () => {
      const answer = await fetch(`${words.media}/${held()}/frames`, {
        method,
        headers: { Accept: "application/json", "Content-Type": "application/json" },
        body: body && JSON.stringify(body),
      });
      const told = await answer.json();
      if (!answer.ok) throw new Refused(told.error.message);
      return told;
    });
  } catch (error) {
    poster.querySelector("[data-problem]").textContent = error instanceof Refused ? error.message : words.notSaved;
    poster.querySelector("[data-retry]").hidden = true;
    failure.hidden = false;
    return null;
  }
}
