import { assertEquals, assertThrows } from "@std/assert";
import { command } from "../../src/commands/command.ts";
import { number, oneOf, path, text, texts, toggle, whole } from "../../src/commands/flag.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { UsageError } from "../../src/errors.ts";
import { BELOW, HERE } from "./here.ts";

const sow = command({
  name: "sow",
  summary: "",
  audience: "users",
  positionals: [
    { name: "list|fetch", optional: true, choices: ["list", "fetch"] },
    { name: "NAME", optional: true, repeats: true },
  ],
  flags: {
    limit: { ...whole("", { most: 1000 }), plural: "limits" },
    shift: number("N", ""),
    maxNewTokens: number("N", ""),
    model: path("DIR", ""),
    mirror: path("DIR|URL", "", { isPath: (given) => !given.startsWith("http") }),
    text: text("TEXT", ""),
    decoding: oneOf("NAME", ["discrete", "soft-thinking"], ""),
    datasets: texts("A,B", "", { isPath: (given) => given.endsWith(".jsonl") }),
    pair: { ...texts("A B", ""), words: 2 },
    dryRun: toggle(""),
  },
  examples: [],
  permissions: () => "",
  run: () => Promise.resolve(0),
});
const words = (line: string) => line.split(" ").filter((word) => word !== "");
const parse = (line: string) => parseArguments(sow, words(line), HERE);
const fails = (line: string, message: string) =>
  assertEquals(assertThrows(() => parse(line), UsageError).message, message);

Deno.test("a flag of two words takes both, as often as it stands, and leaves others theirs", () => {
  assertEquals(parse("list --pair a b --pair c d x -- --pair"), {
    positionals: ["list", "x", "--pair"],
    flags: { pair: ["a", "b", "c", "d"] },
  });
  assertEquals(parse("--pair a,b list").flags, { pair: ["a", "b"] });
  assertEquals(parse("list --pair a --dry-run").flags, { pair: ["a"], dryRun: true });
  fails("list --pair", "--pair has no value: expected --pair A B");
});

Deno.test("flags come by camelCase name and typed, whether joined by a space or an equals sign", () => {
  assertEquals(parse("list --limit 5 --max-new-tokens=96 --model=a=b --dry-run x"), {
    positionals: ["list", "x"],
    flags: { limit: 5, maxNewTokens: 96, model: "a=b", dryRun: true },
  });
});

Deno.test("nothing that was not given is present", () => assertEquals(parse(""), { positionals: [], flags: {} }));

Deno.test("a list is split at commas and adds up; the last single value counts", () => {
  assertEquals(parse("--datasets a,b --datasets c --limit 2 --limit 3").flags, { datasets: ["a", "b", "c"], limit: 3 });
  fails("--datasets a,,b", "--datasets a,,b: an item of the list is empty");
});

Deno.test("a boolean can be denied", () => {
  assertEquals(parse("--no-dry-run").flags, { dryRun: false });
  assertEquals(parse("--dry-run=false").flags, { dryRun: false });
  assertEquals(parse("--dry-run=true fetch").flags, { dryRun: true });
  fails("--dry-run=maybe", "--dry-run=maybe is neither true nor false");
});

Deno.test("numbers may be negative or in powers of ten, and nothing else", () => {
  assertEquals(parse("--shift -2.5e-1").flags, { shift: -0.25 });
  for (const wrong of ["x", "1x", "0x10", "NaN", "Infinity", "1e999", "1,5"]) {
    fails(`--shift ${wrong}`, `--shift ${wrong}: expected a number`);
  }
  for (const wrong of ["2.5", "-5", "1001"]) {
    fails(`--limit ${wrong}`, `--limit ${wrong}: expected a whole number >= 1 and <= 1000`);
  }
});

Deno.test("a missing value is named", () => {
  const missing = "--model has no value: expected --model DIR";
  for (const line of ["--model", "--model --dry-run", "--model="]) fails(line, missing);
  fails("--text --model a", "--text has no value: expected --text TEXT");
});

Deno.test("after -- everything is positional, and - is a value", () => {
  assertEquals(parse("fetch -- --limit -x").positionals, ["fetch", "--limit", "-x"]);
  assertEquals(parse("fetch -- --dry-run=maybe").positionals, ["fetch", "--dry-run=maybe"]);
  assertEquals(parse("fetch - --model -"), { positionals: ["fetch", "-"], flags: { model: "-" } });
});

Deno.test("an unknown flag names the nearest one", () => {
  const help = "`deno task sow --help` lists the flags";
  fails("--limt 3", `Unknown flag --limt of sow: did you mean --limit? ${help}`);
  fails("--limt=3 --x", `Unknown flag --limt of sow: did you mean --limit? ${help}`);
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

Deno.test("several values behind a flag of one hint at its list", () => {
  fails("--limit 1 2 3", "--limit 1 does not take 2 3: did you mean --limits 1,2,3?");
});

Deno.test("positionals are counted and checked against the usage line", () => {
  fails("fetsh", "fetsh is not one of list|fetch; did you mean fetch?");
  const compare = { ...sow, name: "compare", positionals: [{ name: "BASE" }, { name: "NEW" }] };
  const refuses = (line: string, message: string) =>
    assertEquals(assertThrows(() => parseArguments(compare, words(line), HERE), UsageError).message, message);
  refuses("a", "NEW is missing: expected `deno task compare BASE NEW`");
  refuses("a b c", "Unexpected argument c: expected `deno task compare BASE NEW`");
  refuses(
    "a b c --datasets x y",
    "Unexpected argument c: expected `deno task compare BASE NEW`; a list is joined by commas, without spaces",
  );
});

Deno.test("a path counts from where it was typed; a name, an address and an absolute path stay", () => {
  const below = (line: string) => parseArguments(sow, words(line), BELOW).flags;
  assertEquals(below("--model a.json"), { model: "results/v1/a.json" });
  assertEquals(below("--model ../x"), { model: "results/x" });
  assertEquals(below("--model ../../../x"), { model: "/x" });
  assertEquals(below("--model /y"), { model: "/y" });
  assertEquals(below("--mirror http://host/a"), { mirror: "http://host/a" });
  assertEquals(below("--datasets arith-add,own.jsonl"), { datasets: ["arith-add", "results/v1/own.jsonl"] });
  const sides = { ...sow, positionals: [{ name: "BASE", place: {} }] };
  assertEquals(parseArguments(sides, ["a,b"], BELOW).positionals, ["results/v1/a,results/v1/b"]);
});
