// The rail without its words, and back: the button or [. A cookie tells the server, which draws the next page so.

const button = document.querySelector(".rail-toggle");
const TYPED = "input, textarea, select, [contenteditable]";

function turn() {
  const narrow = document.body.classList.toggle("narrow-rail");
  button.setAttribute("aria-pressed", String(narrow));
  const [name, secure] = location.protocol === "https:" ? ["__Host-rail", "; secure"] : ["rail", ""];
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser yet
  document.cookie = `${name}=${narrow ? "narrow" : ""}; path=/; max-age=${narrow ? 31536000 : 0}; samesite=lax${secure}`;
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", turn);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "[" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPED)) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    turn();
  });
}
// The present one of many tabs on a narrow screen.
const current = document.querySelector(".tabs.sub > [aria-current]");
const tabs = current?.parentElement;
if (tabs && tabs.scrollWidth > tabs.clientWidth)
  tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.clientWidth) / 2;
