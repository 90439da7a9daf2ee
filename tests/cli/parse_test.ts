import { assertEquals, assertThrows } from "@std/assert";
import type { Command } from "../../src/commands/command.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { UsageError } from "../../src/errors.ts";

const command: Command = {
  name: "sow",
  summary: "",
  positionals: "[list|fetch] [NAME…]",
  flags: [
    { name: "limit", kind: "number", help: "", integer: true, minimum: 1, maximum: 1000 },
    { name: "shift", kind: "number", help: "" },
    { name: "max-new-tokens", kind: "number", help: "" },
    { name: "model", kind: "string", value: "DIR", help: "" },
    { name: "decoding", kind: "string", help: "", choices: ["discrete", "soft-thinking"] },
    { name: "datasets", kind: "list", help: "" },
    { name: "dry-run", kind: "boolean", help: "" },
  ],
  examples: [],
  run: () => Promise.resolve(0),
};
const parse = (line: string) => parseArguments(command, line.split(" ").filter((word) => word !== ""));
const fails = (line: string, message: string) =>
  assertEquals(assertThrows(() => parse(line), UsageError).message, message);

Deno.test("flags come by camelCase name and typed, whether joined by a space or an equals sign", () => {
  assertEquals(parse("list --limit 5 --max-new-tokens=96 --model=a=b --dry-run x"), {
    positionals: ["list", "x"],
    flags: { limit: 5, maxNewTokens: 96, model: "a=b", dryRun: true },
  });
});

Deno.test("nothing that was not given is present", () => assertEquals(parse(""), { positionals: [], flags: {} }));

Deno.test("a list is split at commas and adds up; the last single value counts", () => {
  assertEquals(parse("--datasets a,b --datasets c --limit 2 --limit 3").flags, { datasets: ["a", "b", "c"], limit: 3 });
});

Deno.test("a boolean can be denied", () => {
  assertEquals(parse("--no-dry-run").flags, { dryRun: false });
  assertEquals(parse("--dry-run=false").flags, { dryRun: false });
  fails("--dry-run=maybe", "--dry-run=maybe is neither true nor false");
});

Deno.test("numbers may be negative or in powers of ten, and nothing else", () => {
  assertEquals(parse("--shift -2.5e-1").flags, { shift: -0.25 });
  for (const wrong of ["x", "1x", "0x10", "NaN", "Infinity", "1e999", "1,5"]) {
    fails(`--shift ${wrong}`, `--shift ${wrong}: expected a number`);
  }
  fails("--limit 2.5", "--limit 2.5: expected a whole number >= 1 and <= 1000");
  fails("--limit -5", "--limit -5: expected a whole number >= 1 and <= 1000");
  fails("--limit 1001", "--limit 1001: expected a whole number >= 1 and <= 1000");
});

Deno.test("a missing value is named", () => {
  fails("--model", "--model has no value: expected --model DIR");
  fails("--model --dry-run", "--model has no value: expected --model DIR");
  fails("--model=", "--model has no value: expected --model DIR");
});

Deno.test("after -- everything is positional, and - is a value", () => {
  assertEquals(parse("fetch -- --limit -x").positionals, ["fetch", "--limit", "-x"]);
  assertEquals(parse("fetch - --model -"), { positionals: ["fetch", "-"], flags: { model: "-" } });
});

Deno.test("an unknown flag names the nearest one", () => {
  const help = "`deno task sow --help` lists the flags";
  fails("--limt 3", `Unknown flag --limt of sow: did you mean --limit? ${help}`);
  fails("--maxNewTokens 3", `Unknown flag --maxNewTokens of sow: did you mean --max-new-tokens? ${help}`);
  fails("--no-limit", `Unknown flag --no-limit of sow: did you mean --limit? ${help}`);
  fails("--xyzzyxyzzy", `Unknown flag --xyzzyxyzzy of sow: ${help}`);
  fails("--__proto__ 1", `Unknown flag --__proto__ of sow: ${help}`);
});

Deno.test("a value outside the choices names the nearest one", () => {
  const expected = "expected one of discrete, soft-thinking";
  fails("--decoding discreet", `--decoding discreet: ${expected}; did you mean discrete?`);
  fails("--decoding zzzzzzzzzzzzzz", `--decoding zzzzzzzzzzzzzz: ${expected}`);
});

Deno.test("positionals are counted and checked against the usage line", () => {
  fails("fetsh", "fetsh is not one of list|fetch; did you mean fetch?");
  const compare: Command = { ...command, name: "compare", positionals: "BASE NEW" };
  assertEquals(
    assertThrows(() => parseArguments(compare, ["a"]), UsageError).message,
    "NEW is missing: expected `deno task compare BASE NEW`",
  );
  assertEquals(
    assertThrows(() => parseArguments(compare, ["a", "b", "c"]), UsageError).message,
    "Unexpected argument c: expected `deno task compare BASE NEW`",
  );
  const { positionals: _, ...bare } = command;
  assertThrows(() => parseArguments(bare, ["a"]), UsageError, "Unexpected argument a: expected `deno task sow`");
});
