import { assertRejects } from "@std/assert";
import { run } from "../../src/commands/pretrain.ts";
import { UsageError } from "../../src/errors.ts";

// The whole of it takes minutes: `deno task pretrain --verify`. tests/pretraining checks its first updates.
Deno.test("a number of workers that cannot be is refused before anything starts", async () => {
  await assertRejects(() => run({ positionals: [], flags: { workers: 0 } }), UsageError, "0 workers");
});
