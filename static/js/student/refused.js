// A page that turned the student away tells the portal so: once for each visit, however often the page loads itself again.

import { drop, keep, kept, names } from "../parts/kept.js";
import { clockOffset } from "./clock.js";
import { newId } from "./outbox.js";

const SAME_VISIT = 10 * 60_000;
const KEPT_FOR = 7 * 86_400_000;
const ANSWER_WITHIN = 15_000;

const { refusal, visit, now } = document.getElementById("content").dataset;
const name = `turned-away:${visit}`;
const moment = Date.now();
const known = kept(name);

if (known && moment - known.seen < SAME_VISIT) keep(name, { ...known, seen: moment });
else keep(name, { id: newId(), at: new Date().toISOString(), offset: clockOffset(now), ticket: refusal, seen: moment });
void tellAll();
addEventListener("online", tellAll);

async function tellAll() {
  for (const each of names("turned-away:")) {
    const news = kept(each);
    if (news && !news.told) await tell(each, news);
    else if (news && Date.now() - news.seen > SAME_VISIT) drop(each);
  }
}

async function tell(each, { id, at, offset, ticket, seen }) {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), ANSWER_WITHIN);
  try {
    const response = await fetch("/api/refusals", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ id, at, offset, ticket }),
      keepalive: true,
      redirect: "error",
      signal: stop.signal,
    });
    const answer = await response.json();
    if (Number.isInteger(answer?.recorded) || answer?.error?.code === "token_invalid")
      keep(each, { ...kept(each), told: true });
  } catch {
    if (Date.now() - seen > KEPT_FOR) drop(each); // else it is told when the phone is on the net again
  } finally {
    clearTimeout(patience);
  }
}
