/**
 * The report in a real browser. Needs Chromium; says so where it is missing.
 */
import { assert, assertEquals } from "@std/assert";
import { ROOT, run } from "../end_to_end/command_line.ts";

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"];
/** Offline, without a profile, and quiet. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--virtual-time-budget=5000",
];

async function browser(): Promise<string | undefined> {
  for (const name of CHROMIUM) {
    const found = await new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).output()
      .then(({ success }) => success, () => false);
    if (found) return name;
  }
  return undefined;
}

const chromium = await browser();
if (chromium === undefined) {
  console.warn("SKIPPED: the report in a browser; none of " + CHROMIUM.join(", ") + " is here");
}

Deno.test({
  name: "Chromium shows every arm of a run, its plots and its samples, and asks for nothing else",
  ignore: chromium === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
    const bench = await run(["bench", "tests/fixtures/mini.ts", ...places]);
    assertEquals(bench.code, 0, bench.stderr);
    const page = `${folder}/page.html`;
    const report = await run(["report", ...places, "--output", page]);
    assertEquals(report.code, 0, report.stderr);

    const { stdout } = await new Deno.Command(chromium!, {
      args: [...FLAGS, `--user-data-dir=${folder}/profile`, "--dump-dom", `file://${page}`],
      cwd: ROOT,
      stdout: "piped",
      stderr: "null",
    }).output();
    const dom = new TextDecoder().decode(stdout);
    for (const label of ["base", "soft-thinking-grpo", "soft-tokens-grpo"]) assert(dom.includes(label), label);
    assert(/<table/.test(dom) && /<svg/.test(dom), "tables and plots");
    assert(!/(src|href)="(https?:)?\/\//.test(dom), "no request to anywhere");
  },
});
