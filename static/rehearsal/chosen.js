// Shows what was chosen, as an app does; it never leaves the browser.
const files = document.getElementById("files");
const strip = document.getElementById("chosen");

files.addEventListener("change", () => {
  strip.replaceChildren(...Array.from(files.files, item));
  strip.hidden = files.files.length === 0;
});

function item(file) {
  const shown = document.createElement(file.type.startsWith("video/") ? "video" : "img");
  shown.src = URL.createObjectURL(file);
  if (shown.tagName === "IMG") shown.alt = file.name;
  const place = document.createElement("li");
  place.append(shown);
  return place;
}
