// The student's page beside the writing, drawn by the server from what the form holds; only what differs is changed in it.

import morphdom from "../../vendor/morphdom/morphdom.mjs";
import { packed, read } from "./state.js";

const PAUSE = 300; // ms after the last key

export class Preview {
  #form;
  #frame;
  #timer = 0;
  #asking = null;
  #stale = true;
  #seen = false;

  constructor(form, frame) {
    this.#form = form;
    this.#frame = frame;
  }

  changed() {
    this.#stale = true;
    clearTimeout(this.#timer);
    if (this.#seen)
      this.#timer = setTimeout(() => {
        void this.#draw();
      }, PAUSE);
  }

  /** Whether anybody sees it; what nobody sees is not drawn. */
  seen(is) {
    this.#seen = is;
    if (is && this.#stale) void this.#draw();
  }

  async #draw() {
    this.#asking?.abort();
    const mine = new AbortController();
    this.#asking = mine;
    this.#stale = false;
    try {
      const answer = await fetch(this.#form.dataset.preview, {
        method: "POST",
        body: packed(read(this.#form), {}),
        signal: mine.signal,
      });
      if (!answer.ok) throw new Error(answer.statusText);
      this.#fill(await answer.text());
    } catch {
      // Offline or overtaken: the last picture stays, and the next change or look asks again.
      if (mine === this.#asking) this.#stale = true;
    }
  }

  #fill(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const script of fresh.querySelectorAll("script, link[rel=modulepreload]")) script.remove(); // none runs in there
    const inside = this.#frame.contentDocument;
    if (!this.#frame.srcdoc || !inside?.body) {
      this.#frame.srcdoc = `<!doctype html>${fresh.documentElement.outerHTML}`;
      this.#frame.addEventListener(
        "load",
        () => {
          // A look at the page, not a way into it.
          for (const kind of ["click", "submit"])
            this.#frame.contentDocument.addEventListener(kind, (event) => event.preventDefault());
        },
        { once: true },
      );
      return;
    }
    inside.title = fresh.title;
    morphdom(inside.body, fresh.body, { onBeforeElUpdated: (old, made) => !old.isEqualNode(made) });
  }
}
