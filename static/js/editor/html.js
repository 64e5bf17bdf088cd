// HTML of other programs as Markdown. Loaded with the first paste that has HTML.

import TurndownService from "../../vendor/turndown/turndown.mjs";

const NOTHING =
  "title, meta, link, template, noscript, head, [hidden], [data-style*='display:none' i], [data-style*='display: none' i]";
const MEDIA = "video, audio, iframe, object, embed, canvas, mpvoice, mp-common-mpaudio";
const BULLET = /^[·•●○■□◆◇▪➢✓§ØølovnuqÜ*–—-]$/u;
const UNSEEN = /[\u200b\u2060\ufeff\u00ad]/gu;
// What Markdown would read as its own, in text that is none.
const ESCAPES = [
  [/\\(?=[!-/:-@[-`{-~])/gu, "\\\\"],
  [/[`*]|~~/gu, "\\$&"],
  [/(\d)\\\*(?=\d)/gu, "$1*"],
  [/(^|[^\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (found) => found.replace("_", "\\_")],
  [/^(\s*)(>|[-+](?=\s|$)|#{1,6}(?=\s|$)|={1,}$|-{2,}$)/u, "$1\\$2"],
  [/^(\s*\d{1,9})([.)])(?=\s|$)/u, "$1\\$2"],
  [/\](?=[([:])/gu, "\\]"],
  [/<(?=[/!a-z])/giu, "\\<"],
  [/&(?=#?\w+;)/gu, "\\&"],
];

/** The text, and how many of each kind were left out: pictures, media, merged (cells), formats. */
export function toMarkdown(html) {
  const page = new DOMParser().parseFromString(unstyled(html), "text/html").body;
  const lost = losses(page);
  for (const element of page.querySelectorAll(NOTHING)) element.remove();
  for (const element of page.querySelectorAll("img, picture, svg, [class='MsoCommentReference']")) element.remove();
  for (const element of page.querySelectorAll(MEDIA)) element.remove();
  wordLists(page);
  weights(page);
  const text = converter()
    .turndown(page)
    .replace(/\u00a0/gu, " ")
    .replace(UNSEEN, "")
    .replace(/[ \t]+$/gmu, "")
    .replace(/\n{3,}/gu, "\n\n");
  return { text: text.trim(), lost };
}

// The page's own policy refuses styles, also in what is only read; their words are kept as data.
function unstyled(html) {
  return html
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/giu, "")
    .replace(/<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/giu, (tag) => tag.replace(/\sstyle\s*=/iu, " data-style="));
}

function style(element, name) {
  const found = element.dataset.style?.match(new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "iu"));
  return found?.[1].trim().toLowerCase() ?? "";
}

function losses(page) {
  const count = (selector) => page.querySelectorAll(selector).length;
  const styled = [...page.querySelectorAll("[data-style]")].filter(
    (element) =>
      element.textContent.trim() &&
      (coloured(style(element, "color")) ||
        coloured(style(element, "background(?:-color)?")) ||
        style(element, "text-decoration").includes("underline")),
  );
  const found = {
    pictures: count("img:not([width='1']), svg"),
    media: count(MEDIA),
    merged: count("[colspan]:not([colspan='1']), [rowspan]:not([rowspan='1'])"),
    formats: styled.length + count("u, font, mark, sub, sup"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, number]) => number));
}

// Black, white and grey are how text looks anyway.
function coloured(value) {
  const parts = value.startsWith("#")
    ? (value.length < 7 ? [...value.slice(1, 4)].map((digit) => digit + digit) : value.slice(1).match(/../gu)).map(
        (two) => Number.parseInt(two, 16),
      )
    : value.match(/^rgba?\(/u) && value.match(/[\d.]+/gu)?.map(Number);
  if (parts) return parts[3] !== 0 && Math.max(...parts.slice(0, 3)) - Math.min(...parts.slice(0, 3)) > 40;
  return (
    /^[a-z]+$/u.test(value) &&
    !/^(?:black|white|windowtext|auto|inherit|initial|unset|none|transparent|currentcolor|\w*gr[ae]y)$/u.test(value)
  );
}

// Word writes items as paragraphs with their bullet or number as text.
function wordLists(page) {
  for (const item of page.querySelectorAll("[data-style*='mso-list' i]")) {
    const sign = item.querySelector("[data-style*='mso-list:ignore' i], [data-style*='mso-list: ignore' i]");
    if (!sign) continue;
    const mark = sign.textContent.replace(/\u00a0/gu, " ").trim();
    sign.remove();
    const number = mark.match(/^(\d+)[.)、．]$/u);
    if (!number && !BULLET.test(mark)) {
      item.prepend(`${mark} `);
      continue;
    }
    const level = Number(style(item, "mso-list").match(/level(\d)/iu)?.[1] ?? 1);
    listFor(item, level, number).append(entry(item));
  }
}

function listFor(item, level, number) {
  const kind = number ? "OL" : "UL";
  let list = item.previousElementSibling;
  if (!list?.dataset.word) {
    list = made(kind, number);
    item.before(list);
  } else if (level === 1 && list.tagName !== kind) {
    list = made(kind, number);
    item.before(list);
  }
  for (let depth = 1; depth < level; depth += 1) {
    const last = list.lastElementChild;
    if (!last) break;
    const inner = last.lastElementChild;
    if (inner?.dataset.word) list = inner;
    else {
      list = made(kind, number);
      last.append(list);
    }
  }
  return list;
}

function made(kind, number) {
  const list = document.createElement(kind);
  list.dataset.word = "1";
  if (number) list.setAttribute("start", number[1]);
  return list;
}

function entry(item) {
  const place = document.createElement("li");
  place.append(...item.childNodes);
  item.remove();
  return place;
}

// Bold by a style is bold; a <b> that says it is not (Google) is not.
function weights(page) {
  for (const element of page.querySelectorAll("span[data-style]")) {
    const weight = style(element, "font-weight");
    if (!(Number(weight) >= 600 || weight === "bold") || element.closest("strong, b, h1, h2, h3, h4, h5, h6")) continue;
    const strong = document.createElement("strong");
    strong.append(...element.childNodes);
    element.append(strong);
  }
  for (const element of page.querySelectorAll("b[data-style]")) {
    if (style(element, "font-weight") === "normal") element.replaceWith(...element.childNodes);
  }
}

function converter() {
  const service = new TurndownService({
    headingStyle: "atx",
    bulletListMarker: "-",
    codeBlockStyle: "fenced",
    emDelimiter: "*",
    hr: "---",
    br: "",
  });
  service.escape = (text) => ESCAPES.reduce((all, [what, by]) => all.replace(what, by), text);
  service.addRule("strike", {
    filter: ["del", "s", "strike"],
    replacement: (content) => (content.trim() ? `~~${content}~~` : ""),
  });
  service.addRule("item", { filter: "li", replacement: listItem });
  service.addRule("link", { filter: "a", replacement: link });
  service.addRule("cell", { filter: ["td", "th"], replacement: (content) => ` ${oneLine(content)} |` });
  service.addRule("row", { filter: "tr", replacement: row });
  service.addRule("table", {
    filter: "table",
    replacement: (content) => `\n\n${content.replace(/\n{2,}/gu, "\n").trim()}\n\n`,
  });
  service.addRule("table parts", { filter: ["thead", "tbody", "tfoot"], replacement: (content) => content });
  return service;
}

function listItem(content, node) {
  const items = [...node.parentNode.children];
  const ordered = node.parentNode.nodeName === "OL";
  const first = Number(node.parentNode.getAttribute("start") || 1);
  const sign = ordered ? `${first + items.indexOf(node)}. ` : "- ";
  const text = content.trim().replace(/\n{2,}(?=\s*(?:[-]|\d+\.) )/gu, "\n");
  return `${sign}${text.replace(/\n(?=.)/gu, `\n${" ".repeat(sign.length)}`)}${node.nextSibling ? "\n" : ""}`;
}

function link(content, node) {
  const address = node.getAttribute("href") ?? "";
  const words = content.trim();
  if (!words || words.includes("\n") || !/^(?:https?:|mailto:)/iu.test(address)) return content;
  if (words.replace(/\\/gu, "") === address) return address;
  return `[${words}](${address.replace(/\s/gu, encodeURIComponent).replace(/\(/gu, "%28").replace(/\)/gu, "%29")})`;
}

function oneLine(content) {
  return content
    .trim()
    .replace(/\s*\n\s*/gu, "<br>")
    .replace(/\|/gu, "\\|");
}

function row(content, node) {
  const table = node.closest("table");
  const line = `\n|${content}`;
  if (table.querySelector("tr") !== node) return line;
  return `${line}\n|${" --- |".repeat(node.cells.length)}`;
}
