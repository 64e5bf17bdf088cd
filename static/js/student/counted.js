// Whose a report was counted for where the phone has changed hands, and what was not counted at all.

import { drop, kept, names } from "../parts/kept.js";
import { listen } from "./outbox.js";

/** Whether the page's own form says what becomes of it: it was answered here, by whom the page is of. */
export function answeredHere(event, where) {
  return event.link === where.link && event.scan === where.scan && ["link", "claim"].includes(event.kind);
}

/** What the portal did not take and no page has shown yet, as {event, message}. */
export function uncounted() {
  return names("uncounted:")
    .map(kept)
    .filter((each) => each?.event);
}

/** `form` says whether the page asks, and so shows by itself what its own student answered. */
export function setUp(where, form) {
  const counted = document.getElementById("counted-notice");
  const notice = document.getElementById("uncounted-notice");
  const list = notice.querySelector("[data-list]");
  const shown = () => uncounted().filter(({ event }) => !(form && answeredHere(event, where)));
  const look = () => {
    const messages = new Map();
    for (const { event, message } of shown())
      messages.set(message, [...(messages.get(message) ?? []), event.detail?.text].filter(Boolean));
    list.replaceChildren(
      ...[...messages].flatMap(([message, texts]) => [line(message, ""), ...texts.map((text) => line(text, "mono"))]),
    );
    notice.hidden = messages.size === 0;
  };
  notice.querySelector("button").addEventListener("click", () => {
    for (const { event } of shown()) drop(`uncounted:${event.id}`);
    look();
  });
  listen(({ outcome }) => {
    if (outcome.state === "refused") look();
    if (outcome.state !== "sent" || !outcome.answer.counted_for) return;
    const words = counted.querySelector("[data-words]");
    words.textContent = words.dataset.words.replace("{name}", () => outcome.answer.counted_for);
    counted.hidden = false;
    counted.focus();
  });
  look();
}

function line(words, name) {
  const made = document.createElement("p");
  made.className = name;
  made.textContent = words;
  return made;
}
