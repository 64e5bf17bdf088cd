// The lesson on the phone: what happens by itself, and the parts that answer to the student.

import { setUp as clipboard } from "../parts/clipboard.js";
import { keep, kept, lasting } from "../parts/kept.js";
import { setUp as carousel } from "./carousel.js";
import { clockOffset } from "./clock.js";
import { setUp as counted } from "./counted.js";
import { flush, listen, newId, reportOnce } from "./outbox.js";
import { setUp as publish, settled } from "./publish.js";
import { setUp as question } from "./question.js";

const SEEN_AFTER = 800;
const SAME_VISIT = 6 * 3_600_000;

const page = document.getElementById("content");
const texts = document.getElementById("texts").dataset;
const { link, platform, as, scan } = page.dataset;
const where = { link, platform, as, scan, offset: clockOffset(page.dataset.now) };

clipboard(texts);
void carousel();
const forgetful = document.getElementById("storage-notice");
forgetful.hidden = lasting();
const offline = document.getElementById("offline-notice");
listen(({ outcome }) => {
  forgetful.hidden = lasting();
  offline.hidden = outcome.state !== "kept" || outcome.reached;
});
counted(where, document.getElementById("publication") !== null);
// What a form's answer said is said once.
if (location.search) history.replaceState(null, "", location.pathname);

const ids = arrivalIds();
reportOnce("scan", where, page.dataset.app ? { browser: page.dataset.app } : {}, ids.scan);
// What the page knows from the start; every other reason comes with what it led to.
const keyless = page.dataset.reason === "no_keys" ? { mode: "assist", reason: "no_keys" } : {};
whenSeen(() => reportOnce("preview", where, keyless, ids.preview));
if (!page.dataset.app) {
  page.dataset.fail = ids.fail;
  page.dataset.scan ??= ids.scan;
  const ask = question(page, where, texts, () => settled(where));
  publish(page, where, texts, () => ask());
}
// A share script that hangs holds up "pageshow".
void flush();

// The server names the events of a scan; in an app's browser, which gets no cookie, the phone does.
function arrivalIds() {
  const name = `arrival:${where.link}`;
  const known = kept(name);
  const scan = page.dataset.scan;
  if (known && (scan ? known.scan === scan : Date.now() - known.at < SAME_VISIT)) return known;
  const made = { scan: scan ?? newId(), preview: page.dataset.preview ?? newId(), fail: newId(), at: Date.now() };
  keep(name, made);
  return made;
}

// Seen is: on a screen that is on, with the first picture there, and not behind the way out of an app's browser.
function whenSeen(then) {
  const closer = document.getElementById("rescue-closed");
  const picture = page.querySelector("img, video");
  const look = () => {
    if (document.visibilityState !== "visible" || (closer && !closer.checked)) return;
    document.removeEventListener("visibilitychange", look);
    closer?.removeEventListener("change", look);
    setTimeout(then, SEEN_AFTER);
  };
  const start = () => {
    document.addEventListener("visibilitychange", look);
    closer?.addEventListener("change", look);
    look();
  };
  if (!(picture instanceof HTMLImageElement) || picture.complete) start();
  else for (const end of ["load", "error"]) picture.addEventListener(end, start, { once: true });
}
