/**
 * Typed access to the fields of a checkpoint's configuration, with errors that name the file.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { JsonRecord } from "../files/read.ts";

/** No number of a configuration is larger: what follows from them, such as names of tensors, stays small work. */
const LARGEST_SIZE = 2 ** 24;

/** The fields of one JSON object. */
export class ConfigFields {
  constructor(readonly json: JsonRecord, readonly source: string) {}

  /** @throws {BenchError} Always */
  fail(found: string): never {
    throw new BenchError(`Cannot load the model of ${this.source}: ${found}`);
  }

  /** A positive integer. */
  size(name: string, fallback?: number, most = LARGEST_SIZE): number {
    const value = this.json[name] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1) {
      this.fail(`${name} is ${JSON.stringify(value ?? null)}, expected a positive integer`);
    }
    if ((value as number) > most) {
      this.fail(`${name} is ${value}, expected at most ${most}: no model is of such a size`);
    }
    return value as number;
  }

  /** A number above 0. */
  positive(name: string, fallback?: number): number {
    return this.optionalPositive(name) ?? this.#positive(name, fallback);
  }

  /** A number above 0, or undefined where there is none. */
  optionalPositive(name: string): number | undefined {
    const value = this.json[name] ?? undefined;
    return value === undefined ? undefined : this.#positive(name, value);
  }

  #positive(name: string, value: unknown): number {
    if (typeof value === "number" && value > 0) return value;
    return this.fail(`${name} is ${JSON.stringify(value ?? null)}, expected a positive number`);
  }

  /** True or false. */
  flag(name: string, fallback = false): boolean {
    const value = this.json[name] ?? fallback;
    if (typeof value !== "boolean") this.fail(`${name} is ${JSON.stringify(value)}, expected true or false`);
    return value as boolean;
  }

  /** An object, or undefined where there is none. */
  record(name: string): JsonRecord | undefined {
    const value = this.json[name] ?? undefined;
    if (value !== undefined && (typeof value !== "object" || Array.isArray(value))) {
      this.fail(`${name} is ${JSON.stringify(value)}, expected an object`);
    }
    return value as JsonRecord | undefined;
  }

  /** A list of so many items that pass, or undefined where there is none. */
  list<T>(name: string, length: number, item: (value: unknown) => value is T, expected: string): T[] | undefined {
    const value = this.json[name] ?? undefined;
    if (value === undefined || (Array.isArray(value) && value.length === length && value.every(item))) return value;
    return this.fail(`${name} is ${shown(value)}, expected ${length} ${expected}`);
  }
}

const MOST_SHOWN = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
