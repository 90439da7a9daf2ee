/** The engine trains as the replica does; tests/slow put PyTorch through the same. */
import { assertEquals } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { testedBackend } from "../backend/backends.ts";
import golden from "../golden/training/replica.json" with { type: "json" };
import { REPLICA_MODEL, testReplica } from "./training_replica.ts";

Deno.test("the golden file belongs to the committed checkpoint", async () => {
  assertEquals(
    await (await loadCheckpoint(REPLICA_MODEL)).weightsSha256(),
    golden.weightsSha256,
    "run replica.py again",
  );
});

testReplica(await testedBackend("cpu-engine"));
