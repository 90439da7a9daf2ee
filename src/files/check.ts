/**
 * An unknown value against a schema: what passes is a copy that holds what the schema knows and nothing else; what does
 * not is one line that names the place, what was found and what was expected.
 *
 * @module
 */
import type { z } from "npm:zod@4.3.5";
import { BenchError, nearestName, UsageError } from "../errors.ts";
import { choicesOf, discriminator, type SchemaNode, schemaNode } from "./json_schema.ts";
import { expectedText } from "./schema_text.ts";

/** Keys and indices from the whole to a part. */
export type Path = readonly PropertyKey[];

/** How an error names what was checked; at least one of `root` and `of`. */
export interface Subject {
  /**
   * What cannot be done with a wrong value. What cannot be used (the default) was asked for wrongly, and is a
   * {@link UsageError}; what cannot be read or written is a {@link BenchError}.
   */
  readonly cannot?: "use" | "read" | "write";
  /** First word of every path: `filter` gives `filter.topK`. */
  readonly root?: string;
  /** What the path lies in, e.g. `experiment tiny`; may depend on the path. */
  readonly of?: string | ((path: Path) => string);
}

/** Where a value is not what it must be. */
export interface Fault {
  readonly path: Path;
  /** What is there, in words. */
  readonly found: string;
  /** What must be there, in words. */
  readonly expected: string;
  /** The known name that was probably meant. */
  readonly near?: string;
}

/** What errors call a value that is not there, */
export const NOTHING = "nothing";
/** and a key that no schema has. */
const UNKNOWN_KEY = "an unknown key";
/** Longest text of a value in an error. */
const LONGEST = 60;

/**
 * The value as the schema says it must be.
 *
 * @returns a frozen copy; later changes of `value` do not reach it
 * @throws {BenchError} If it is not so, whatever it is: one line, about the first fault
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertThrows } from "@std/assert";
 * import { check } from "./check.ts";
 * const schema = z.strictObject({ rule: z.enum(["sample", "greedy"]) });
 * assertThrows(
 *   () => check(schema, { rule: "sampel" }, { root: "answers" }),
 *   Error,
 *   'Cannot use answers.rule: found "sampel", expected "sample" or "greedy"; did you mean "sample"?',
 * );
 * ```
 */
export function check<S extends z.ZodType>(schema: S, value: unknown, subject: Subject): z.output<S> {
  let outcome;
  try {
    outcome = schema.safeParse(value);
  } catch (error) {
    // A getter, or a proxy.
    throw errorAt(subject, [], `reading it fails (${shortened(messageOf(error))}), expected a plain object`);
  }
  if (outcome.success) return outcome.data;
  const faults = outcome.error.issues.flatMap((issue) => faultsOf(issue, value, schemaNode(schema)));
  // A misspelt key is why another one is missing: it comes first.
  const first = faults.find(({ unknown, near }) => unknown && near !== undefined) ??
    faults.find(({ unknown }) => unknown) ?? faults[0];
  throw faultError(subject, first, faults.length - 1);
}

/**
 * The error about one fault, in the words that {@link check} uses.
 *
 * @param more how many other faults there are
 */
export function faultError(subject: Subject, { path, found, expected, near }: Fault, more = 0): BenchError {
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  return errorAt(subject, path, `found ${found}, expected ${expected}${hint}${more > 0 ? ` (and ${more} more)` : ""}`);
}

function errorAt({ cannot = "use", root, of }: Subject, path: Path, message: string): BenchError {
  const place = pathText(root === undefined ? path : [root, ...path]);
  const whole = typeof of === "function" ? of(path) : of;
  const text = `Cannot ${cannot} ${[place, whole].filter(Boolean).join(" of ")}: ${message}`;
  return cannot === "use" ? new UsageError(text) : new BenchError(text);
}

/**
 * A path as one writes it in code.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pathText } from "./check.ts";
 * assertEquals(pathText(["arms", 2, "loss", "ratio over"]), 'arms[2].loss["ratio over"]');
 * ```
 */
