import { assert, assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { BenchError, UsageError } from "../../src/errors.ts";
import { check, faultError, foundText, pathText, valueAt } from "../../src/files/check.ts";

const schema = z.strictObject({
  rows: z.array(
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("circle"), radius: z.number().positive() }).readonly(),
      z.strictObject({ kind: z.literal("square"), side: z.number().positive(), tilt: z.int().exactOptional() })
        .readonly(),
    ]),
  ).readonly(),
}).readonly();
const SUBJECT = { of: "the drawing" };

Deno.test("what passes is a frozen copy", () => {
  const value = { rows: [{ kind: "circle", radius: 2 }] };
  const checked = check(schema, value, SUBJECT);
  value.rows[0].radius = 3;
  assertEquals(checked, { rows: [{ kind: "circle", radius: 2 }] });
  assert(Object.isFrozen(checked) && Object.isFrozen(checked.rows[0]));
});

const FAULTS: [unknown, string][] = [
  [null, "Cannot use the drawing: found null, expected an object with rows"],
  [{}, "Cannot use rows of the drawing: found nothing, expected a list"],
  [
    { rows: [{ kind: "circle" }] },
    "Cannot use rows[0].radius of the drawing: found nothing, expected a number above 0",
  ],
  [
    { rows: [{ kind: "sqare", side: 2 }] },
    'Cannot use rows[0].kind of the drawing: found "sqare", expected "circle" or "square"; did you mean "square"?',
  ],
  [{ rows: [{}] }, 'Cannot use rows[0].kind of the drawing: found nothing, expected "circle" or "square"'],
  [
    { rows: [[]] },
    'Cannot use rows[0] of the drawing: found a list of 0, expected an object whose kind is "circle" or "square"',
  ],
  [
    { rows: [{ kind: "square", sdie: 2 }] },
    "Cannot use rows[0].sdie of the drawing: found an unknown key, expected one of kind, side, tilt; " +
    'did you mean "side"? (and 1 more)',
  ],
  [
    { rows: [{ kind: "square", side: -1, tilt: 2 ** 53 }] },
    "Cannot use rows[0].side of the drawing: found -1, expected a number above 0 (and 1 more)",
  ],
  [
    { rows: [{ kind: "square", side: 1, tilt: 2 ** 53 }] },
    "Cannot use rows[0].tilt of the drawing: found 9007199254740992, expected an integer, below 2^53",
  ],
  [{ rows: [], "a b": 1 }, 'Cannot use ["a b"] of the drawing: found an unknown key, expected one of rows'],
];
for (const [value, message] of FAULTS) {
  Deno.test(`check() says: ${message}`, () => {
    assertEquals(assertThrows(() => check(schema, value, SUBJECT), UsageError).message, message);
  });
}

const table = z.strictObject({
  rows: z.array(z.strictObject({ k: z.int().min(1).max(7), name: z.string().min(1).nullable() })),
  pair: z.tuple([z.string(), z.enum(["left", "right"]).nullable()]).exactOptional(),
  byK: z.record(z.string().regex(/^[1-9]$/), z.number()).exactOptional(),
}).readonly();

Deno.test("keys come in the schema's order", () => {
  const value = check(table, { byK: { 2: 0.5 }, rows: [{ name: null, k: 3 }] }, { cannot: "read", of: "x.json" });
  assertEquals(JSON.stringify(value), '{"rows":[{"k":3,"name":null}],"byK":{"2":0.5}}');
});

const UNREADABLE: [unknown, string][] = [
  [[1, 2], "Cannot read x.json: found a list of 2, expected an object with rows"],
  [{ rows: [{ k: 9, name: "a" }] }, "Cannot read rows[0].k of x.json: found 9, expected an integer in [1, 7]"],
  [
    { rows: [{ k: "1", name: "" }] },
    'Cannot read rows[0].k of x.json: found "1", expected an integer in [1, 7] (and 1 more)',
  ],
  [
    { rows: [{ k: 1, name: "" }] },
    'Cannot read rows[0].name of x.json: found "", expected text that is not empty or null',
  ],
  [{ rows: [], pair: ["a", null, 1] }, "Cannot read pair of x.json: found a list of 3, expected a list of 2"],
  [
    { rows: [], pair: ["a", "rigth"] },
    'Cannot read pair[1] of x.json: found "rigth", expected "left", "right" or null; did you mean "right"?',
  ],
  [
    { rows: [], byK: { 0: 1 } },
    "Cannot read byK.0 of x.json: found an unknown key, expected text like ^[1-9]$",
  ],
  [{ rows: [], byK: { 3: "1" } }, 'Cannot read byK.3 of x.json: found "1", expected a number'],
  [
    { row: [] },
    "Cannot read row of x.json: found an unknown key, expected one of rows, pair, byK; " +
    'did you mean "rows"? (and 1 more)',
  ],
];
for (const [value, message] of UNREADABLE) {
  Deno.test(`check() of a file says: ${message}`, () => {
    const error = assertThrows(() => check(table, value, { cannot: "read", of: "x.json" }), BenchError);
    assertEquals(error.message, message);
    assert(!(error instanceof UsageError));
  });
}

