// A form is not lost with the session: before it is sent the page asks whether its session goes on. If it does not, one signs
// in here or in another tab, and the same form goes on. Forms with data-signed-out="own" see to it themselves.

const person = document.documentElement.dataset.person;
/** What needs no session. */
const FREE = new Set(["/sign-out", "/language", "/theme", "/sign-in"]);
/** How long the answer to the last question is good, in milliseconds. */
const FRESH = 5_000;
const PATIENCE = 4_000;

let known = Date.now();
let going = null;

addEventListener("submit", begin, true);

function begin(event) {
  const { target: form, submitter } = event;
  if (form === going || form.dataset.signedOut || !form.requestSubmit) return;
  // By attributes: a field called "action" stands in the way of the form's own.
  const asked = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  if (asked("method").toLowerCase() !== "post" || Date.now() - known < FRESH) return;
  if (FREE.has(new URL(asked("action"), location.href).pathname)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  check(form, submitter);
}

async function check(form, submitter) {
  const who = await signedIn();
  if (who === null || who?.person === person) go(form, submitter);
  else await signIn(form, submitter);
}

function go(form, submitter) {
  going = form;
  if (form.isConnected) form.requestSubmit(submitter?.isConnected ? submitter : null);
  going = null;
}

/** Who is signed in; undefined for nobody, null where it cannot be known: then the server says how it stands. */
async function signedIn() {
  try {
    const answer = await fetch("/session", {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401) return undefined;
    if (!answer.ok) return null;
    known = Date.now();
    return await answer.json();
  } catch {
    return null;
  }
}

async function signIn(form, submitter) {
  let page;
  try {
    page = await (await fetch("/sign-in/again")).text();
  } catch {
    go(form, submitter);
    return;
  }
  const dialog = new DOMParser().parseFromString(page, "text/html").querySelector("dialog");
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("[data-closes]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-goes-on]").addEventListener("click", () => goOn(dialog.dataset.notYet));
  const fields = dialog.querySelector("form");
  const problem = dialog.querySelector("[data-problem]");
  const failed = problem.textContent.trim();
  fields.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = fields.querySelector(".primary");
    button.disabled = true;
    await give(new URLSearchParams(new FormData(fields)));
    button.disabled = false;
  });
  dialog.showModal();

  async function give(body) {
    try {
      // A redirect says that it was right: to a page, or to the second factor.
      const answer = await fetch("/sign-in", { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect") await goOn(null);
      else {
        const refused = new DOMParser().parseFromString(await answer.text(), "text/html");
        say(refused.querySelector("[role=alert]")?.textContent.trim() || failed);
      }
    } catch {
      say(failed);
    }
  }

  async function goOn(otherwise) {
    const who = await signedIn();
    if (who?.person === person) {
      dialog.close();
      go(form, submitter);
    } else if (who) say(dialog.dataset.other.replace("{name}", who.name));
    else if (who === null) say(failed);
    else if (otherwise) say(otherwise);
    else {
      dialog.querySelector("[data-elsewhere]").href = "/sign-in/second-factor";
      say(dialog.dataset.second);
    }
  }

  function say(text) {
    problem.hidden = false;
    problem.firstElementChild.textContent = text;
  }
}
