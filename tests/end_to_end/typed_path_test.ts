import { assertEquals } from "@std/assert";
import { finish, ROOT } from "./command_line.ts";

Deno.test("a task takes paths from where it was typed", async () => {
  const results = `${ROOT}results/v2`;
  const [{ name }] = [...Deno.readDirSync(results)];
  // These tests may be a task themselves, whose variable would stay.
  const { INIT_CWD: _, ...env } = Deno.env.toObject();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "score", name],
    cwd: results,
    env,
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { code, stderr } = await finish(child);
  assertEquals(code, 0, stderr);
});