Deno.test("a misspelt key comes before what is missing for it, a near one before a strange one", () => {
  const flat = z.strictObject({ first: z.int(), second: z.int() });
  const message = assertThrows(() => check(flat, { zzzzzzz: 1, secnod: 2 }, { root: "pair" }), UsageError).message;
  assertEquals(
    message,
    "Cannot use pair.secnod: found an unknown key, expected one of first, second; " +
      'did you mean "second"? (and 3 more)',
  );
});

Deno.test("what cannot be read is a fault too", () => {
  const value = {
    get rows(): never {
      throw new Error("closed\nfor today");
    },
  };
  assertThrows(
    () => check(schema, value, SUBJECT),
    UsageError,
    "Cannot use the drawing: reading it fails (closed for today)",
  );
});

Deno.test("values in a few words", () => {
  const found: [unknown, string][] = [
    ["a\nb", '"a b"'],
    ["x".repeat(99), `"${"x".repeat(59)}…"`],
    [7n, "7n"],
    [Symbol("s"), "a symbol"],
    [() => 1, "a function"],
    [[1, 2, 3], "a list of 3"],
    [new Map(), "an object"],
    [undefined, "undefined"],
    [-Infinity, "-Infinity"],
  ];
  for (const [value, text] of found) assertEquals(foundText(value), text);
});

Deno.test("paths as in code, and what lies there", () => {
  assertEquals(pathText(["a", 0, "b-c", 2, 3]), "a[0].b-c[2][3]");
  assertEquals(pathText([]), "");
  assertEquals(valueAt({ a: [{ b: 5 }] }, ["a", 0, "b"]), { value: 5, absent: false });
  assertEquals(valueAt({ a: 1 }, ["a", "b"]), { value: undefined, absent: true });
  assertEquals(
    faultError({ root: "a", of: (path) => `it ${path.length}` }, { path: ["b"], found: "1", expected: "2" }).message,
    "Cannot use a.b of it 1: found 1, expected 2",
  );
});

Deno.test("a key comes before a value, also where the value has a near one and the key has none", () => {
  const schema = z.strictObject({ side: z.enum(["left", "right"]), width: z.int() });
  const messageOf = (value: unknown) => assertThrows(() => check(schema, value, { root: "box" }), UsageError).message;
  assertEquals(
    messageOf({ side: "rigth", widht: 3 }),
    'Cannot use box.widht: found an unknown key, expected one of side, width; did you mean "width"? (and 2 more)',
  );
  assertEquals(
    messageOf({ side: "rigth", width: 3, colour: 5 }),
    "Cannot use box.colour: found an unknown key, expected one of side, width (and 1 more)",
  );
  assertEquals(
    assertThrows(() => check(table, { rows: [{ k: "1", name: "a" }], byK: { 0: 1 } }, { of: "it" }), UsageError)
      .message,
    "Cannot use byK.0 of it: found an unknown key, expected text like ^[1-9]$ (and 1 more)",
  );
});

Deno.test("only an integer that a number cannot hold is told of 2^53", () => {
  const expected = (k: number) =>
    assertThrows(() => check(z.strictObject({ k: z.int().max(7) }), { k }, { root: "x" }), UsageError)
      .message.split("expected ")[1];
  assertEquals(expected(Number.MAX_SAFE_INTEGER), "an integer of at most 7");
  assertEquals(expected(Number.MAX_SAFE_INTEGER + 1), "an integer of at most 7, below 2^53 (and 1 more)");
});

Deno.test("a text of 60 letters is shown whole and has near ones, a longer one is cut and has none", () => {
  const right = "x".repeat(59) + "y";
  const found = (value: string) =>
    assertThrows(() => check(z.strictObject({ a: z.enum([right]) }), { a: value }, { root: "r" }), UsageError).message;
  assertEquals(
    found("x".repeat(60)),
    `Cannot use r.a: found "${"x".repeat(60)}", expected "${right}"; ` +
      `did you mean "${right}"?`,
  );
  assertEquals(found("x".repeat(61)), `Cannot use r.a: found "${"x".repeat(59)}…", expected "${right}"`);
});

Deno.test("nothing lies in what is no object, nor in what cannot be read", () => {
  const absent = { value: undefined, absent: true };
  for (const whole of [null, undefined, "text", 7, () => 1]) assertEquals(valueAt(whole, ["length"]), absent);
  assertEquals(valueAt({ f: () => 1 }, ["f", "name"]), absent);
  const closed = {
    get a(): never {
      throw new Error("closed");
    },
  };
  assertEquals(valueAt(closed, ["a"]), absent);
  assertEquals(valueAt({ a: undefined }, ["a"]), { value: undefined, absent: false });
});