export function pathText(path: Path): string {
  return path.map((key, i) => {
    if (typeof key === "number") return `[${key}]`;
    const name = shortened(String(key));
    if (!/^[\w$-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
    return i === 0 ? name : `.${name}`;
  }).join("");
}

/** A value in a few words, whatever it is. */
export function foundText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(shortened(value));
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return `${shortened(String(value))}n`;
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    default:
      if (value === null) return "null";
      return Array.isArray(value) ? `a list of ${value.length}` : "an object";
  }
}

interface FoundFault extends Fault {
  /** Whether the key itself is the fault. */
  readonly unknown?: true;
}

function faultsOf(issue: z.core.$ZodIssue, whole: unknown, root: SchemaNode): FoundFault[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const names = Object.keys(nodeAt(root, path, whole).properties ?? {});
    return issue.keys.map((key) => ({
      path: [...path, key],
      found: UNKNOWN_KEY,
      expected: names.length === 0 ? "no key" : `one of ${names.join(", ")}`,
      ...nearest(key, names),
      unknown: true,
    }));
  }
  if (issue.code === "invalid_key") {
    const names = nodeAt(root, path.slice(0, -1), whole).propertyNames ?? {};
    return [{ path, found: UNKNOWN_KEY, expected: expectedText(names), unknown: true }];
  }
  const node = nodeAt(root, path, whole);
  const value = valueAt(whole, path);
  const expected = issue.code === "custom" ? issue.message : expectedText(node);
  const tooLarge = issue.code === "too_big" && Math.abs(value.value as number) > Number.MAX_SAFE_INTEGER;
  return [{
    path,
    found: value.absent ? NOTHING : foundText(value.value),
    // Above 2^53 two integers can be one number, and what ran would not be what was asked for.
    expected: tooLarge ? `${expected}, below 2^53` : expected,
    ...(typeof value.value === "string" && nearest(value.value, choicesOf(node).map(String))),
  }];
}

function nearest(wrong: string, names: readonly string[]): { near?: string } {
  const near = wrong.length > LONGEST ? undefined : nearestName(wrong, names);
  return near === undefined ? {} : { near };
}

/** The schema's node at a path; among alternatives that whose constants the value has, or their key with all its values. */
function nodeAt(root: SchemaNode, path: Path, whole: unknown): SchemaNode {
  let node = root;
  path.forEach((key, depth) => {
    node = chosen(node, valueAt(whole, path.slice(0, depth)).value);
    if (node.oneOf !== undefined) {
      const [name, values] = discriminator(node.oneOf);
      node = key === name ? { enum: values } : {};
    } else {
      const { items, prefixItems, properties, additionalProperties } = node;
      node =
        (typeof key === "number" ? prefixItems?.[key] ?? items : properties?.[String(key)] ?? additionalProperties) ??
          {};
    }
  });
  return chosen(node, valueAt(whole, path).value);
}

function chosen(node: SchemaNode, value: unknown): SchemaNode {
  const holds = ({ properties }: SchemaNode) =>
    Object.entries(properties ?? {}).every(([key, { const: constant }]) =>
      constant === undefined || valueAt(value, [key]).value === constant
    );
  return node.oneOf?.find(holds) ?? node;
}

/** What lies at a path, whatever the whole is; absent where there is no such key, or where it cannot be read. */
export function valueAt(whole: unknown, path: Path): { value: unknown; absent: boolean } {
  let value = whole;
  try {
    for (const key of path) {
      if (typeof value !== "object" || value === null || !(key in value)) return { value: undefined, absent: true };
      value = (value as Record<PropertyKey, unknown>)[key];
    }
  } catch {
    return { value: undefined, absent: true };
  }
  return { value, absent: false };
}

/** One line of bounded length. */
function shortened(text: string): string {
  const line = text.slice(0, LONGEST + 1).replace(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : typeof error === "string" ? error : "no reason given";
}
