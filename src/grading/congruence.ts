/**
 * Congruences: `N ≡ 125 (mod 1000)`.
 *
 * @module
 */
import { isCollection } from "./expression.ts";
import { quantityName } from "./label.ts";
import { Unreadable } from "./limits.ts";
import { parse } from "./parser.ts";
import { absolute } from "./rational.ts";
import type { Reading } from "./reading.ts";
import { scalarKey } from "./scalar_key.ts";
import { splitAt } from "./token_groups.ts";
import type { Token } from "./tokens.ts";

/** What a congruence comes to. */
export interface Congruence {
  readonly keys: readonly string[];
  readonly label?: string;
  readonly standsFor?: { readonly key: string; readonly label?: string };
}

const SIGN: ReadonlySet<string> = new Set(["≡"]);

/**
 * The residue class that a congruence states, and the residue that it stands for; undefined for what is none.
 *
 * @throws {Unreadable} if sides or modulus are missing
 */
export function congruence(tokens: readonly Token[], reading: Reading): Congruence | undefined {
  if (!tokens.some(({ text }) => text === "≡")) return undefined;
  const { parts } = splitAt(tokens, SIGN);
  if (parts.length !== 2) throw new Unreadable("a chain of congruences");
  const [left, right] = parts;
  const { residue, modulus } = withoutModulus(right);
  if (left.length === 0 || residue.length === 0) throw new Unreadable("a side of a congruence is missing");
  const value = parse(residue);
  if (isCollection(value)) throw new Unreadable("a congruence of collections");
  const key = scalarKey(value, reading);
  const label = quantityName(left, false, reading);
  const standsFor = label === undefined ? undefined : { key, label };
  if (modulus.length === 0) return { keys: [key], ...(label !== undefined && { label }) };
  const by = scalarKey(parse(modulus), reading);
  const name = left.map(({ text }) => text).join("");
  return { keys: [`${reduced(key, by)} mod ${by}`], label: name, ...(standsFor && { standsFor }) };
}

/** The residue between 0 and the modulus, where both are integers. */
function reduced(key: string, by: string): string {
  if (!/^-?\d{1,300}$/.test(key) || !/^[1-9]\d{0,300}$/.test(by)) return key;
  const modulus = absolute(BigInt(by));
  return (((BigInt(key) % modulus) + modulus) % modulus).toString();
}

/** Splits off `\\pmod{7}`, `mod 7` or `(mod 7)`. */
function withoutModulus(tokens: readonly Token[]): { residue: readonly Token[]; modulus: readonly Token[] } {
  const at = tokens.findIndex(({ text }) => text === "mod");
  if (at < 0) return { residue: tokens, modulus: [] };
  const bracketed = tokens[at - 1]?.text === "(" && tokens[tokens.length - 1].text === ")";
  const modulus = tokens.slice(at + 1, bracketed ? -1 : undefined);
  if (modulus.length === 0) throw new Unreadable("a modulus is missing");
  return { residue: tokens.slice(0, bracketed ? at - 1 : at), modulus };
}
