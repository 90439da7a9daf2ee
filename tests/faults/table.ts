/**
 * What was tried, what held, and what could not be tried.
 *
 * @module
 */

/** One case: what it is, and what was found where it did not hold. */
export interface Case {
  readonly name: string;
  run(): Promise<string | undefined>;
}

/** Cases of one kind; a kind that cannot be tried here says why. */
export interface Kind {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly notHere?: string;
}

/** How a kind came off. */
export interface Row {
  readonly name: string;
  /** Cases that there was no time for. */
  readonly left?: number;
  readonly tried: number;
  readonly held: number;
  readonly notHere?: string;
}

/**
 * Tries all cases of a kind, several at a time, and prints each that does not hold.
 *
 * @param until no case begins after this, by `performance.now()`
 */
export async function tryAll({ name, cases, notHere }: Kind, jobs: number, until = Infinity): Promise<Row> {
  if (notHere !== undefined) {
    console.log(`NOT TRIED: ${name}: ${notHere}`);
    return { name, tried: 0, held: 0, notHere };
  }
  const queue = spread(cases).values();
  let [tried, held] = [0, 0];
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (const { name: own, run } of queue) {
      if (performance.now() > until) return;
      tried++;
      const finding = await run().catch((error) => String(error instanceof Error ? error.stack : error));
      if (finding === undefined) held++;
      else console.log(`FOUND: ${name}: ${own}: ${finding}`);
    }
  }));
  const left = cases.length - tried;
  console.log(`${name}: ${held} of ${tried} held${left > 0 ? `, no time for ${left} more` : ""}`);
  return { name, tried, held, ...(left > 0 && { left }) };
}

/** The table of all kinds. */
export function tableText(rows: readonly Row[]): string {
  const lines = rows.map(({ name, tried, held, left, notHere }) =>
    notHere === undefined
      ? `| ${name}${left === undefined ? "" : `, no time for ${left} more`} | ${tried} | ${held} |`
      : `| ${name} | not tried: ${notHere} | |`
  );
  const total = (key: "tried" | "held") => rows.reduce((sum, row) => sum + row[key], 0);
  return ["| what | tried | held |", "| --- | --: | --: |", ...lines, `| all | ${total("tried")} | ${total("held")} |`]
    .join("\n");
}

/** In an order in which the first ones are of all parts, so that a time that ends early leaves out none of them. */
function spread<T>(items: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(Math.sqrt(items.length)));
  return Array.from({ length: step }, (_, first) => items.filter((_, i) => i % step === first)).flat();
}

/** So many of some, at even distances, the first and the last among them. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  if (count === 1) return [items[Math.floor(items.length / 2)]];
  return Array.from({ length: count }, (_, i) => items[Math.round(i * (items.length - 1) / (count - 1))]);
}
