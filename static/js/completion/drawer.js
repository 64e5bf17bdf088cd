// A cell's own page beside the matrix: which one is in the address, so that Back closes it and a reload shows it again.

const WIDE = matchMedia("(min-width: 60.01rem)");

/** Null where the page has no drawer. Without scripts, and on a phone, a cell's link leads to its page. */
export function setUp(table) {
  const drawer = document.getElementById("drawer");
  if (!drawer) return null;
  const [title, lesson, body, foot] = ["#drawer-title", "#drawer-lesson", ".drawer-body", ".drawer-foot"].map((each) =>
    drawer.querySelector(each),
  );
  let cell = null;
  let asked = 0;

  /** LESSON/STUDENT, as it stands in the link and in the address. */
  const nameOf = (each) => each.firstElementChild.getAttribute("href").split("/").slice(-2).join("/");
  const cellOf = (name) => name && table.querySelector(`td > a[href$="${CSS.escape(name)}"]`)?.parentElement;

  function remember(way) {
    const address = new URL(location.href);
    if (cell) address.searchParams.set("cell", nameOf(cell));
    else address.searchParams.delete("cell");
    history[way](null, "", address);
  }

  async function open(next, { way = cell ? "replaceState" : "pushState", focus = true } = {}) {
    cell?.classList.remove("now");
    cell = next;
    cell.classList.add("now");
    title.textContent = cell.parentElement.querySelector(".name").textContent;
    lesson.textContent = table.tHead.rows[0].cells[cell.cellIndex].querySelector("a").textContent;
    document.body.classList.add("drawn");
    drawer.hidden = false;
    if (way) remember(way);
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focus) title.focus({ preventScroll: true });
    await show(fetch(cell.firstElementChild.href));
  }

  /** What the server answers, unless another cell was asked for since. */
  async function show(answer) {
    const mine = ++asked;
    drawer.setAttribute("aria-busy", "true");
    try {
      const page = new DOMParser().parseFromString(await (await answer).text(), "text/html");
      if (mine !== asked) return;
      body.replaceChildren(...page.getElementById("content").childNodes);
      for (const head of body.querySelectorAll(".crumbs, .page-head")) head.remove();
      body.scrollTop = 0;
      foot.hidden = !body.querySelector("[name=decision][value=confirm]");
    } catch {
      // No network, or the session has ended: then as without scripts.
      if (mine === asked) location.assign(cell.firstElementChild.href);
    } finally {
      if (mine === asked) drawer.removeAttribute("aria-busy");
    }
  }

  function close({ way = "pushState" } = {}) {
    if (!cell) return;
    const link = cell.firstElementChild;
    cell.classList.remove("now");
    cell = null;
    asked++;
    drawer.hidden = true;
    body.replaceChildren();
    document.body.classList.remove("drawn");
    if (way) remember(way);
    link.focus({ preventScroll: true });
  }

  /** One cell down the column or along the row, if there is one. */
  function step(down, right) {
    const rows = [...table.tBodies[0].rows];
    const next = rows[rows.indexOf(cell.parentElement) + down]?.cells[cell.cellIndex + right];
    if (next?.matches("td:not(.sum)")) void open(next, { focus: false });
  }

  /** What the list says now, of its rows, its totals and its filters. */
  async function refresh() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    for (const row of table.tBodies[0].rows) {
      const href = row.querySelector(".name")?.getAttribute("href");
      const fresh = href && page.querySelector(`#matrix .name[href="${CSS.escape(href)}"]`)?.closest("tr");
      if (!fresh || fresh.innerHTML === row.innerHTML) continue;
      // The cells stay the ones that others know; what is in them is new.
      [...row.cells].forEach((old, index) => {
        const { className } = fresh.cells[index];
        old.className = ["now", "chosen"]
          .filter((name) => old.classList.contains(name))
          .concat(className)
          .join(" ");
        if (!old.matches(".who")) old.innerHTML = fresh.cells[index].innerHTML;
      });
    }
    for (const part of ["#matrix tfoot", ".matrix-tools .picks"]) {
      const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
      if (old && fresh) old.innerHTML = fresh.innerHTML;
    }
  }

  /** As if a button of the page beside were pressed; "send back" and "excuse" ask for a reason first. */
  function act(which) {
    const field = body.querySelector({ refuse: "#reason", excuse: "#excuse" }[which] ?? `[value=${which}]`);
    if (which === "confirm" || which === "reopen") field?.click();
    else field?.focus();
  }

  table.addEventListener("click", (event) => {
    const link = event.target.closest("tbody td:not(.sum) > a");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!WIDE.matches) return;
    event.preventDefault();
    void open(link.parentElement);
  });
  drawer.addEventListener("click", ({ target }) => {
    const { step: way, act: which } = target.closest("button")?.dataset ?? {};
    if (way === "close") close();
    else if (way) step(Number(way), 0);
    if (which) act(which);
  });
  drawer.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    await show(fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) }));
    await refresh();
    title.focus({ preventScroll: true });
  });
  addEventListener("popstate", () => {
    const wanted = cellOf(new URLSearchParams(location.search).get("cell"));
    if (wanted) void open(wanted, { way: null });
    else close({ way: null });
  });
  const first = cellOf(new URLSearchParams(location.search).get("cell"));
  if (first && WIDE.matches) void open(first, { way: null });

  return { act, close, step, isOpen: () => cell !== null };
}
