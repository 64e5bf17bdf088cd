// The button: takes the signed hand-over, calls the platform's script in the tap, and reports what can be known of it.

import { drop, keep, kept } from "../parts/kept.js";
import { report, reportOnce } from "./outbox.js";

const SCRIPT_WITHIN = 6_000;
const SHARE_WITHIN = 1_500; // after the script has run
const LEAVES_WITHIN = 10_000;
const ANSWER_WITHIN = 10_000; // the portal gives a platform 3 s
const PHONE = /Mobi|Android|iPhone|iPad/i;
// Of the reasons for the way by hand: what went wrong just now.
const FAILURES = new Set(["token", "refused"]);

/** `returned` is called when the phone comes back from the app. */
export function setUp(page, where, texts, returned) {
  const button = document.getElementById("publish");
  watchReturn(where, page.dataset.scan, returned);
  // Why it is by hand, as far as it is.
  let reason = page.dataset.reason ?? "";
  document.getElementById("open-app")?.addEventListener("click", () => {
    leave(where, page.dataset.scan, { mode: "assist", reason: reason || "chosen" });
  });
  if (!button) return;
  const sdk = page.dataset.sdk ? load(page.dataset.sdk) : Promise.resolve();
  sdk.catch(({ message }) => {
    reason = "no_sdk";
    reportOnce("fail", where, { mode: "js_sdk", reason, message }, page.dataset.fail);
    assist(button, texts.notLoaded);
  });
  let handover = null;
  button.hidden = false;
  button.addEventListener("pointerdown", () => {
    handover = take(where);
    handover.catch(() => {}); // the tap deals with it
  });
  button.addEventListener("click", async () => {
    if (button.disabled) return;
    button.disabled = true;
    note(texts.preparing);
    const asked = handover ?? take(where);
    handover = null;
    try {
      await sdk;
      const answer = await asked;
      if (answer.launch) open(answer);
      else share(answer, true);
    } catch (problem) {
      if (problem.byHand) {
        reason = problem.byHand;
        if (FAILURES.has(reason))
          void report("fail", where, { mode: page.dataset.launch, reason, message: problem.refused });
      }
      if (problem.refused) assist(button, problem.refused);
      else if (problem.offline) note(texts.noConnection);
      button.disabled = false;
    }
  });

  // An address of the app, or the platform's own share page; whether it opened, only leaving this page tells.
  function open({ launch, urls }) {
    note(texts.opening);
    const watch = leave(where, page.dataset.scan, { mode: launch });
    setTimeout(() => {
      button.disabled = false;
      if (!watch.cancel()) return note("");
      reason = "no_effect";
      note(texts.nothing);
      openByHand();
    }, LEAVES_WITHIN);
    location.href = (PHONE.test(navigator.userAgent) ? urls.mobile : urls.desktop) ?? urls.mobile;
  }

  function share(answer, again) {
    note(texts.opening);
    const watch = leave(where, page.dataset.scan, { mode: "js_sdk" });
    const stay = setTimeout(() => {
      button.disabled = false;
      if (watch.cancel()) {
        note(texts.nothing);
        openByHand();
      } else note("");
    }, LEAVES_WITHIN);
    let failed = false;
    const fail = async (error) => {
      if (failed) return;
      failed = true;
      clearTimeout(stay);
      watch.cancel();
      const words = wordsOf(error);
      reason = "refused";
      const { answer: told } = await report("fail", where, { mode: "js_sdk", message: words });
      if (told?.retry && again) {
        try {
          return share(await take(where), false);
        } catch {
          // The words below say what happened first.
        }
      }
      note(texts.failed.replace("{words}", words));
      openByHand();
      button.disabled = false;
    };
    // One version of the script calls `fail`, another may throw, or give a promise.
    try {
      Promise.resolve(window.xhs.share({ shareInfo: answer.shareInfo, verifyConfig: answer.data, fail })).catch(fail);
    } catch (error) {
      void fail(error);
    }
  }
}

/** Forget that the app was opened: the question has been answered. */
export function settled(where) {
  drop(launchOf(where));
}

