/** The engine begins to train as the replica does; tests/slow goes on to the last step, and puts PyTorch through the same. */
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

/** The second sees what the first update made of the weights. */
const STEPS = 2;

testReplica(await testedBackend("cpu-engine"), STEPS);
