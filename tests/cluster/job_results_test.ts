import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { jobResults } from "../../src/cluster/job_results.ts";
import { contentSha256, serializeResult } from "../../src/result/serialize.ts";
import { readResult } from "../../src/result/store.ts";

const FOLDER = new URL("../../results/v2/", import.meta.url);
const [name] = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => name.endsWith(".json")).sort();
const result = readResult(new URL(name, FOLDER).pathname);
const text = serializeResult(result);
const code = { ...result.code, lockSha256: result.code.lockSha256!, commit: "0".repeat(40), dirty: false };
const cluster = { engine: "ray", version: "2.60.0", job: "a-1", package: "ab", nodes: 1, devicesPerNode: 3 } as const;
const expected = { experiment: result.experiment.name, code, cluster };

Deno.test("a result that a job hands back tells where it was computed and of which commit, and nothing else is new", () => {
  const [own] = jobResults([{ path: "v2/a.json", text }], expected);
  assertEquals(own.run, { ...result.run, cluster });
  assertEquals(own.code, code);
  assertEquals(contentSha256({ ...own, code: result.code }), contentSha256(result));
  const [several] = jobResults([{ path: "v2/a.json", text }], { ...expected, cluster: { ...cluster, nodes: 2 } });
  assertEquals([own, several].map(({ device }) => device.reproducibility), [
    result.device.reproducibility,
    "statistical",
  ]);
});

Deno.test("what is no result, or one of something else, is refused by its name", () => {
  const refused = (given: string, message: string, other = expected) =>
    assertThrows(() => jobResults([{ path: "x.json", text: given }], other), BenchError, message);
  refused("{", "Cannot take the job's x.json: found no JSON");
  refused("{}", "the job's x.json");
  refused(text, "expected one of other", { ...expected, experiment: "other" });
  refused(text, "and this code", { ...expected, code: { ...code, lockSha256: "f".repeat(64) } });
});
