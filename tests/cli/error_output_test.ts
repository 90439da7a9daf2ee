import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { errorText, exitCodeOf } from "../../src/cli/error_output.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { BenchError, UsageError } from "../../src/errors.ts";

const text = (error: unknown) => errorText(error, { debug: false });

Deno.test("each kind of failure has its exit code", () => {
  const errors = [new UsageError(""), new BenchError(""), new InterruptedError(""), new TypeError(""), "thrown text"];
  assertEquals(errors.map(exitCodeOf), [2, 1, 130, 1, 1]);
});

Deno.test("a failure that the user can mend is shown without a stack", () => {
  assertEquals(text(new UsageError("--limit x: expected a number")), "Error: --limit x: expected a number");
  assertEquals(text(new InterruptedError("Interrupted")), "Interrupted");
});

Deno.test("what the system refuses is no fault of the program", () => {
  const file = Deno.makeTempFileSync();
  for (
    const act of [() => Deno.mkdirSync(file), () => Deno.readTextFileSync(`${file}/x`), () => Deno.removeSync("/proc")]
  ) {
    try {
      act();
    } catch (error) {
      assert(!text(error).includes("fault of the program"), text(error));
    }
  }
});

Deno.test("a fault of the program says so and how to see more", () => {
  assertEquals(
    text(new TypeError("a is undefined")),
    "Error: TypeError: a is undefined\nThis is a fault of the program; --debug shows where it happened.",
  );
});

Deno.test("a denied permission names what was denied, not Deno's flags", () => {
  const denied = new Deno.errors.NotCapable(
    'Requires read access to "/etc/hostname", run again with the --allow-read flag',
  );
  assertStringIncludes(text(denied), 'No permission for read access to "/etc/hostname": the command\'s permission set');
  const env = new Deno.errors.NotCapable('Requires env access to "HOME", run again with the --allow-env flag');
  assertStringIncludes(text(env), 'No permission for env access to "HOME":');
  assert(!text(denied).includes("--allow-read"));
});

Deno.test("with --debug the stack and the causes follow", () => {
  const error = new BenchError("Cannot read config.json", { cause: new SyntaxError("unexpected end") });
  const lines = errorText(error, { debug: true });
  assert(lines.startsWith("Error: Cannot read config.json\n\nBenchError: Cannot read config.json\n    at "));
  assertStringIncludes(lines, "\n\nCaused by: SyntaxError: unexpected end\n    at ");
});
