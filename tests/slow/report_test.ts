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

/** The page of an experiment as the default one is. */
const attributedPage = () => reportPage({ results: attributedResults({ problems: 7, samples: 5 }), samples: [] });

browserTest(
  "a run's page is silent, asks for nothing and has no fault that axe knows",
  pageOfRun,
  async (browser, file) => {
    for (const view of VIEWS) {
      const { page, noise } = await openFile(browser, file, view);
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
    "document.querySelectorAll('details').forEach((part) => part.open = true), document.body.innerText",
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
    texts.push(
      await evaluate<string>(
        page,
        "document.querySelectorAll('.filter').forEach((e) => e.remove()), document.body.innerText",
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
