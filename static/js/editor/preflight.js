// Says while one types what the platforms would say to the lesson, and mends what one click can mend.
//
// A page that has the panel in its form needs this script and nothing else. setUp(form, panel) may be called too, and answers
// with {ask}: `form` is the lesson's, `panel` has its address in data-preflight. After each answer the panel sends
// "preflight" with detail {errors, warnings}. Whoever has an editor of its own for a field names it in its data-field, and
// hears "input" of the field when a repair fills it.

import { toast } from "../parts/toast.js";

const WAIT = 400; // ms after the last key
const known = new WeakMap();

export function setUp(form, panel) {
  if (!known.has(panel)) known.set(panel, start(form, panel));
  return known.get(panel);
}

function start(form, panel) {
  const address = panel.dataset.preflight;
  const list = document.createElement("div");
  list.className = "preflight-answer";
  const voice = document.createElement("p");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  panel.replaceChildren(list, voice);
  let timer = 0;
  let asking = null;
  let number = null;
  let html = "";

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("reset", soon);
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-repair]");
    if (button) void mend(button);
  });
  void ask();
  return { ask };

  async function ask() {
    clearTimeout(timer);
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    panel.setAttribute("aria-busy", "true");
    try {
      const answer = await send(address, sent(form), mine.signal);
      if (mine === asking) show(answer);
    } catch {
      // Offline, signed out or overtaken: what was found stays, and the next change asks again.
    } finally {
      if (mine === asking) panel.removeAttribute("aria-busy");
    }
  }

  function show(answer) {
    if (html !== answer.html) refill(list, answer.html);
    html = answer.html;
    mark(form, list);
    if (number !== null && number !== answer.findings.length) voice.textContent = answer.said;
    number = answer.findings.length;
    const errors = answer.findings.filter((finding) => finding.level === "error").length;
    panel.dispatchEvent(new CustomEvent("preflight", { bubbles: true, detail: { errors, warnings: number - errors } }));
  }

  async function mend(button) {
    const wanted = sent(form);
    wanted.set("code", button.dataset.repair);
    wanted.set("where", button.dataset.where);
    button.disabled = true;
    try {
      const answer = await send(`${address}/repair`, wanted);
      const undo = [...fill(form, answer.fields), ...exchange(form, answer.replaced)];
      toast(answer.done, {
        action: answer.undo,
        seconds: 20,
        kind: "good",
        act: () => {
          for (const back of undo) back();
          void ask();
        },
      });
      await ask();
    } catch (error) {
      toast(error.message, { kind: "bad" });
    }
    button.disabled = false;
    // Where the button is gone: the next one, or the heading, so that the keyboard does not fall back to the top.
    (button.isConnected ? button : (list.querySelector("[data-repair]") ?? focusable(list)))?.focus();
  }
}

/** The fields without files, which are uploaded by themselves. */
function sent(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

async function send(address, body, signal) {
  const answer = await fetch(address, { method: "POST", body, signal, headers: { accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(Object.values(told.error?.fields ?? {})[0] ?? told.error?.message);
  return told;
}

/** What is open stays open. */
function refill(list, html) {
  const chosen = new Map(
    [...list.querySelectorAll("[data-platform]")].map((platform) => {
      const details = platform.querySelector("details");
      return [platform.dataset.platform, details.dataset.chosen && details.open];
    }),
  );
  list.innerHTML = html;
  for (const platform of list.querySelectorAll("[data-platform]")) {
    const details = platform.querySelector("details");
    const open = chosen.get(platform.dataset.platform);
    if (open !== undefined && open !== "") {
      details.open = open;
      details.dataset.chosen = "1";
    }
    details.querySelector("summary").addEventListener("click", () => {
      details.dataset.chosen = "1";
    });
  }
}

/** Each field is described by what was found about it. */
function mark(form, list) {
  for (const field of form.querySelectorAll("[data-finding]")) {
    delete field.dataset.finding;
    describe(field, (id) => !id.startsWith("finding-"));
  }
  for (const finding of list.querySelectorAll(".finding")) {
    const field = place(form, finding.dataset.where);
    if (!field) continue;
    describe(field, () => true, finding.id);
    if (field.dataset.finding !== "error")
      field.dataset.finding = finding.classList.contains("error") ? "error" : "warning";
  }
}

function describe(field, keep, more = "") {
  const ids = [...(field.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((id) => id && keep(id)), more];
  const text = ids.join(" ").trim();
  if (text) field.setAttribute("aria-describedby", text);
  else field.removeAttribute("aria-describedby");
}

function place(form, where) {
  const [, name, index] = where.match(/^(\w+)(?:\[(\d+)\])?$/) ?? [];
  if (name === "pictures" && index !== undefined) return kept(form)[index]?.closest("[data-item]");
  if (name === "pictures") return form.querySelector("#pictures").closest(".drop");
  if (name === "video") return form.querySelector("#video");
  if (name === "cover")
    return form.querySelector("[name=kind][value=video]:checked")
      ? form.querySelector("#poster")
      : form.querySelector("#pictures").closest(".drop");
  if (name === "kind") return form.querySelector("fieldset:has([name=kind])");
  return form.querySelector(`[data-field="${name}"]`) ?? form.querySelector(`[name="${name}"]`);
}

/** The pictures that stay, in their order. */
function kept(form) {
  const gone = new Set([...form.querySelectorAll("[name=remove]:checked")].map((box) => box.value));
  return [...form.querySelectorAll("[name=picture]:enabled")].filter((field) => !gone.has(field.value));
}

/** Fills fields; returns what brings the old texts back. */
function fill(form, fields) {
  return Object.entries(fields).map(([name, value]) => {
    const field = form.querySelector(`[name="${name}"]`);
    const before = field.value;
    put(field, value);
    return () => put(field, before);
  });
}

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Puts other pictures in the places of some; returns what brings the old ones back. */
function exchange(form, replaced) {
  return replaced.map(({ old, new: fresh }) => {
    const fields = [...form.querySelectorAll("[name=picture], [name=cover], [name=remove], [name=poster]")];
    const ours = fields.filter((field) => field.value === old);
    const pictures = [
      ...new Set(ours.map((field) => field.closest("[data-item], #poster")?.querySelector("img"))),
    ].filter(Boolean);
    const before = pictures.map((picture) => [
      picture,
      picture.getAttribute("src"),
      picture.closest("[data-full]")?.dataset.full,
    ]);
    const change = () => form.dispatchEvent(new Event("change", { bubbles: true }));
    for (const field of ours) field.value = fresh.id;
    for (const picture of pictures) show(picture, fresh.thumb, fresh.full);
    change();
    return () => {
      for (const field of ours) field.value = old;
      for (const [picture, thumb, full] of before) show(picture, thumb, full);
      change();
    };
  });
}

function show(picture, thumb, full) {
  picture.src = thumb;
  const item = picture.closest("[data-full]");
  if (item && full) item.dataset.full = full;
}

function focusable(list) {
  const heading = list.querySelector("h3");
  heading?.setAttribute("tabindex", "-1");
  return heading;
}

for (const panel of document.querySelectorAll("form [data-preflight]")) setUp(panel.closest("form"), panel);
