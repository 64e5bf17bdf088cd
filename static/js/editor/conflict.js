// Two versions of a lesson: who writes into the field below has chosen it.

for (const part of document.querySelectorAll(".together")) {
  part.addEventListener("input", (event) => {
    if (event.target.type !== "radio") part.querySelector("[type=radio]").checked = true;
  });
}
