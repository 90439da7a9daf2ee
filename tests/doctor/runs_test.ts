import { assertEquals } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { runsFact } from "../../src/doctor/runs.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { RunFolder } from "../../src/experiment/run_folder.ts";
import { inFolder } from "../commands/captured.ts";

function begun(root: string, model: string): RunFolder {
  const config = resolveExperiment(tiny, { arms: ["base"], seeds: [1] });
  const folder = new RunFolder(root, "tiny", { config: { ...config, seeds: undefined, arms: undefined }, model });
  folder.prepare(config)[Symbol.dispose]();
  return folder;
}

Deno.test("run folders are counted by how they stand, and a damaged one has a command that tells more", () =>
  inFolder(async (root) => {
    assertEquals(await runsFact(`${root}/none`), {
      area: "storage",
      name: "runs",
      state: "info",
      found: `0 in ${root}/none`,
    });
    begun(root, "a");
    const [running, damaged] = [begun(root, "b"), begun(root, "c")];
    using _lock = running.prepare({});
    assertEquals((await runsFact(root)).found, `3 in ${root}: 1 running, 2 started`);
    Deno.truncateSync(`${damaged.path}/config.json`, 7);
    assertEquals(await runsFact(root), {
      area: "storage",
      name: "runs",
      state: "damaged",
      found: `3 in ${root}: 1 running, 1 started, 1 damaged`,
      fix: "deno task runs check",
    });
  }));
