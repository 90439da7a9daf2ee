/**
 * Lint rules of this project: what a result may depend on comes in by one door each, so that equal inputs give equal
 * outputs. Registered in deno.json; they look at `src/` alone.
 *
 * @module
 */

/** A global, and the files of `src/` that may use it. */
interface Door {
  /** `Math.random`; `console` stands for all its methods. */
  readonly global: string;
  readonly allowed: readonly string[];
  /** What to use elsewhere. */
  readonly instead: string;
}

const DOORS: readonly Door[] = [
  { global: "Math.random", allowed: [], instead: "a named stream of src/random/streams.ts" },
  { global: "crypto.getRandomValues", allowed: [], instead: "a named stream of src/random/streams.ts" },
  {
    global: "crypto.randomUUID",
    // A secret between two threads, which enters no result.
    allowed: ["execution/sandbox/sandbox.ts"],
    instead: "a name that follows from the content",
  },
  { global: "Date.now", allowed: [], instead: "now() of src/clock.ts" },
  { global: "performance.now", allowed: ["clock.ts"], instead: "now() of src/clock.ts" },
  { global: "Date", allowed: ["clock.ts"], instead: "dateTime() of src/clock.ts" },
  {
    global: "Deno.env",
    allowed: ["tensorflow/environment.ts", "commands/"],
    instead: "a flag or an option; environment variables are read in src/commands/",
  },
  {
    global: "console",
    // The last two are programs of their own, which print one JSON document.
    allowed: ["cli/", "commands/", "doctor/trial.ts", "tensorflow/self_check.ts", "torch/self_check.ts"],
    instead: "a return value, or Progress of src/progress.ts",
  },
];

/** The doors that a file has to use. */
function closedDoors(filename: string): Door[] {
  const path = filename.replaceAll("\\", "/").split("/src/").at(-1)!;
  if (path === filename) return [];
  const isAt = (place: string) => place.endsWith("/") ? path.startsWith(place) : path === place;
  return DOORS.filter(({ allowed }) => !allowed.some(isAt));
}

function message({ global, instead }: Door): string {
  return `${global} is not for this file: use ${instead}`;
}

const plugin: Deno.lint.Plugin = {
  name: "bench",
  rules: {
    "one-door": {
      create(context) {
        const doors = new Map(closedDoors(context.filename).map((door) => [door.global, door]));
        return {
          MemberExpression(node) {
            if (node.object.type !== "Identifier") return;
            const property = node.property.type === "Identifier" ? `.${node.property.name}` : "";
            const door = doors.get(node.object.name + property) ??
              (node.object.name === "console" ? doors.get("console") : undefined);
            if (door !== undefined) context.report({ node, message: message(door) });
          },
          NewExpression(node) {
            // A date that is given is not a clock.
            if (node.callee.type !== "Identifier" || node.callee.name !== "Date" || node.arguments.length > 0) return;
            const door = doors.get("Date");
            if (door !== undefined) context.report({ node, message: message(door) });
          },
        };
      },
    },
  },
};

export default plugin;
