/**
 * The two kinds of failure a user can mend: what was asked for is wrong ({@link UsageError}, exit code 2), or what was
 * asked for could not be done ({@link BenchError}, exit code 1). Both are shown as one or two lines without a stack.
 *
 * @module
 */

/** Something that was asked for could not be done; the message states the action, the value found, the value expected and what to do. */
export class BenchError extends Error {
  /** For `error.name`; subclasses have their own. */
  override readonly name: string = "BenchError";
}

/** The request itself is wrong: an unknown flag, key or name, a value out of range. */
export class UsageError extends BenchError {
  /** For `error.name`. */
  override readonly name: string = "UsageError";
}

/** Letters from which on the beginning of a name stands for it. */
const ABBREVIATION = 3;

/** The known name nearest to `wrong` by edit distance, or the only one it abbreviates; undefined where none is near. */
export function nearestName(wrong: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wrong, name);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  if (best !== undefined || wrong.length < ABBREVIATION) return best;
  const longer = names.filter((name) => name.startsWith(wrong));
  return longer.length === 1 ? longer[0] : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, substitution);
    }
    previous = current;
  }
  return previous[b.length];
}
