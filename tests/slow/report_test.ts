/**
 * The report in a real browser. Needs Chromium; says so where it is missing.
 */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import { extractText, getDocumentProxy } from "unpdf";
import type { Browser, Page } from "puppeteer-core";
import { reportPage } from "../../src/report/page.ts";
import { findChromium, openFile, startChromium, type View } from "../browser/chromium.ts";
import { run } from "../end_to_end/command_line.ts";
import { MADE_UP_ARMS, madeUpResults, madeUpSampleSets } from "../report/made_up_results.ts";
import { attributedResults } from "../summary/attributed.ts";

const chromium = await findChromium("the report in a browser");

const VIEWS: readonly View[] = [
  { width: 1280, height: 800, scheme: "light" },
  { width: 1280, height: 800, scheme: "dark" },
  { width: 390, height: 800, scheme: "light" },
];

/** A test with a browser and a page's file. */
function browserTest(
  name: string,
  html: () => Promise<string> | string,
  fn: (browser: Browser, file: string) => Promise<void>,
) {
  Deno.test({
    name,
    ignore: chromium === undefined,
    async fn() {
      const folder = await Deno.makeTempDir();
      const browser = await startChromium(chromium!);
      try {
        await Deno.writeTextFile(`${folder}/page.html`, await html());
        await fn(browser, `${folder}/page.html`);
      } finally {
        await browser.close();
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** The page of a small run, with samples. */
async function pageOfRun(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
  const bench = await run(["bench", "tests/fixtures/mini.ts", ...places]);
  assertEquals(bench.code, 0, bench.stderr);
  const report = await run(["report", ...places, "--output", `${folder}/page.html`]);
  assertEquals(report.code, 0, report.stderr);
  return await Deno.readTextFile(`${folder}/page.html`);
}

const evaluate = <T>(page: Page, code: string): Promise<T> => page.evaluate(code) as Promise<T>;

/** The page of an experiment as the default one is, with samples. */
function attributedPage(): string {
  const results = attributedResults({ problems: 7, samples: 5 });
  return reportPage({ results, samples: madeUpSampleSets(results.filter(({ arm }) => arm.seed === 1)) });
}

browserTest(
  "a run's page is silent, asks for nothing and has no fault that axe knows",
  pageOfRun,
  async (browser, file) => {
    for (const view of VIEWS) {
      const { page, noise } = await openFile(browser, file, view);
      await page.click(".problem[open] .strip li");
      await evaluate(page, "document.querySelectorAll('details').forEach((part) => part.open = true)");
      await evaluate(page, axe.source);
      const found = await evaluate<string[]>(
        page,
        "axe.run().then(({violations}) => violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`))",
      );
      assertEquals([found, noise], [[], []], JSON.stringify(view));
      await page.close();
    }
  },
);

browserTest(
  "at 1280 px nothing scrolls sideways, at 390 px what does says so, and the page itself never",
  attributedPage,
  async (browser, file) => {
    for (const view of VIEWS) {
      const { page } = await openFile(browser, file, view);
      const [width, unsaid, said] = await evaluate<[number, string[], number]>(
        page,
        `(() => {
        const boxes = [...document.querySelectorAll(".wide")].filter((box) => box.checkVisibility());
        const overflowing = boxes.filter((box) => box.scrollWidth > box.clientWidth);
        const hint = (box) => box.parentElement.querySelector(".hint").checkVisibility();
        return [
          document.documentElement.scrollWidth,
          overflowing.filter((box) => !hint(box)).concat(boxes.filter((box) => !overflowing.includes(box) && hint(box)))
            .map((box) => box.textContent.slice(0, 80)),
          overflowing.length,
        ];
      })()`,
      );
      assertEquals([width <= view.width, unsaid], [true, []]);
      assertEquals(said === 0, view.width === 1280, `${said} parts scroll at ${view.width} px`);
      await page.close();
    }
  },
);

browserTest("a printed page holds every number that the screen shows", attributedPage, async (browser, file) => {
  const { page } = await openFile(browser, file, VIEWS[0]);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const shown = await evaluate<string>(
    page,
    `document.querySelectorAll(".filter, .tools").forEach((control) => control.remove());
    document.querySelectorAll("details").forEach((part) => part.open = true);
    document.body.innerText`,
  );
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
  const [screen, paper] = [shown, text].map((whole) =>
    Map.groupBy(whole.match(/[-−+]?\d+(?:\.\d+)?/g)!, (number) => number)
  );
  assert(screen.size > 500, String(screen.size));
  const lost = [...screen].filter(([number, own]) => (paper.get(number)?.length ?? 0) < own.length);
  assertEquals(
    lost.map(([number, own]) => `${number}: ${own.length} times, printed ${paper.get(number)?.length ?? 0}`),
    [],
  );
});

browserTest("without scripts the page shows the same text", attributedPage, async (browser, file) => {
  const texts = [];
  for (const scripts of [true, false]) {
    const { page } = await openFile(browser, file, { ...VIEWS[0], scripts });
    // The viewer begins with a choice of rows.
    if (scripts) await page.select(".tools select", "");
    texts.push(
      await evaluate<string>(
        page,
        "document.querySelectorAll('.filter, .tools').forEach((e) => e.remove()), document.body.innerText",
      ),
    );
    await page.close();
  }
  assertEquals(texts[1], texts[0]);
});

browserTest("a table is sorted and filtered by the keyboard", attributedPage, async (browser, file) => {
  const { page } = await openFile(browser, file, VIEWS[0]);
  const first = () =>
    evaluate<string>(
      page,
      "[...document.querySelectorAll('table')].find((t) => t.closest('section').querySelector('[id$=average]')).querySelector('tbody th').innerText",
    );
  await page.focus("section:has(#e0-average) thead th:nth-child(3) button");
  await page.keyboard.press("Enter");
  const highest = await first();
  await page.keyboard.press("Enter");
  assert(highest !== await first(), "the second press turns the order round");
  await page.focus("section:has(#e0-average) input");
  await page.keyboard.type("lepo");
  const rows = await evaluate<string[]>(
    page,
    "[...document.querySelectorAll('section:has(#e0-average) tbody tr')].filter((row) => row.checkVisibility()).map((row) => row.innerText)",
  );
  assert(rows.length > 0 && rows.length < 5 && rows.every((row) => row.includes("lepo")), String(rows));
});

/** What of the viewer is shown. */
const shownLanes = (page: Page) =>
  evaluate<string[][]>(
    page,
    `[...document.querySelectorAll(".problem")].filter((problem) => !problem.hidden).map((problem) =>
      [...problem.querySelectorAll(".lane")].filter((lane) => !lane.hidden).map((lane) => lane.dataset.verdict))`,
  );

browserTest(
  "the viewer shows rows in their own decoding first, and filters problems by verdict and text",
  attributedPage,
  async (browser, file) => {
    const { page } = await openFile(browser, file, VIEWS[0]);
    const [rows, verdict, arm] = await page.$$(".tools select");
    assertEquals((await shownLanes(page)).map((lanes) => lanes.length), [7, 7, 7]);
    await rows.select("");
    const all = await shownLanes(page);
    assertEquals(all.map((lanes) => lanes.length), [20, 20, 20]);
    for (const name of ["right", "wrong", "cut off"]) {
      await verdict.select(name);
      assertEquals(await shownLanes(page), all.filter((lanes) => lanes.includes(name)), name);
    }
    await verdict.select("changed");
    assertEquals(await shownLanes(page), all.filter((lanes) => new Set(lanes).size > 1));
    await verdict.select("right");
    await arm.select("lepo.latent-prefix");
    const place = await evaluate<number>(
      page,
      "[...document.querySelector('.problem').querySelectorAll('.lane')].findIndex((lane) => lane.dataset.arm === 'lepo.latent-prefix')",
    );
    assertEquals(await shownLanes(page), all.filter((lanes) => lanes[place] === "right"));
    await verdict.select("");
    await page.type(".tools input", "ADD/0001");
    assertEquals((await shownLanes(page)).length, 1);
    assertEquals(await evaluate(page, "document.querySelector('.tools output').textContent"), "1 of 3 problems");
  },
);

browserTest(
  "arrow keys walk along steps and between rows, and every row's numbers of the step are shown",
  attributedPage,
  async (browser, file) => {
    const { page, noise } = await openFile(browser, file, VIEWS[0]);
    const at = () =>
      evaluate<[string, number]>(
        page,
        `[document.activeElement.closest(".lane").dataset.arm,
        [...document.activeElement.parentElement.children].indexOf(document.activeElement)]`,
      );
    await page.focus(".problem[open] .strip li");
    assertEquals(await at(), ["base.matched", 0]);
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"] as const) await page.keyboard.press(key);
    assertEquals(await at(), ["discrete-grpo.matched", 1]);
    await page.keyboard.press("End");
    assertEquals(await at(), ["discrete-grpo.matched", 4]);
    await page.keyboard.press("ArrowRight");
    assertEquals(await at(), ["discrete-grpo.matched", 4], "there is nothing behind the last step");
    await page.keyboard.press("Home");
    const rows = await evaluate<string[]>(
      page,
      "[...document.querySelectorAll('.at-step tbody tr')].map((row) => row.textContent)",
    );
    assertEquals(rows.length, 7);
    assert(rows.every((row) => row.includes("3 +1.25 · <b> −0.40")), String(rows));
    assertEquals(
      await evaluate(page, "document.querySelector('.at-step caption').textContent"),
      "Step 1 in every row shown",
    );
    // One stop of the tab key a problem, wherever one walked.
    assertEquals(
      await evaluate(page, "document.querySelectorAll('.problem[open] .strip li[tabindex=\"0\"]').length"),
      1,
    );
    assertEquals(noise, []);
  },
);

browserTest(
  "hostile texts of a model stay text, with and without the script",
  attributedPage,
  async (browser, file) => {
    const { page, noise } = await openFile(browser, file, VIEWS[0]);
    await page.click(".problem[open] .strip li");
    assertEquals(await evaluate(page, "document.querySelectorAll('script').length"), 1);
    assertEquals(
      await evaluate(page, "[...document.querySelectorAll('.at-step td *')].every((node) => node.matches('b'))"),
      true,
    );
    assert(
      (await evaluate<string>(page, "document.querySelector('.problem pre').textContent")).includes(
        "<script>alert(1)</script>",
      ),
    );
    assertEquals(noise, []);
  },
);

/** Ten arms under three seeds on five datasets of 100 problems, with thoughts of 61 steps. */
function largePage(): string {
  const arms = Array.from(
    { length: 10 },
    (_, i) => ({ ...MADE_UP_ARMS[i % 6], label: `${MADE_UP_ARMS[i % 6].label}-${i}` }),
  );
  const results = madeUpResults({ arms, seeds: [1, 2, 3], problems: 100, samples: 32, steps: 70 });
  const sets = results.filter(({ arm }) => arm.seed === 1).flatMap((result) =>
    result.datasets.flatMap(({ name }) => madeUpSampleSets([result], name, { problems: 8, thoughts: 61 }))
  );
  return reportPage({ results, samples: sets });
}

browserTest("ten arms, three seeds and 500 problems are less than 10 MB", largePage, async (browser, file) => {
  const { size } = await Deno.stat(file);
  assert(size < 10e6, `${size} bytes`);
  const { milliseconds } = await openFile(browser, file, VIEWS[0]);
  console.log(`${(size / 1e6).toFixed(1)} MB, open after ${milliseconds.toFixed(0)} ms`);
});
