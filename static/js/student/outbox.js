// Reports to the portal: kept on the phone before they are sent, and until the portal's own answer says that it has them.
// Each is kept with the handle of the page it was made on: whose it is does not hang on who has the phone when it is sent.

import { drop, keep, kept, names } from "../parts/kept.js";

const BATCH = 50;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;
const ANSWER_WITHIN = 15_000;
const KEPT_FOR = 30 * 86_400_000;
// Browsers send no more than this in all when the page is closed at once.
const KEEPALIVE_BYTES = 60_000;
// The portal has read the report and will never take it.
const FINAL = new Set([
  "bad_request",
  "invalid",
  "link_ended",
  "link_not_open",
  "other_phone",
  "token_invalid",
  "too_large",
]);
// What a page reports by itself; every scan does so anew.
const ARRIVALS = new Set(["scan", "preview"]);

const news = new EventTarget();
const outcomes = new Map();
const flying = new Set();
let wait = FIRST_WAIT;
let timer = 0;
let flushing = null;

/** Tells of every report that is settled or could not be sent: listen(({event, outcome}) => …). */
export function listen(listener) {
  news.addEventListener("settled", ({ detail }) => listener(detail));
}

/** A UUID; over plain http there is no crypto.randomUUID. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Report something; resolves to {state: "sent" | "refused" | "kept", message, answer}. */
export async function report(kind, where, detail = {}, id = newId()) {
  const { platform, link, as, scan, offset } = where;
  const event = { id, kind, platform, link, at: new Date().toISOString(), offset, detail, as, scan };
  keep(`event:${id}`, event);
  await deliver([event]);
  return outcomes.get(id) ?? { state: "kept" };
}

/** Report what happens once for each scan: `id` stays the same when the page is loaded again. */
export function reportOnce(kind, where, detail, id) {
  const mark = `once:${kind}:${where.link}`;
  if (kept(mark) === id) return;
  keep(mark, id);
  void report(kind, where, detail, id);
}

/** Send what waits. */
export function flush() {
  flushing ??= sendAll().finally(() => {
    flushing = null;
  });
  return flushing;
}

async function sendAll() {
  const waiting = names("event:")
    .map(kept)
    .filter((event) => event && !flying.has(event.id));
  const events = waiting.sort((a, b) => (a.at < b.at ? -1 : 1));
  const pages = new Map();
  for (const event of events) pages.set(event.as, [...(pages.get(event.as) ?? []), event]);
  for (const made of pages.values()) {
    for (let start = 0; start < made.length; start += BATCH) {
      if (!(await deliver(made.slice(start, start + BATCH)))) return;
    }
  }
}

// Of one page. Returns whether the portal could be reached.
async function deliver(events) {
  for (const event of events) flying.add(event.id);
  const { status, answer } = await post(events);
  for (const event of events) flying.delete(event.id);
  if (status === 200) {
    const refused = new Map((answer.refused ?? []).map((item) => [item.id, item]));
    for (const event of events) {
      const refusal = refused.get(event.id);
      settle(event, refusal ? { state: "refused", message: refusal.message } : { state: "sent", answer });
    }
    wait = FIRST_WAIT;
    return true;
  }
  if (status !== 0 && status < 500 && status !== 429 && events.length > 1) {
    // One of them spoils the rest.
    for (const event of events) await deliver([event]);
    return true;
  }
  if (events.length === 1 && (FINAL.has(answer?.error.code) || (answer?.error && status < 500 && tooOld(events[0])))) {
    const fields = Object.values(answer.error.fields ?? {});
    settle(events[0], { state: "refused", message: fields[0] ?? answer.error.message });
    return true;
  }
  for (const event of events) tell(event, { state: "kept", reached: status !== 0, code: answer?.error.code });
  if (status === 0 || status >= 500 || status === 429) later();
  return status !== 0;
}

// What the portal still does not take after so long it never will: then that is said, and the text stays.
function tooOld(event) {
  return Math.abs(Date.now() - Date.parse(event.at)) > KEPT_FOR;
}

// Status 0 where nobody answered, or somebody else did: a hotel's sign-in page also says 200.
async function post(events) {
  const told = events.map(({ as, scan, ...event }) => event);
  const body = new TextEncoder().encode(JSON.stringify({ events: told, as: events[0].as }));
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), ANSWER_WITHIN);
  try {
    const response = await fetch("/api/events", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body,
      keepalive: body.length < KEEPALIVE_BYTES,
      redirect: "error",
      signal: stop.signal,
    });
    const answer = await response.json();
    if (response.ok && Number.isInteger(answer?.recorded)) return { status: 200, answer };
    return answer?.error?.code ? { status: response.status, answer } : { status: 0 };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(patience);
  }
}

// What the student did and the portal does not take stays on the phone until a page has said so.
function settle(event, outcome) {
  if (outcome.state === "refused" && !ARRIVALS.has(event.kind))
    keep(`uncounted:${event.id}`, { event, message: outcome.message });
  drop(`event:${event.id}`);
  tell(event, outcome);
}

function tell(event, outcome) {
  outcomes.set(event.id, outcome);
  news.dispatchEvent(new CustomEvent("settled", { detail: { event, outcome } }));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(flush, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

addEventListener("online", flush);
addEventListener("pageshow", flush);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") flush();
});
