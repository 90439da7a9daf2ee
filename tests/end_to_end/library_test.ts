/**
 * mod.ts in a program of somebody else, in a folder that knows nothing of this one.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { finish, ROOT } from "./command_line.ts";

/** Of one arm under seed 1; reading all committed results would take seconds. */
const COMMITTED = [...Deno.readDirSync(`${ROOT}results/v2`)].map(({ name }) => `${ROOT}results/v2/${name}`)
  .filter((path) => /tiny-discrete-grpo[^-]*-s1-/.test(path));

const SCRIPT = `
import { bench, compare, readResult } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
import tiny from ${JSON.stringify(new URL("../../benchmarks/tiny.ts", import.meta.url).href)};

const arms = ["discrete-grpo"];
const kinds: Record<string, number> = {};
const run = bench(tiny, { arms, datasets: ["arith-add"], seeds: [1], limit: 4 });
for await (const { kind } of run) kinds[kind] = (kinds[kind] ?? 0) + 1;
const { results, failures } = await run;

// The committed results, as far as they are of the same problems.
const ids = new Set(results[0].result.datasets.flatMap(({ problems }) => problems.map(({ id }) => id)));
const base = ${JSON.stringify(COMMITTED)}.map((path) => {
  const result = readResult(path);
  const [{ problems, ...dataset }] = result.datasets;
  const datasets = [{ ...dataset, problems: problems.filter(({ id }) => ids.has(id)) }];
  return { path, result: { ...result, datasets } };
});
const { verdict, tests } = compare(base, results);
Deno.writeTextFileSync("outcome.json", JSON.stringify({ kinds, failures, verdict, tests: tests.length }));
`;

Deno.test("a program elsewhere runs an experiment, follows it, compares it, and prints nothing else", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/program.ts`, SCRIPT);
  const { code, stdout, stderr } = await finish(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-lock", "-A", "program.ts"],
      cwd: folder,
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  assertEquals([code, stdout, stderr], [0, "", ""]);
  const { kinds, failures, verdict, tests } = JSON.parse(await Deno.readTextFile(`${folder}/outcome.json`));
  assertEquals([kinds.start, kinds.training, kinds.step, kinds.result], [1, 1, 4, 2]);
  assert(kinds.samples >= 2 * 2, `${kinds.samples} events of samples`);
  assertEquals(failures, []);
  // Four problems decide little.
  assert(["ok", "regression", "not-enough-data"].includes(verdict) && tests > 0, verdict);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["outcome.json", "program.ts"]);
});
