/**
 * Runs in the reader's browser: samples that are filtered and searched, and steps that are walked through by keyboard or
 * mouse, each beside what the other arms did at it. Self-contained, as the page holds this function's text and nothing else.
 *
 * @param {Document} document
 */
export function enhanceViewer(document) {
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const labelled = (text, control) => element("label", {}, `${text} `, control);
  const choice = (options) =>
    element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));

  function enhance(viewer) {
    const problems = [...viewer.querySelectorAll(".problem")];
    const lanes = [...viewer.querySelectorAll(".lane")];
    const arms = [...new Set(lanes.map((lane) => lane.dataset.arm))];
    const groups = new Set(lanes.flatMap((lane) => (lane.dataset.groups ?? "").split(" ")));
    const verdict = choice([
      ["", "all problems"],
      ["right", "right"],
      ["wrong", "wrong"],
      ["cut off", "cut off"],
      ["changed", "changed between rows"],
    ]);
    const arm = choice([["", "any row shown"], ...arms.map((name) => [name, name])]);
    const rows = choice(
      [["own", "each in its own decoding"], ["matched", "matched decoding"], ["", "all"]]
        .filter(([group]) => group === "" || (groups.has("matched") && groups.has(group))),
    );
    const search = element("input", { type: "search" });
    const count = element("output");
    viewer.before(element(
      "div",
      { className: "tools" },
      labelled("Rows", rows),
      labelled("Problems", verdict),
      labelled("in", arm),
      labelled("Find", search),
      count,
    ));

    function apply() {
      const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
      const isShown = (name, own) => name === arm.value || rows.value === "" || own.split(" ").includes(rows.value);
      let shown = 0;
      for (const problem of problems) {
        const own = [...problem.querySelectorAll(".lane")];
        const verdicts = [];
        for (const lane of own) {
          lane.hidden = !isShown(lane.dataset.arm, lane.dataset.groups ?? "");
          if (!lane.hidden && (arm.value === "" || lane.dataset.arm === arm.value || verdict.value === "changed")) {
            verdicts.push(lane.dataset.verdict);
          }
        }
        for (const numbers of problem.querySelectorAll(".numbers")) {
          numbers.hidden = !own.some((lane) => !lane.hidden && lane.dataset.arm === numbers.dataset.arm);
        }
        const fits = verdict.value === "" ||
          (verdict.value === "changed" ? new Set(verdicts).size > 1 : verdicts.includes(verdict.value));
        const text = problem.querySelector("summary").textContent.toLowerCase();
        problem.hidden = !(fits && words.every((word) => text.includes(word)));
        if (!problem.hidden) shown++;
      }
      for (const heading of viewer.querySelectorAll("h3")) {
        let any = false;
        for (let next = heading.nextElementSibling; next?.matches(".problem"); next = next.nextElementSibling) {
          any ||= !next.hidden;
        }
        heading.hidden = !any;
      }
      count.textContent = `${shown} of ${problems.length} problems`;
    }
    for (const control of [rows, verdict, arm]) control.addEventListener("change", apply);
    search.addEventListener("input", apply);
    apply();

    for (const problem of problems) {
      const first = problem.querySelector(".lane:not([hidden]) .strip li");
      if (first !== null) first.tabIndex = 0;
    }
    viewer.addEventListener("click", (event) => {
      const step = event.target.closest(".strip li");
      if (step !== null) visit(step);
    });
    viewer.addEventListener("focusin", (event) => {
      if (event.target.matches(".strip li")) show(event.target);
    });
    viewer.addEventListener("keydown", (event) => {
      if (!event.target.matches(".strip li")) return;
      const next = neighbour(event.target, event.key);
      if (next === undefined) return;
      event.preventDefault();
      visit(next);
    });
  }

  const indexOf = (step) => [...step.parentElement.children].indexOf(step);

  function neighbour(step, key) {
    const steps = [...step.parentElement.children];
    const index = steps.indexOf(step);
    if (key === "Home") return steps[0];
    if (key === "End") return steps.at(-1);
    if (key === "ArrowLeft") return steps[index - 1];
    if (key === "ArrowRight") return steps[index + 1];
    if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
    const strips = [...step.closest(".problem").querySelectorAll(".lane:not([hidden]) .strip")];
    const other = strips[strips.indexOf(step.parentElement) + (key === "ArrowUp" ? -1 : 1)];
    return other && (other.children[index] ?? other.lastElementChild);
  }

  function visit(step) {
    for (const other of step.closest(".problem").querySelectorAll(".strip li[tabindex]")) other.tabIndex = -1;
    step.tabIndex = 0;
    step.focus();
  }

  /** What every arm did at this step. */
  function show(step) {
    const problem = step.closest(".problem");
    const index = indexOf(step);
    for (const other of problem.querySelectorAll(".strip li.at")) other.classList.remove("at");
    const found = [];
    for (const lane of problem.querySelectorAll(".lane:not([hidden])")) {
      lane.querySelector(".strip")?.children[index]?.classList.add("at");
      const numbers = [...problem.querySelectorAll(".numbers")].find((own) => own.dataset.arm === lane.dataset.arm);
      const row = numbers.querySelectorAll("tbody tr")[index];
      if (row === undefined) continue;
      const heads = [...numbers.querySelectorAll("thead th")].map((head) => head.textContent);
      const cells = [...row.children].map((cell) => [...cell.cloneNode(true).childNodes]);
      found.push([lane.dataset.arm, new Map(heads.map((head, i) => [head, cells[i]]).slice(1))]);
    }
    const heads = [...new Set(found.flatMap(([, cells]) => [...cells.keys()]))];
    let panel = problem.querySelector(".at-step");
    if (panel === null) {
      panel = element("div", { className: "wide at-step" });
      panel.setAttribute("aria-live", "polite");
      panel.setAttribute("role", "group");
      panel.setAttribute("aria-label", "Numbers of the step");
      const hint = element("p", { className: "hint", ariaHidden: "true" }, "scrolls sideways →");
      problem.querySelector(".scroller").after(element("div", { className: "scroller" }, hint, panel));
    }
    const head = (text, scope) => element("th", { scope }, text);
    panel.replaceChildren(element(
      "table",
      {},
      element("caption", {}, `Step ${index + 1} in every row shown`),
      element("thead", {}, element("tr", {}, ...["row", ...heads].map((text) => head(text, "col")))),
      element(
        "tbody",
        {},
        ...found.map(([name, cells]) =>
          element(
            "tr",
            {},
            head(name, "row"),
            ...heads.map((text) => element("td", {}, ...(cells.get(text) ?? []))),
          )
        ),
      ),
    ));
    const fits = panel.scrollWidth <= panel.clientWidth;
    panel.parentElement.classList.toggle("fits", fits);
    panel.tabIndex = fits ? -1 : 0;
  }

  for (const viewer of document.querySelectorAll(".viewer")) enhance(viewer);
}
