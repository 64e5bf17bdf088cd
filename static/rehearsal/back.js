// Back to the browser, as a switch between apps would: to the lesson page as it was left, else to its address.
for (const link of document.querySelectorAll("a[data-back]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.go(-Number(link.dataset.back));
    setTimeout(() => location.assign(link.href), 800);
  });
}
