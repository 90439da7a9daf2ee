/** A job needs nothing but its package: what is tried here has an empty cache beside, and no network. */
import { assert, assertEquals } from "@std/assert";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import tiny from "../../benchmarks/tiny.ts";
import { sourceHashes } from "../../src/experiment/source_hashes.ts";
import { jobExperiment } from "../../src/cluster/job_experiment.ts";
import { jobFiles, packagesFolder } from "../../src/cluster/job_package.ts";
import { zip } from "../../src/cluster/zip.ts";

const CODE = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

Deno.test("the program runs from its package alone, and calls its code the same", async () => {
  const files = jobFiles(CODE, packagesFolder(), (await jobExperiment(tiny)).files);
  const bytes = zip(files).length;
  assert(bytes < 20 << 20, `the package has ${bytes} bytes`);
  const folder = await Deno.makeTempDir();
  for (const [path, content] of files) {
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await Deno.writeFile(`${folder}/${path}`, content);
  }
  assertEquals(sourceHashes(new URL(`file://${folder}/`)), sourceHashes());
  const words = [
    "bench",
    "experiment.ts",
    "--backend",
    "cpu-engine",
    "--sandboxed",
    "--workers",
    "1",
    "--json",
    "--quiet",
  ];
  const few = ["--arms", "base", "--limit", "1", "--seed", "1", "--samples", "1", "--datasets", "arith-add"];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--cached-only", "-A", "src/cli/main.ts", ...words, ...few],
    cwd: folder,
    // Where a task was typed is where its paths are: the test may be one itself.
    env: { DENO_DIR: `${folder}/deno_dir`, INIT_CWD: folder, NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { results } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(results.length, 7);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("two packages of one code are one", () => {
  const one = jobFiles(CODE, packagesFolder(), new Map());
  assertEquals(zip(one), zip(new Map([...jobFiles(CODE, packagesFolder(), new Map())].reverse())));
});
