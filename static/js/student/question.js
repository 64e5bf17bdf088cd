// Did you publish it? The page's own form, sent through the outbox, and shown on top when the phone comes back.

import { drop } from "../parts/kept.js";
import { answeredHere, uncounted } from "./counted.js";
import { listen, report } from "./outbox.js";

/** Returns a function that asks; `answered` is called when nothing is left to ask. */
export function setUp(page, where, texts, answered) {
  const section = document.getElementById("question");
  const form = document.getElementById("publication");
  const dialog = document.getElementById("returned");
  if (!section || !form) return () => answered();
  const problem = document.getElementById("note-error");
  const field = form.elements.text;
  const later = form.querySelector("[data-later]");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const choice = event.submitter?.value ?? "link";
    if (choice === "later") {
      answered();
      return close();
    }
    show("");
    busy(true);
    const before = refusedHere();
    const outcome = await report(choice, where, choice === "link" ? { text: field.value } : {});
    busy(false);
    // What was typed before and refused is answered by what was typed now.
    const typed = choice === "link" || outcome.state === "refused";
    for (const { event: old } of before) if (typed || !old.detail.text) drop(`uncounted:${old.id}`);
    if (outcome.state === "refused") return; // what is said of it stands in the form
    answered();
    if (outcome.answer?.counted_for) {
      field.value = "";
      close();
    }
    // The page asks for the digits of the room; what is kept is sent once they are right.
    if (outcome.code === "room_code_needed") location.reload();
    else if (outcome.state === "kept") say("warn", texts.kept);
    if (outcome.answer?.ended) say("good", choice === "link" ? texts.linked : texts.claimed);
  });
  dialog.addEventListener("close", () => {
    later.hidden = true;
    section.append(form);
  });
  listen(({ event, outcome }) => {
    if (event.link !== where.link || !["link", "claim"].includes(event.kind)) return;
    if (outcome.state === "sent" && !outcome.answer.counted_for && !outcome.answer.ended)
      location.replace(`${page.dataset.address}?done=${event.kind === "link" ? "linked" : "claimed"}`);
    if (outcome.state !== "refused" || !answeredHere(event, where)) return;
    if (form.isConnected) bringBack({ event, message: outcome.message });
    else location.reload();
  });
  refusedHere().forEach(bringBack);

  // It stays on the phone until something else is sent: the page may be closed, or not open again.
  function refusedHere() {
    return uncounted().filter(({ event }) => answeredHere(event, where));
  }

  function bringBack({ event, message }) {
    field.value = event.detail.text ?? field.value;
    show(message);
  }

  function show(words) {
    problem.textContent = words;
    problem.hidden = !words;
    if (words) field.focus();
  }

  function say(kind, words) {
    close();
    const note = document.createElement("p");
    note.className = `notice ${kind}`;
    note.textContent = words;
    section.replaceChildren(note);
  }

  function busy(state) {
    for (const button of form.querySelectorAll("button")) button.disabled = state;
  }

  function close() {
    if (dialog.open) dialog.close();
  }

  return () => {
    if (dialog.open || !form.isConnected) return;
    later.hidden = false;
    dialog.append(form);
    dialog.showModal();
  };
}
