/**
 * The live view in a real browser. Needs Chromium; says so where it is missing.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import axe from "axe-core";
import type { Page } from "puppeteer-core";
import { findChromium, openAddress, startChromium, type View } from "../browser/chromium.ts";
import { run, start } from "../end_to_end/command_line.ts";

const chromium = await findChromium("the live view in a browser");

const WIDE: View = { width: 1280, height: 900, scheme: "light" };
const VIEWS: readonly View[] = [WIDE, { ...WIDE, scheme: "dark" }, { ...WIDE, width: 390 }];
/** Steps that no machine ends while the test looks. */
const ENDLESS = ["--steps", "3000", "--arms", "soft-thinking-grpo"];
const HOSTILE = `<img src=x onerror="window.broken=1"><script>window.broken=1</script></pre>\u202e`;
/** A machine that does other things too is slow to begin. */
const PATIENCE = { timeout: 300_000 };
const STEPS = "document.querySelector('#live-runs td:nth-child(4)')?.textContent";

Deno.test({
  name:
    "Chromium follows an experiment, sees it stop, and shows a finished one; nothing is run, asked for or hard to read",
  ignore: chromium === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
    const finished = await run(["bench", "tests/fixtures/mini.ts", ...places]);
    assertEquals(finished.code, 0, finished.stderr);
    const [done] = [...Deno.readDirSync(`${folder}/runs`)].map(({ name }) => name);
    await addHostileSample(`${folder}/runs/${done}`);

    const view = start(["view", "--port", "0", "--runs", `${folder}/runs`]);
    view.stderr.cancel();
    const bench = start(["bench", "tests/fixtures/mini.ts", ...places, ...ENDLESS]);
    bench.stdout.cancel();
    bench.stderr.cancel();
    const browser = await startChromium(chromium!);
    try {
      const url = await firstLine(view.stdout);
      const { page, noise } = await openAddress(browser, url, WIDE);
      const text = () => page.evaluate("document.body.innerText") as Promise<string>;
      const isTrue = (expression: string) => page.waitForFunction(expression, PATIENCE);

      // The page was opened on the finished run, the only one then; without a name it shows what changed last.
      await isTrue("document.body.innerText.includes('Running')");
      assertStringIncludes(await text(), "0/1 run");
      await isTrue("document.querySelector('#live-curves svg') !== null");
      const before = await page.evaluate(STEPS);
      await isTrue(`${STEPS} !== ${JSON.stringify(before)}`);
      assert(/ left/.test(await text()), "the time left");
      await assertReadable(page);

      stop(bench);
      await bench.status;
      await isTrue("/Not running since \\d{4}-\\d\\d-\\d\\d/.test(document.body.innerText)");
      await assertReadable(page);

      await page.goto(`${url}?run=${done}`);
      assertStringIncludes(await text(), "Finished");
      assertStringIncludes(await text(), "3/3 runs");
      assertStringIncludes(await text(), HOSTILE.replace("\u202e", "⟨U+202E⟩"));
      assertEquals(await page.evaluate("window.broken === undefined"), true);
      await assertReadable(page);

      await page.goto(`${url}report?run=${done}`);
      assertStringIncludes(await text(), "Pass@1");
      assertEquals(noise.filter((each) => !each.startsWith(`request: ${url}`)), []);
    } finally {
      await browser.close();
      stop(bench);
      view.kill("SIGTERM");
      assertEquals((await view.status).code, 0);
    }
  },
});

async function assertReadable(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const view of VIEWS) {
    await page.setViewport({ width: view.width, height: view.height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: view.scheme }]);
    const found = await page.evaluate(
      "axe.run().then(({violations}) => violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`))",
    );
    assertEquals(found, [], JSON.stringify(view));
    assert(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${view.width} px are too few`);
  }
}

/** As a model could have written it. */
async function addHostileSample(run: string): Promise<void> {
  const [evaluation] = [...Deno.readDirSync(`${run}/samples`)].map(({ name }) => name).sort();
  const path = `${run}/samples/${evaluation}/arith-prod.jsonl`;
  const [line] = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const sample = { ...JSON.parse(line), text: HOSTILE, answer: HOSTILE };
  await Deno.writeTextFile(path, `${JSON.stringify(sample)}\n`, { append: true });
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0];
}

/** Ends a process, if it has not ended. */
function stop(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
