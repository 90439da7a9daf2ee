/**
 * The live view in a real browser. Needs Chromium; says so where it is missing.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run, start } from "../end_to_end/command_line.ts";
import { BrowserPage, findChromium, until } from "./browser.ts";

const chromium = await findChromium();
if (chromium === undefined) console.warn("SKIPPED: the live view in a browser; no Chromium is here");

/** Steps that no machine ends while the test looks. */
const ENDLESS = ["--steps", "3000", "--arms", "soft-thinking-grpo"];
const HOSTILE = `<img src=x onerror="window.broken=1"><script>window.broken=1</script></pre>\u202e`;

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

    const bench = start(["bench", "tests/fixtures/mini.ts", ...places, ...ENDLESS]);
    bench.stdout.cancel();
    bench.stderr.cancel();
    const view = start(["view", "--port", "0", "--runs", `${folder}/runs`]);
    view.stderr.cancel();
    try {
      const url = await firstLine(view.stdout);
      await until(() => [...Deno.readDirSync(`${folder}/runs`)].length === 2 ? true : undefined);
      await using page = await BrowserPage.open(chromium!);
      await page.goTo(url);
      await page.when("document.body.innerText.includes('Running')");
      assertStringIncludes(await page.text(), "0/1 run");
      await page.when("document.querySelector('#live-curves svg') !== null");
      const steps = () => page.evaluate("document.querySelector('#live-runs td:nth-child(4)').textContent");
      const before = await steps();
      await page.when(`document.querySelector('#live-runs td:nth-child(4)').textContent !== ${JSON.stringify(before)}`);
      assert(/ left/.test(await page.text()), "the time left");
      await assertAccessible(page);

      bench.kill("SIGKILL");
      await bench.status;
      await page.when("/Not running since \\d{4}-\\d\\d-\\d\\d/.test(document.body.innerText)");
      await assertAccessible(page);

      await page.goTo(`${url}?run=${done}`);
      const text = await page.text();
      assertStringIncludes(text, "Finished");
      assertStringIncludes(text, "3/3 runs");
      assertStringIncludes(text, HOSTILE.replace("\u202e", "⟨U+202E⟩"));
      assertEquals(await page.evaluate("window.broken === undefined"), true);
      await assertAccessible(page);

      await page.goTo(`${url}report?run=${done}`);
      assertStringIncludes(await page.text(), "Pass@1");
      assertEquals(page.console, []);
      assertEquals(page.requests.filter((address) => !address.startsWith(url)), []);
    } finally {
      view.kill("SIGTERM");
      assertEquals((await view.status).code, 0);
    }
  },
});

async function assertAccessible(page: BrowserPage): Promise<void> {
  for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 390]] as const) {
    assertEquals(await page.axe(scheme, width), [], `${scheme}, ${width} px`);
    assert(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${width} px are too few`);
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
