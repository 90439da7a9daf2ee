/**
 * A value from outside, checked by a schema: what comes back has the schema's type, or the error names the place.
 *
 * @module
 */
import type { z } from "zod";
import { BenchError } from "../errors.ts";
import { expectation, jsonSchema, schemaAt, withoutNull } from "./json_schema.ts";

/** The type of the values that a schema lets pass. */
export type Checked<Schema extends { readonly _zod: { readonly output: unknown } }> = Schema["_zod"]["output"];

/** Where a value is not what it should be. */
export interface Fault {
  /** E.g. `datasets[0].problems[3].n`; empty at the root. */
  readonly place: string;
  /** What is there, in words. */
  readonly found: string;
  /** What should be there, in words. */
  readonly expected: string;
}

/**
 * The value, with keys in the schema's order; keys that the schema does not name follow in theirs.
 *
 * @param what the beginning of the error, such as `Cannot read x.json`
 * @throws {BenchError} If the value does not follow the schema
 */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): Checked<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [first, ...others] = error.issues;
  const more = others.length === 0 ? "" : `; ${others.length} more ${others.length === 1 ? "fault" : "faults"}`;
  throw new BenchError(faultText(what, faultOf(first, value, schema)) + more);
}

/** One line that says what cannot be done, and why. */
export function faultText(what: string, { place, found, expected }: Fault): string {
  return `${what}: ${place || "the document"} is ${found}, expected ${expected}`;
}

/** `datasets[0].problems[3].n` for its path. */
export function placeText(path: readonly PropertyKey[]): string {
  return path.map((step) => typeof step === "number" ? `[${step}]` : `.${String(step)}`).join("").replace(/^\./, "");
}

function faultOf(issue: z.core.$ZodIssue, value: unknown, schema: z.ZodType): Fault {
  const root = jsonSchema(schema);
  const rule = schemaAt(root, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(withoutNull(rule, root).schema.properties ?? {});
    return {
      place: placeText([...issue.path, issue.keys[0]]),
      found: "an unknown key",
      expected: `one of ${known.join(", ")}`,
    };
  }
  if (issue.code === "invalid_key") {
    const { propertyNames } = withoutNull(schemaAt(root, issue.path.slice(0, -1)), root).schema;
    const expected = typeof propertyNames === "object" ? expectation(propertyNames, root) : "another";
    return { place: placeText(issue.path), found: "an unknown key", expected };
  }
  const found = issue.path.reduce<unknown>((node, step) => (node as Record<PropertyKey, unknown>)?.[step], value);
  return { place: placeText(issue.path), found: shown(found), expected: expectation(rule, root) };
}

const SHOWN_CHARACTERS = 40;

/** A value in a few words. */
export function shown(value: unknown): string {
  if (value === undefined) return "absent";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0 ? "an empty object" : `an object with the keys ${keys.join(", ")}`;
  }
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
