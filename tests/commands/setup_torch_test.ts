import { assertRejects } from "@std/assert";
import { run } from "../../src/commands/setup_torch.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("builds for both devices at once are wrong usage", async () => {
  const flags = { cpu: true, cuda: true };
  await assertRejects(
    () => run({ positionals: [], flags }),
    UsageError,
    "found --cpu and --cuda, expected one of them",
  );
});
