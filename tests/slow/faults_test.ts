import { assertEquals } from "@std/assert";
import { ROOT } from "../end_to_end/command_line.ts";

Deno.test("a few faults of every kind leave no run wrong, stuck or doubled; deno task test:faults tells more", async () => {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=test-faults", "tests/faults/faults.ts"],
    cwd: ROOT,
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  assertEquals(code, 0);
});
