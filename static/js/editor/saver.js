// Saves what is written, one save at a time, and says how it stands. A save whose answer was lost is sent again under
// its id before anything newer, so that one's own save in flight is never a conflict.

import { packed, read, signature, value } from "./state.js";

const PAUSE = 1000; // ms after the last key
const PATIENCE = 20_000; // ms for an answer
const KEEPALIVE = 60_000; // bytes that a browser sends for a page that is closing
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60_000;

export class Saver {
  #form;
  #device;
  #show;
  #base;
  #saved;
  #save; // the id of the last save that was sent
  #lost = null; // was sent, and no answer has come
  #running = null;
  #wanted = ""; // the note of the next save: "" while nothing asks for one
  #timer = 0;
  #wait = FIRST_WAIT;

  /** `saved` says whether the server has what the form holds now. */
  constructor(form, device, show, saved) {
    this.#form = form;
    this.#device = device;
    this.#show = show;
    this.#base = form.elements.base.value;
    this.#saved = saved ? signature(read(form)) : "";
    this.conflict = false;
  }

  get lesson() {
    return this.#form.dataset.lesson ?? "";
  }

  get unsaved() {
    return signature(read(this.#form)) !== this.#saved;
  }

  changed() {
    if (!this.unsaved && !this.#lost) {
      this.#device.drop();
      return;
    }
    this.#keep();
    if (this.conflict) return;
    if (!this.#running) this.#show("unsaved");
    this.#later(PAUSE);
  }

  /** Now, because somebody wishes it ("saved") or the page goes away ("autosave"); whether the server has all. */
  async save(note, leaving = false) {
    clearTimeout(this.#timer);
    if (this.conflict) return false;
    if (note === "saved" || !this.#wanted) this.#wanted = note;
    this.#running ??= this.#run(leaving).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** The connection, the session or the tab is back. */
  resume() {
    if (this.conflict || this.#running || (!this.unsaved && !this.#lost)) return;
    this.#wait = FIRST_WAIT;
    void this.save("autosave");
  }

  async #run(leaving) {
    while (this.#lost || this.#wanted) {
      const attempt = this.#lost ?? this.#next();
      if (!attempt) break;
      this.#lost = attempt;
      this.#save = attempt.save;
      this.#keep();
      this.#show("saving");
      const settled = await this.#send(attempt, leaving);
      if (!settled) {
        this.#wanted = "";
        return false;
      }
    }
    this.#wanted = "";
    if (this.unsaved) return false;
    this.#device.drop();
    return true;
  }

  #next() {
    const pairs = read(this.#form);
    const sign = signature(pairs);
    const note = this.#wanted;
    this.#wanted = "";
    if (sign === this.#saved) return null;
    if (!value(pairs, "title").trim()) {
      this.#show("untitled");
      return null;
    }
    return { pairs, sign, note, base: this.#base, save: crypto.randomUUID() };
  }

  async #send(attempt, leaving) {
    const more = { base: attempt.base, save: attempt.save };
    if (attempt.note === "autosave") more.autosave = "1";
    const size = attempt.pairs.reduce((sum, [, text]) => sum + new Blob([text]).size + 200, 0);
    let answer;
    let told;
    try {
      answer = await fetch(this.#form.action, {
        method: "POST",
        body: packed(attempt.pairs, more),
        headers: { accept: "application/json" },
        keepalive: leaving && size < KEEPALIVE,
        signal: AbortSignal.timeout(PATIENCE),
      });
      told = await answer.json();
    } catch {
      this.#show(answer && answer.status < 500 ? "failing" : "offline", answer?.statusText ?? "");
      this.#again();
      return false;
    }
    if (answer.ok) {
      this.#done(attempt, told);
      return true;
    }
    const reason = Object.values(told.error?.fields ?? {})[0] ?? told.error?.message ?? answer.statusText;
    if (answer.status === 401) {
      this.#show("signedOut");
      this.#again();
    } else if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
      this.#show("failing", reason);
      this.#again();
    } else {
      this.#lost = null;
      this.conflict = answer.status === 409 && told.error?.code === "edit_conflict";
      if (this.conflict) this.#show("conflict", told.theirs.person);
      else this.#show("refused", reason);
    }
    return false;
  }

  #done(attempt, told) {
    this.#lost = null;
    this.#wait = FIRST_WAIT;
    this.#base = String(told.version);
    this.#form.elements.base.value = this.#base;
    this.#saved = attempt.sign;
    if (!this.lesson) this.#made(told);
    this.#show("saved", told.saved_at);
    if (this.unsaved) {
      this.#keep();
      if (!this.#wanted) this.#later(PAUSE);
    } else this.#device.drop();
  }

  #made(told) {
    this.#form.dataset.lesson = told.lesson;
    this.#form.action = `/lessons/${told.lesson}`;
    this.#device.move(told.lesson);
    history.replaceState(history.state, "", told.edit_url);
    this.#form.dispatchEvent(new CustomEvent("lesson:made", { bubbles: true, detail: told }));
  }

  #keep() {
    this.#device.keep(read(this.#form), this.#base, this.#save);
    if (!this.#device.safe) this.#show("memory");
  }

  #again() {
    this.#keep();
    this.#later(this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #later(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.save("autosave");
    }, wait);
  }
}