// Of this lesson on this platform: what was opened on another is asked there.
function launchOf({ link, platform }) {
  return `launched:${link}:${platform}`;
}

// The script, or an Error that says why not.
function load(url) {
  return new Promise((resolve, reject) => {
    const ready = () => typeof window.xhs?.share === "function";
    const script = document.createElement("script");
    let end = performance.now() + SCRIPT_WITHIN;
    const look = setInterval(() => {
      if (ready()) finish(resolve);
      else if (performance.now() > end) finish(() => reject(new Error("too late")));
    }, 100);
    const finish = (how) => {
      clearInterval(look);
      how();
    };
    script.onload = () => {
      end = Math.min(end, performance.now() + SHARE_WITHIN);
    };
    script.onerror = () => finish(() => reject(new Error("not found")));
    script.src = url;
    script.async = true;
    script.referrerPolicy = "no-referrer";
    document.head.append(script);
  });
}

async function take(where) {
  let response, answer;
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), ANSWER_WITHIN);
  try {
    const path = `/api/post/publish/${where.link}?platform=${where.platform}&as=${where.as ?? ""}`;
    response = await fetch(path, { headers: { Accept: "application/json" }, redirect: "error", signal: stop.signal });
    answer = await response.json();
  } catch {
    throw { offline: true };
  } finally {
    clearTimeout(patience);
  }
  // A hotel's sign-in page may speak JSON, too.
  if (!(response.ok ? (answer?.shareInfo ?? answer?.launch) : answer?.error)) throw { offline: true };
  if (!response.ok) throw { refused: answer.error.reasons?.join(" ") ?? answer.error.message };
  if (answer.launch === "assist") throw { refused: answer.message, byHand: answer.reason };
  return answer;
}

// Kept before the app opens: opening it may end this page at any moment.
function leave(where, scan, detail) {
  const name = launchOf(where);
  let over = false;
  keep(name, { scan, left: false, returned: false });
  const left = ({ type }) => {
    if (over || (type === "visibilitychange" && document.visibilityState !== "hidden")) return;
    stop();
    keep(name, { scan, left: true, returned: false });
    void report("launch", where, detail);
  };
  const stop = () => {
    over = true;
    clearTimeout(patience);
    document.removeEventListener("visibilitychange", left);
    removeEventListener("pagehide", left);
  };
  const cancel = () => {
    if (over) return false;
    stop();
    drop(name);
    return true;
  };
  const patience = setTimeout(cancel, LEAVES_WITHIN + 500);
  document.addEventListener("visibilitychange", left);
  addEventListener("pagehide", left);
  return { cancel };
}

// Back by the app switcher, by the back button, or in a page that had to be loaded again.
function watchReturn(where, scan, returned) {
  const name = launchOf(where);
  const look = (fresh) => {
    const launched = kept(name);
    if (!launched || document.visibilityState !== "visible") return;
    if (launched.scan !== scan) return drop(name); // somebody else's, before this phone changed hands
    if (!launched.left && !fresh) return;
    if (!launched.returned) {
      keep(name, { ...launched, left: true, returned: true });
      void report("return", where);
    }
    returned();
  };
  document.addEventListener("visibilitychange", () => look(false));
  addEventListener("pageshow", (event) => {
    if (event.persisted) look(false);
  });
  look(true);
}

function assist(button, words) {
  button.hidden = true;
  const link = document.createElement("a");
  link.href = "#by-hand";
  link.className = "button primary wide";
  link.textContent = document.querySelector("#by-hand summary").textContent;
  link.addEventListener("click", openByHand);
  button.after(link);
  note(words);
  openByHand();
}

function openByHand() {
  document.getElementById("by-hand").open = true;
}

function note(words) {
  document.getElementById("bar-note").textContent = words;
}

function wordsOf(error) {
  const words = error?.msg ?? error?.message ?? error?.errMsg ?? error;
  return (typeof words === "string" ? words : (JSON.stringify(words) ?? "")).slice(0, 500);
}
