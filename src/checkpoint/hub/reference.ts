/**
 * `org/name@revision`: how a checkpoint of the Hugging Face hub is named.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";

/** A model of the hub at a revision: a branch, a tag, a commit or its first digits. */
export interface ModelReference {
  /** `org/name`. */
  readonly model: string;
  /** A branch, a tag, a commit or its first digits. */
  readonly revision: string;
}

/** The branch that a reference without a revision means. */
export const DEFAULT_REVISION = "main";

const PATTERN = /^([A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*)(?:@([\w.-]+))?$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a text names a whole commit. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/**
 * Parses a reference.
 *
 * @throws {UsageError} If it has another form
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseModelReference("org/name@v1"), { model: "org/name", revision: "v1" });
 * ```
 */
export function parseModelReference(text: string): ModelReference {
  const match = PATTERN.exec(text);
  if (match === null) throw new UsageError(`Cannot read the model ${JSON.stringify(text)}: expected org/name@revision`);
  return { model: match[1], revision: match[2] ?? DEFAULT_REVISION };
}

/** The text of a reference. */
export function formatModelReference({ model, revision }: ModelReference): string {
  return `${model}@${revision}`;
}
