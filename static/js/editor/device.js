// What is typed stays on the device until the server has it: one record for each page that is open.

import { drop, keep, kept, names } from "../parts/kept.js";
import { packed, signature, value } from "./state.js";

const BEGIN = 60; // characters shown of a text that was found
const page = crypto.randomUUID?.() ?? String(Math.random());

export class Device {
  /** `place` is a lesson's id, or "new:" and the course's. */
  constructor(place) {
    this.place = place;
    this.safe = true;
    // As long as this page lives, no other one takes its record for a forgotten one.
    navigator.locks?.request(`lessonlink:${page}`, () => new Promise(() => {}));
  }

  get #name() {
    return `draft:${this.place}:${page}`;
  }

  keep(pairs, base, save) {
    this.safe = keep(this.#name, { at: Date.now(), base, save, pairs });
  }

  drop() {
    drop(this.#name);
  }

  /** The lesson was made meanwhile. */
  move(place) {
    this.drop();
    this.place = place;
  }

  /** What pages that are gone have left for this place, the newest first. */
  async left() {
    const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name) ?? []);
    const prefix = `draft:${this.place}:`;
    return names(prefix)
      .filter((name) => name !== this.#name && !held.has(`lessonlink:${name.slice(prefix.length)}`))
      .map((name) => ({ name, ...kept(name) }))
      .filter((record) => Array.isArray(record.pairs))
      .sort((one, other) => other.at - one.at);
  }

  /** After both versions were decided upon, this tab's own is no longer unsaved. */
  remember() {
    session(() => sessionStorage.setItem("lessonlink:decided", this.#name));
  }

  decided() {
    session(() => {
      const name = sessionStorage.getItem("lessonlink:decided");
      if (name) drop(name);
    });
  }
}

/** Offers what was left, above the form. */
export async function offer(device, form, present, texts, ask) {
  for (const record of await device.left()) {
    if (signature(record.pairs) === present) {
      drop(record.name);
      continue;
    }
    const begin = [value(record.pairs, "title"), value(record.pairs, "body")].filter(Boolean).join(" · ");
    const words = texts.found.replace("{time}", when(record.at)).replace("{begin}", begin.slice(0, BEGIN));
    const notice = ask(words, [
      [
        texts.use,
        () => {
          use(device, form, record);
        },
      ],
      [
        texts.discard,
        () => {
          drop(record.name);
          notice.remove();
        },
      ],
    ]);
  }
}

// The server shows the form with all that was kept, pictures too; it saves nothing.
function use(device, form, record) {
  device.keep(record.pairs, record.base, record.save);
  drop(record.name);
  const sent = document.createElement("form");
  sent.method = "post";
  sent.enctype = "multipart/form-data";
  sent.action = form.action;
  for (const [name, text] of packed(record.pairs, { base: record.base ?? "", save: record.save ?? "", restore: "1" })) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = text;
    sent.append(field);
  }
  sent.hidden = true;
  document.body.append(sent);
  form.dataset.leaving = "";
  sent.submit();
}

export function when(at) {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(
    document.documentElement.lang,
    today ? time : { ...time, month: "short", day: "numeric" },
  ).format(moment);
}

function session(use) {
  try {
    use();
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
