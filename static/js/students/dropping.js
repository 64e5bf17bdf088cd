// A list that is dropped on the page goes into the file field.

const field = document.querySelector("input[data-drop]");
const place = field?.closest(".add");
const files = (event) => event.dataTransfer?.types.includes("Files");

if (field) {
  const hint = place.querySelector(".drop-hint");
  hint.hidden = false;
  document.addEventListener("dragover", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    place.toggleAttribute("data-dropping", true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) place.removeAttribute("data-dropping");
  });
  // Anywhere on the page: beside the field the browser would open the file and leave the page.
  document.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    place.removeAttribute("data-dropping");
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    field.focus();
    place.scrollIntoView({ block: "nearest" });
  });
}
