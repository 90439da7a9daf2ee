import { assert, assertEquals } from "@std/assert";
import { tryBackend } from "../../src/doctor/trial.ts";
import type { BackendName } from "../../src/experiment/open_model.ts";

async function logitsOn(backend: BackendName): Promise<readonly number[]> {
  const outcome = await tryBackend(backend);
  if ("error" in outcome) throw new Error(`${backend}: ${outcome.error}`);
  return outcome.logits;
}

Deno.test("the CPU engine and plain tfjs give the trial model the same logits", async () => {
  const [engine, tfjs] = [await logitsOn("cpu-engine"), await logitsOn("tfjs-cpu")];
  assertEquals(engine.length, 11);
  assert(new Set(engine).size === 11, "logits that are all alike would agree whatever is computed");
  // Float32 sums of at most 13 terms of size 1.
  engine.forEach((logit, i) => assert(Math.abs(logit - tfjs[i]) < 1e-5));
});
