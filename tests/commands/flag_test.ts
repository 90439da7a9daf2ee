import { assertEquals, assertThrows } from "@std/assert";
import {
  type FlagValues,
  kebabCase,
  number,
  numbers,
  oneOf,
  someOf,
  texts,
  toggle,
  whole,
} from "../../src/commands/flag.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("a flag reads texts into values of its type, and says what it expects", () => {
  assertEquals(whole("").read("3"), 3);
  assertThrows(() => whole("", { least: 2, most: 4 }).read("5"), UsageError, "expected a whole number >= 2 and <= 4");
  const rate = number("X", "", { above: 0, most: 1 });
  assertEquals(rate.read("2e-5"), 2e-5);
  assertThrows(() => rate.read("0"), UsageError, "expected a number > 0 and <= 1");
  assertEquals(numbers("N,N", "", { whole: true, least: 0 }).read("0", "2"), [0, 2]);
  assertEquals(oneOf("NAME", ["a", "b"], "").read("a"), "a");
  assertEquals(someOf("A,B", ["prompt", "grader"], "").read("grader", "prompt"), ["grader", "prompt"]);
  assertThrows(() => someOf("A,B", ["prompt", "grader"], "").read("promt"), UsageError, "did you mean prompt?");
  assertEquals(texts("A,B", "").read("x", "y"), ["x", "y"]);
});

Deno.test("what a command may read from its flags follows from them", () => {
  const flags = { limit: whole(""), json: toggle(""), native: oneOf("c|blas", ["c", "blas"], "") };
  const values: FlagValues<typeof flags> = { limit: 4, native: "blas" };
  const native: "c" | "blas" | undefined = values.native;
  assertEquals([values.limit, values.json, native], [4, undefined, "blas"]);
});

Deno.test("names are in kebab-case on the command line", () =>
  assertEquals(kebabCase("maxNewTokens"), "max-new-tokens"));
