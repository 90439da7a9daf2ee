import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { run as runAblations } from "../../src/commands/bench_ablations.ts";
import { run as compare } from "../../src/commands/compare.ts";
import { run as leaderboard } from "../../src/commands/leaderboard.ts";
import { run as power } from "../../src/commands/power.ts";
import { whileReading } from "../../src/commands/reading.ts";
import { run as report } from "../../src/commands/report.ts";
import { run as score } from "../../src/commands/score.ts";
import { BenchError } from "../../src/errors.ts";
import { writeResult } from "../../src/result/store.ts";
import { exampleResult } from "../result/example.ts";
import { putBadEntries } from "./bad_entries.ts";
import { type Captured, captured, inFolder } from "./captured.ts";

/** Every command that reads folders of results: which files below the folder it writes, and what is none of its own. */
const READERS: Readonly<
  Record<string, { run: (folder: string) => Promise<number>; writes?: readonly string[]; notRead?: string }>
> = {
  leaderboard: {
    run: (results) => leaderboard({ positionals: [], flags: { results } }),
    writes: ["leaderboard.json", "LEADERBOARD.md"],
  },
  "leaderboard --export": {
    run: (results) => leaderboard({ positionals: [`${results}/out`], flags: { results, export: "every-eval-ever" } }),
  },
  report: {
    run: (results) => report({ positionals: [], flags: { results, runs: results } }),
    writes: ["report.html"],
  },
  compare: { run: (results) => compare({ positionals: [results, results], flags: {} }) },
  power: { run: (results) => power({ positionals: [results], flags: {} }) },
  score: { run: (results) => score({ positionals: [results], flags: {} }) },
  "bench:ablations --page": {
    run: (results) => runAblations({ positionals: [], flags: { results, page: true, output: `${results}/page.md` } }),
    writes: ["page.md"],
    // Its experiment is no ablation.
    notRead: "z-tampered.json",
  },
};

for (const [name, { run, writes = [], notRead }] of Object.entries(READERS)) {
  Deno.test(`${name} names what is no result, makes the same of all others, and ends with 1`, () =>
    inFolder(async (folder) => {
      const { arm } = exampleResult();
      for (const seed of [1, 2]) writeResult(`${folder}/v2`, exampleResult({ arm: { ...arm, seed } }));
      const before = await captured(() => run(folder));
      const texts = () => writes.map((file) => Deno.readTextFileSync(`${folder}/${file}`));
      const written = texts();
      writes.forEach((file) => Deno.removeSync(`${folder}/${file}`));
      const bad = putBadEntries(`${folder}/v2`).filter((file) => file !== notRead);
      const after = await captured(() => run(folder));
      assertEquals([before.code, after.code], [0, 1]);
      assertEquals([after.stdout, ...texts()], [before.stdout, ...written]);
      const named = linesOf(after).filter((line) => line.startsWith("left out a file: "));
      assertEquals(bad.filter((file) => !named.some((line) => line.includes(`/v2/${file}`))), []);
      assertEquals(named.length, bad.length);
    }));
}

function linesOf({ stderr }: Captured): string[] {
  return stderr.split("\n");
}

Deno.test("a leaderboard is checked against what could be read, and is not vouched for", () =>
  inFolder(async (results) => {
    writeResult(`${results}/v2`, exampleResult());
    const check = () => captured(() => leaderboard({ positionals: [], flags: { results, check: true } }));
    await captured(() => leaderboard({ positionals: [], flags: { results } }));
    assertEquals((await check()).code, 0);
    Deno.writeTextFileSync(`${results}/v2/0.json`, "{");
    const { code, stderr } = await check();
    assertEquals(code, 1);
    assertStringIncludes(stderr, "v2/0.json: expected JSON");
  }));

Deno.test("a file that is named must be a result", () =>
  inFolder(async (folder) => {
    const { path } = writeResult(folder, exampleResult());
    const broken = `${folder}/broken.json`;
    Deno.writeTextFileSync(broken, "{");
    await assertRejects(() => compare({ positionals: [path, broken], flags: {} }), BenchError, broken);
    await assertRejects(() => power({ positionals: [broken], flags: {} }), BenchError, broken);
    await assertRejects(() => score({ positionals: [broken, path], flags: {} }), BenchError, broken);
    // Who names a link wants what it leads to.
    const link = `${folder}/own/link.json`;
    Deno.mkdirSync(`${folder}/own`);
    Deno.symlinkSync(path, link);
    for (
      const run of [
        () => compare({ positionals: [path, link], flags: {} }),
        () => score({ positionals: [link], flags: {} }),
      ]
    ) {
      assertEquals((await captured(run)).code, 0);
    }
  }));

Deno.test("what was left out is named also where the command fails, and is not more than a screen", async () => {
  let text = "";
  const { stderr } = await captured(async () => {
    const error = await assertRejects(
      () =>
        whileReading((reading) => {
          for (let i = 0; i < 13; i++) reading.onSkipped({ path: `${i % 12}`, reason: `fault ${i} \u001b[2J` });
          throw new BenchError("stale");
        }),
      BenchError,
    );
    text = error.message;
    return 0;
  });
  assertEquals(text, "stale");
  const lines = stderr.split("\n");
  // The first was told of twice.
  assertEquals(lines[0], "left out a file: fault 12 �[2J");
  assertEquals([lines.length, lines.at(-1)], [11, "left out 2 more files"]);
});

Deno.test("a verdict other than success stands", async () => {
  const code = (own: number) =>
    whileReading((reading) => {
      reading.onSkipped({ path: "a", reason: "a" });
      return own;
    });
  const codes: number[] = [];
  await captured(async () => {
    for (const own of [0, 3, 4]) codes.push(await code(own));
    return 0;
  });
  assertEquals(codes, [1, 3, 4]);
});
