import { assert, assertEquals } from "@std/assert";
import { ROOT, run } from "./command_line.ts";

const USAGE = 2;
const FAILED = 1;

/** Writes an experiment that differs from the mini one by `changes`, as source text. */
async function experiment(changes: string): Promise<string> {
  const path = `${await Deno.makeTempDir()}/experiment.ts`;
  const mini = new URL("tests/fixtures/mini.ts", `file://${ROOT}`).href;
  await Deno.writeTextFile(path, `import mini from "${mini}";\nexport default { ...mini, ${changes} };\n`);
  return path;
}

/** The words that run an experiment file with this text. */
async function file(text: string): Promise<string[]> {
  const path = `${await Deno.makeTempDir()}/experiment.ts`;
  await Deno.writeTextFile(path, text);
  return ["bench", path];
}

/** A copy of the embedded model with one file changed. */
async function damagedModel(file: string, damage: (bytes: Uint8Array) => Uint8Array | undefined): Promise<string> {
  const folder = await Deno.makeTempDir();
  for await (const { name, isFile } of Deno.readDir(`${ROOT}models/tiny`)) {
    if (!isFile) continue;
    const bytes = await Deno.readFile(`${ROOT}models/tiny/${name}`);
    const changed = name === file ? damage(bytes) : bytes;
    if (changed !== undefined) await Deno.writeFile(`${folder}/${name}`, changed);
  }
  return folder;
}

const MINI = "tests/fixtures/mini.ts";

const CASES: [what: string, args: () => Promise<string[]>, code: number, message: string][] = [
  ["no such command", () => Promise.resolve(["bnech"]), USAGE, '"bench"'],
  ["an unknown flag", () => Promise.resolve(["bench", "--smaples", "4"]), USAGE, "--samples"],
  ["a flag without its value", () => Promise.resolve(["bench", "--samples"]), USAGE, "--samples"],
  ["a number that is none", () => Promise.resolve(["bench", "--limit", "few"]), USAGE, "few"],
  ["an unknown experiment", () => Promise.resolve(["bench", "tinny"]), USAGE, '"tiny"'],
  ["an unknown dataset", () => Promise.resolve(["bench", MINI, "--datasets", "arith-ad"]), USAGE, "arith-add"],
  ["an unknown arm", () => Promise.resolve(["bench", MINI, "--arms", "bse"]), USAGE, "base"],
  ["an unknown config key", async () => ["bench", await experiment("sample: 4")], USAGE, '"samples"'],
  ["k above n", async () => ["bench", await experiment("passAt: [1, 64]")], USAGE, "k must be <= samples"],
  [
    "groups of 1",
    async () => ["bench", await experiment("training: { ...mini.training, groupSize: 1 }")],
    USAGE,
    "training.groupSize of experiment mini: found 1, expected an integer of at least 2",
  ],
  [
    "a misspelt choice deep inside",
    async () => [
      "bench",
      await experiment("arms: mini.arms.map((arm) => ({ ...arm, answers: { ...arm.answers, rule: 'sampel' } }))"),
    ],
    USAGE,
    'arms[0].answers.rule of experiment mini, arm base: found "sampel"',
  ],
  ["a file without an experiment", () => file("export const experiment = 1;"), USAGE, "found no default export"],
  ["a file that exports nothing of use", () => file("export default undefined;"), USAGE, "found undefined"],
  ["a file that exports a list", () => file("export default [];"), USAGE, "found a list of 0"],
  ["a file that throws", () => file('throw new RangeError("too\\nmuch");'), USAGE, "too"],
  ["a file that throws nothing", () => file("throw undefined;"), USAGE, "it throws undefined"],
  ["a file that is no TypeScript", () => file("export default {"), USAGE, "Cannot load experiment"],
  ["no file", () => Promise.resolve(["bench", "no/such.ts"]), USAGE, "Cannot load experiment no/such.ts"],
  [
    "a model folder without config.json",
    async () => ["bench", MINI, "--model", await damagedModel("config.json", () => undefined)],
    FAILED,
    "config.json",
  ],
  [
    "truncated weights",
    async () => [
      "bench",
      MINI,
      "--model",
      await damagedModel("model.safetensors", (bytes) => bytes.subarray(0, bytes.length - 1000)),
    ],
    FAILED,
    "model.safetensors",
  ],
  ["a result that is none", () => Promise.resolve(["score", "deno.json"]), FAILED, "deno.json"],
];

for (const [what, args, expected, message] of CASES) {
  Deno.test(`${what} is one clear line, and nothing is written`, async () => {
    const folder = await Deno.makeTempDir();
    const words = await args();
    const places = words[0] === "bench" ? ["--runs", `${folder}/runs`, "--results", `${folder}/results`] : [];
    const { code, stdout, stderr } = await run([...words, ...places]);
    assertEquals(code, expected, stderr);
    assertEquals(stdout, "");
    assert(stderr.includes(message), stderr);
    assert(stderr.trim().split("\n").length <= 3 && !/\n\s+at /.test(stderr), stderr);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
}
