/**
 * The part of JSON Schema (draft 2020-12) that this project's schemas use: enough to check a file, to name the place of a
 * fault, and to put keys into the schema's order. Small, because every command that reads results starts with it.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../files/json.ts";

/** A schema, as parsed from its JSON file. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
}

/** The first fault of a value: where, what is there, what should be. */
export interface Fault {
  /** e.g. `datasets[0].problems[3].n`; empty at the root. */
  readonly place: string;
  readonly found: string;
  readonly expected: string;
}

/** @returns the first fault, or undefined where the value follows the schema */
export function findFault(
  value: unknown,
  schema: JsonSchema,
  root: JsonSchema = schema,
  place = "",
): Fault | undefined {
  const rule = resolve(schema, root);
  const fault = (expected: string): Fault => ({ place, found: shown(value), expected });
  if (rule.const !== undefined && value !== rule.const) return fault(JSON.stringify(rule.const));
  if (rule.enum !== undefined && !rule.enum.includes(value as JsonValue)) {
    return fault(`one of ${rule.enum.map((choice) => JSON.stringify(choice)).join(", ")}`);
  }
  if (rule.type !== undefined) {
    const types = typeof rule.type === "string" ? [rule.type] : rule.type;
    if (!types.some((type) => hasType(value, type))) return fault(types.join(" or "));
  }
  if (typeof value === "number") return numberFault(value, rule, fault);
  if (typeof value === "string") return stringFault(value, rule, fault);
  if (Array.isArray(value)) return arrayFault(value, rule, root, place, fault);
  if (typeof value === "object" && value !== null) return objectFault(value as JsonObject, rule, root, place, fault);
  return undefined;
}

/** The value with keys in the order of the schema's `properties`, and other keys sorted. */
export function orderKeys(value: JsonValue, schema: JsonSchema, root: JsonSchema = schema): JsonValue {
  const rule = resolve(schema, root);
  if (Array.isArray(value)) {
    return value.map((item, i) => orderKeys(item, rule.prefixItems?.[i] ?? rule.items ?? {}, root));
  }
  if (typeof value !== "object" || value === null) return value;
  const object = value as JsonObject;
  const known = Object.keys(rule.properties ?? {}).filter((key) => object[key] !== undefined);
  const others = Object.keys(object).filter((key) => object[key] !== undefined && !known.includes(key)).sort();
  const other = typeof rule.additionalProperties === "object" ? rule.additionalProperties : {};
  return Object.fromEntries(
    [...known, ...others].map((key) => [key, orderKeys(object[key], rule.properties?.[key] ?? other, root)]),
  );
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace("#/$defs/", "");
  const target = root.$defs?.[name];
  if (target === undefined) throw new TypeError(`Cannot follow $ref ${schema.$ref}: expected one of $defs`);
  return target;
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return Number.isFinite(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "boolean":
      return typeof value === "boolean";
    default:
      return typeof value === "string";
  }
}

type MakeFault = (expected: string) => Fault;

function numberFault(value: number, { minimum, maximum }: JsonSchema, fault: MakeFault): Fault | undefined {
  if (minimum !== undefined && value < minimum) return fault(`at least ${minimum}`);
  if (maximum !== undefined && value > maximum) return fault(`at most ${maximum}`);
  return undefined;
}

function stringFault(value: string, { minLength, pattern }: JsonSchema, fault: MakeFault): Fault | undefined {
  if (minLength !== undefined && value.length < minLength) return fault(`a text of at least ${minLength} characters`);
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return fault(`a text matching ${pattern}`);
  return undefined;
}

function arrayFault(
  value: readonly unknown[],
  rule: JsonSchema,
  root: JsonSchema,
  place: string,
  fault: MakeFault,
): Fault | undefined {
  if (rule.minItems !== undefined && value.length < rule.minItems) return fault(`at least ${rule.minItems} items`);
  if (rule.maxItems !== undefined && value.length > rule.maxItems) return fault(`at most ${rule.maxItems} items`);
  for (let i = 0; i < value.length; i++) {
    const found = findFault(value[i], rule.prefixItems?.[i] ?? rule.items ?? {}, root, `${place}[${i}]`);
    if (found) return found;
  }
  return undefined;
}

function objectFault(
  value: JsonObject,
  rule: JsonSchema,
  root: JsonSchema,
  place: string,
  fault: MakeFault,
): Fault | undefined {
  for (const key of rule.required ?? []) {
    if (!Object.hasOwn(value, key)) return fault(`the key ${JSON.stringify(key)}`);
  }
  for (const [key, child] of Object.entries(value)) {
    const childPlace = place === "" ? key : `${place}.${key}`;
    if (rule.propertyNames) {
      const found = findFault(key, rule.propertyNames, root, `${childPlace} (key)`);
      if (found) return found;
    }
    const own = rule.properties && Object.hasOwn(rule.properties, key) ? rule.properties[key] : undefined;
    if (own === undefined && rule.additionalProperties === false) {
      return {
        place: childPlace,
        found: "this key",
        expected: `one of ${Object.keys(rule.properties ?? {}).join(", ")}`,
      };
    }
    const other = typeof rule.additionalProperties === "object" ? rule.additionalProperties : {};
    const found = findFault(child, own ?? other, root, childPlace);
    if (found) return found;
  }
  return undefined;
}

const SHOWN_CHARACTERS = 40;

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object with the keys ${Object.keys(value).join(", ")}`;
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
