import { assertEquals } from "@std/assert";
import { track } from "../../../src/exports/trackers/trackio.ts";
import { filesBelow, logRun } from "./logged.ts";

Deno.test("fragments hold what trackio's own have, and each step has the same id in every session", async () => {
  const folder = await Deno.makeTempDir();
  logRun(track, folder);
  assertEquals(filesBelow(folder), ["inbox/ab/00000002.jsonl", "inbox/ab/00000300.jsonl"]);
  const read = () => filesBelow(folder).map((path) => JSON.parse(Deno.readTextFileSync(`${folder}/${path}`)));
  const [first, second] = read();
  const { log_id: firstId, ...fragment } = first;
  assertEquals(fragment, {
    v: 1,
    kind: "metric",
    project: "mini",
    run: "arm-s3",
    run_id: "ab",
    metrics: { "train/reward": 0.375 },
    step: 2,
    timestamp: "2026-01-01T00:00:00.000Z",
    config: { samples: 5 },
  });
  assertEquals([second.step, second.timestamp, second.log_id === firstId], [300, "2026-01-01T00:01:01.500Z", false]);
  logRun(track, folder);
  assertEquals(read(), [first, second]);
});
