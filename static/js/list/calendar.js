// The chosen lesson's times, and a day of the table, go into the form.

const form = document.querySelector("#set form");
const choice = form?.elements.lesson;

choice?.addEventListener("change", () => {
  const { opensAt = "", closesAt = "", dueAt = "" } = choice.selectedOptions[0].dataset;
  form.elements.opens_at.value = opensAt;
  form.elements.closes_at.value = closesAt;
  form.elements.due_at.value = dueAt;
});
// A lesson that is named in the address, unless its form came back with what was typed.
if (choice?.value && !form.querySelector(".bad") && !form.elements.opens_at.value && !form.elements.closes_at.value) {
  choice.dispatchEvent(new Event("change"));
}

document.querySelector(".calendar")?.addEventListener("click", (event) => {
  const day = event.target.closest("td")?.querySelector("time")?.dateTime;
  if (!form || !day || event.target.closest("a")) return;
  const field =
    form.elements.opens_at.value && form.elements.opens_at.value.slice(0, 10) < day ? "closes_at" : "opens_at";
  const time = form.elements[field].value.slice(11) || (field === "opens_at" ? "08:00" : "22:00");
  form.elements[field].value = `${day}T${time}`;
  form.elements[field].focus();
});
