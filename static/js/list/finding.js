// Searches as one types: the same address is asked for the list alone. What was chosen stays in the address.

const PAUSE = 180;

/** Calls swapped(query) after each new list; `query` is that of the list without its page. */
export function setUp(results, form, swapped) {
  const announce = document.getElementById("announce");
  let running = null;
  let timer = 0;

  const address = () => {
    const values = [...new FormData(form)].filter(([, value]) => value.trim());
    const query = new URLSearchParams(values).toString();
    return form.getAttribute("action") + (query ? `?${query}` : "");
  };

  async function show(url, { push = false, replace = false, top = false } = {}) {
    clearTimeout(timer);
    running?.abort();
    const mine = new AbortController();
    running = mine;
    results.setAttribute("aria-busy", "true");
    let text;
    try {
      const answer = await fetch(url, { headers: { "X-Part": "list" }, signal: mine.signal });
      // Signed out, or something of the list is gone: the browser goes there by itself.
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      text = await answer.text();
    } catch {
      if (!mine.signal.aborted) location.assign(url);
      return;
    }
    const held = results.contains(document.activeElement) ? document.activeElement.closest("tr")?.id : null;
    const fragment = new DOMParser().parseFromString(text, "text/html");
    results.replaceChildren(...fragment.body.childNodes);
    results.removeAttribute("aria-busy");
    if (push) history.pushState(null, "", url);
    else if (replace) history.replaceState(null, "", url);
    if (held) (document.getElementById(held)?.querySelector("th a") ?? form.elements.q).focus({ preventScroll: true });
    if (top) form.scrollIntoView({ block: "start" });
    const said = document.getElementById("found-count");
    announce.textContent = ((said?.querySelector("h2") ?? said)?.textContent ?? "").replace(/\s+/g, " ").trim();
    const query = new URL(url, location.href).searchParams;
    query.delete("page");
    swapped(query.toString());
  }

  form.elements.q.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.isComposing) return; // half a Chinese word finds nothing
    timer = setTimeout(() => show(address(), { replace: true }), PAUSE);
  });
  form.elements.q.addEventListener("compositionend", () => show(address(), { replace: true }));
  form.addEventListener("change", (event) => {
    if (event.target !== form.elements.q) show(address(), { push: true });
    event.target.classList.toggle("set", Boolean(event.target.value) && event.target.name !== "sort");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(address(), { replace: true });
  });
  results.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-list]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    // The templates' list has other fields.
    if ((new URL(link.href).searchParams.get("state") === "template") !== (form.elements.state?.value === "template"))
      return;
    event.preventDefault();
    fill(new URL(link.href).searchParams);
    show(link.href, { push: true, top: Boolean(link.closest(".pager")) });
  });
  form.addEventListener("click", (event) => {
    const pick = event.target.closest("a[data-state]");
    if (!pick || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose(pick.dataset.state);
    show(address(), { push: true });
  });
  addEventListener("popstate", () => {
    const query = new URL(location.href).searchParams;
    if ((query.get("state") === "template") !== (form.elements.state?.value === "template")) return location.reload();
    fill(query);
    show(location.href);
  });

  function choose(state) {
    form.elements.state.value = state;
    for (const pick of form.querySelectorAll("a[data-state]"))
      if (pick.dataset.state === state) pick.setAttribute("aria-current", "true");
      else pick.removeAttribute("aria-current");
  }

  function fill(query) {
    choose(query.get("state") ?? "");
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden") continue;
      const value = query.get(field.name) ?? "";
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) {
        field.add(new Option(value, value));
      }
      field.value = value;
      field.classList.toggle("set", Boolean(value) && field.tagName === "SELECT" && field.name !== "sort");
    }
  }
}
