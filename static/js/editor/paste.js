// Formatted text from Word, WeChat and Feishu becomes Markdown; what it cannot say is told below the text.

import { texts } from "./status.js";

/** `insert` puts text where the caret is, as if it was typed. */
export function setUp(body, place, insert) {
  body.addEventListener("paste", (event) => {
    const html = event.clipboardData?.getData("text/html");
    const plain = event.clipboardData?.getData("text/plain") ?? "";
    place.textContent = "";
    if (!html || event.clipboardData.types.includes("vscode-editor-data")) return;
    event.preventDefault();
    void converted(html, plain).then(({ text, lost }) => {
      insert(body, text);
      place.textContent = said(lost);
    });
  });
}

async function converted(html, plain) {
  try {
    const { toMarkdown } = await import("./html.js");
    const made = toMarkdown(html);
    return made.text || Object.keys(made.lost).length ? made : { text: plain, lost: {} };
  } catch {
    return { text: plain, lost: {} }; // without a network the text comes as it is
  }
}

function said(lost) {
  const names = {
    pictures: texts.lostPictures,
    media: texts.lostMedia,
    merged: texts.lostMerged,
    formats: texts.lostFormats,
  };
  const parts = Object.keys(names).filter((kind) => lost[kind]);
  if (!parts.length) return "";
  return texts.pasted.replace(
    "{what}",
    parts.map((kind) => names[kind].replace("{count}", lost[kind])).join(texts.comma),
  );
}
