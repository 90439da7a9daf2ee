/**
 * The command itself against a server: killed in the middle, and started again.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Sample } from "../../src/evaluation/sample.ts";
import { readRows } from "../../src/files/chained_lines.ts";
import { startFakeServer } from "./fake_server.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KEY = "a-key-that-nobody-may-see";
const [PROBLEMS, SAMPLES] = [17, 7];
/** Requests after which the command is killed. */
const KILLED_AT = 61;

Deno.test("sample goes on after kill -9, asks for no saved sample again, and keeps its key to itself", async () => {
  const folder = Deno.makeTempDirSync();
  let onAsked = (_requests: number) => {};
  await using server = await startFakeServer({ latencyMs: 1, key: KEY, onAsked: (requests) => onAsked(requests) });
  const start = () => {
    const words = [
      "--address",
      server.address,
      "--model",
      "models/tiny",
      "--decoding",
      "matched",
      "--concurrency",
      "5",
    ];
    const size = ["--datasets", "arith-add", "--problems", `${PROBLEMS}`, "--samples", `${SAMPLES}`, "--seed", "3"];
    const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", "src/cli/main.ts", "sample", ...words, ...size, ...places],
      cwd: ROOT,
      env: { SOFT_GRPO_BENCH_API_KEY: KEY, NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  };
  const first = start();
  onAsked = (requests) => requests === KILLED_AT && first.kill("SIGKILL");
  assertEquals((await first.output()).signal, "SIGKILL");
  const kept = savedSamples(folder);
  assert(kept.size > 0 && kept.size < PROBLEMS * SAMPLES, `${kept.size} samples were saved`);

  onAsked = () => {};
  const before = server.bodies.length;
  const { code, stdout, stderr } = await start().output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assertEquals(code, 0, said);
  const again = server.bodies.slice(before).map(({ seed }) => seed as number);
  assertEquals(again.filter((seed) => kept.has(seed)), []);
  assertEquals([again.length, new Set(again).size], Array(2).fill(PROBLEMS * SAMPLES - kept.size));
  assertEquals(savedSamples(folder).size, PROBLEMS * SAMPLES);

  const { host } = new URL(server.address);
  for (const path of filesBelow(folder)) {
    const text = Deno.readTextFileSync(path);
    assertEquals([path, text.includes(KEY), text.includes(host)], [path, false, false]);
  }
  assertEquals(said.includes(KEY), false);
});

/** Seeds of the samples that are on the disk. */
function savedSamples(folder: string): Set<number> {
  const files = filesBelow(`${folder}/runs`).filter((path) => /\/samples\/.*\.jsonl(\.early)?$/.test(path));
  return new Set(files.flatMap((path) => readRows<Sample>(path).map(({ server }) => server!.seed!)));
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}
