// <button data-opens="id"> opens the dialog of that id; <button data-closes> inside, Escape and the backdrop close it.

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest?.("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target.matches?.("dialog.dialog") && outside(event)) event.target.close();
});

function outside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
