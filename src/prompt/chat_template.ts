/**
 * A chat template as text: parsed once, rendered within a number of steps, since checkpoints come from anybody.
 *
 * @module
 */
import { Environment, Interpreter, Template } from "npm:@huggingface/jinja@0.5.11";
import { now } from "../clock.ts";
import { BenchError } from "../errors.ts";

/** Steps of one rendering; the longest of the templates that models of the hub have takes some thousand. */
export const MAX_TEMPLATE_STEPS = 1_000_000;
/** And its time, for steps that are long ones. */
const MAX_MILLISECONDS = 2000;
/** Most of it that counts of one step: on a busy machine any step may wait for its turn, and many do not. */
const MAX_STEP_MILLISECONDS = 500;
/** Numbers that one `range()` may give. */
const MAX_RANGE = 10_000;
/** Characters of what is rendered beyond what is put in. */
const MAX_TEXT = 10_000_000;

type Statement = Parameters<Interpreter["evaluate"]>[0];

/** The library's interpreter, which counts. */
class LimitedInterpreter extends Interpreter {
  readonly #clock: () => number;
  #steps = 0;
  #last: number;
  #milliseconds = 0;

  constructor(environment: Environment, clock: () => number) {
    super(environment);
    this.#clock = clock;
    this.#last = clock();
  }

  override evaluate(statement: Statement, environment: Environment): ReturnType<Interpreter["evaluate"]> {
    if (++this.#steps > MAX_TEMPLATE_STEPS) throw new Error(`it takes more than ${MAX_TEMPLATE_STEPS} steps`);
    const time = this.#clock();
    this.#milliseconds += Math.min(time - this.#last, MAX_STEP_MILLISECONDS);
    this.#last = time;
    if (this.#milliseconds > MAX_MILLISECONDS) throw new Error(`it takes more than ${MAX_MILLISECONDS / 1000} s`);
    return super.evaluate(statement, environment);
  }
}

/**
 * Parses a chat template. One that asks for the date gets {@link templateDate}.
 *
 * @param clock milliseconds; another in tests
 * @returns renders it with these variables
 * @throws {BenchError} If it cannot be parsed; and the function, if it refuses, fails or does not come to an end
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const render = parseChatTemplate("{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}");
 * assertEquals(render({ messages: [{ role: "user", content: "1+1" }] }), "[user]1+1");
 * ```
 */
export function parseChatTemplate(
  text: string,
  clock: () => number = now,
): (variables: Readonly<Record<string, unknown>>) => string {
  // As Jinja2 reads it.
  const { parsed } = attempt("parsed", () => new Template(text.replace(/\r\n?/g, "\n")));
  return (variables) =>
    attempt("rendered", () => {
      const environment = new Environment();
      const all = { ...GLOBALS, ...variables };
      for (const [name, value] of Object.entries(all)) environment.set(name, value);
      const rendered = new LimitedInterpreter(environment, clock).run(parsed).value;
      if (typeof rendered !== "string" || rendered.length > MAX_TEXT) {
        throw new Error(`it gives more than ${MAX_TEXT} characters`);
      }
      return rendered;
    });
}

/** What every template may use; the library has them for its own interpreter alone. */
const GLOBALS: Readonly<Record<string, unknown>> = {
  ...{ true: true, false: false, none: null, True: true, False: false, None: null },
  raise_exception: (message: string) => {
    throw new Error(message);
  },
  range: limitedRange,
  strftime_now: templateDate,
};

/** 26 July 2024, by the letters of strftime. */
const DATE_FIELDS: Readonly<Record<string, string>> = {
  ...{ d: "26", e: "26", j: "208", a: "Fri", A: "Friday", m: "07", b: "Jul", B: "July", y: "24", Y: "2024" },
  ...{ F: "2024-07-26", H: "00", I: "12", p: "AM", M: "00", S: "00", T: "00:00:00", Z: "UTC", z: "+0000", "%": "%" },
};

/**
 * The date that templates get for today's: the fallback of Llama 3.2's own template, so that a prompt does not change
 * with the day.
 *
 * @param format as strftime takes it; letters that it does not know stay
 */
export function templateDate(format: string): string {
  return format.replace(/%([-#]?)(.)/g, (whole, short: string, letter: string) => {
    const field = DATE_FIELDS[letter];
    return field === undefined ? whole : short === "" ? field : field.replace(/^0(?=.)/, "");
  });
}

/** As Python's; keyword arguments, which come as an object, are none of its. */
function limitedRange(...bounds: number[]): number[] {
  const [start, stop, step = 1] = bounds.length < 2 ? [0, bounds[0]] : bounds;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= MAX_RANGE)) throw new Error(`range() gives ${count} numbers, at most ${MAX_RANGE} are allowed`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

function attempt<T>(what: "parsed" | "rendered", act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof BenchError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchError(
      `Cannot make prompts: the model's chat template cannot be ${what}: ${reason}; ` +
        `mend chat_template.jinja (or chat_template in tokenizer_config.json), or choose a prompt template without a chat turn`,
    );
  }
}
