// What the lesson form holds, as a list of [name, value]; files go their own way.

const NOT_CONTENT = new Set(["base", "save"]);
const BETWEEN_TOPICS = /\[话题\]|[\s,，、;；#＃]+/u;

/** A topic as it is kept: without the sign before it. */
export function splitTopics(text) {
  return text.split(BETWEEN_TOPICS).filter(Boolean);
}

export function read(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_CONTENT.has(name));
}

export function value(pairs, name) {
  return pairs.findLast((pair) => pair[0] === name)?.[1] ?? "";
}

/** Equal for what the server would keep as the same. */
export function signature(pairs) {
  return JSON.stringify(pairs.filter(([name]) => name !== "order").map(([name, text]) => [name, tidy(name, text)]));
}

function tidy(name, text) {
  if (name === "title" || name === "alt") return text.split(/\s+/u).filter(Boolean).join(" ");
  if (name === "body") return text.replaceAll(/\r\n?/gu, "\n").trim();
  return name === "topics" ? splitTopics(text).join(" ") : text;
}

/** As the server takes it. */
export function packed(pairs, more) {
  const data = new FormData();
  for (const [name, text] of [...pairs, ...Object.entries(more)]) data.append(name, text);
  return data;
}
