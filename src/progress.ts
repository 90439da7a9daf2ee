/**
 * Progress on stderr, one line per phase.
 *
 * A phase shows nothing in its first two seconds. On a terminal the lines of all phases under way are redrawn in place;
 * elsewhere, and under NO_COLOR, plain lines appear every few seconds, ever more rarely as the phase grows long.
 *
 * @module
 */
import { fitWidth, textWidth, wrapWidth } from "./text/width.ts";
import { now } from "./clock.ts";

/** Figures shown beside a phase, e.g. `{ reward: 0.43, accuracy: "0.31 ± 0.02" }`; numbers get three digits. */
export type ProgressFields = Readonly<Record<string, string | number>>;

/** A piece of work under way. */
export interface Phase extends Disposable {
  /**
   * So many units more are done; `fields` replace those shown before.
   *
   * @param underWay what is done of units that are not: it moves the bar and the time left, and not the count (default 0)
   */
  advance(by?: number, fields?: ProgressFields, underWay?: number): void;
  /** Ends the phase and leaves one line about it, if it took long enough to be shown; a second call does nothing. */
  end(): void;
}

/** What a phase is counted in. */
export interface PhaseOptions {
  /** Units of the whole, where known. */
  readonly total?: number;
  /** Name of one unit, e.g. `step`; `B` counts bytes. */
  readonly unit: string;
  /** Units that were already done before, by an interrupted run; they do not count for the rate. */
  readonly done?: number;
  /** Where units take unlike time: the part of the work that is done, in [0, 1], and what is left, where that is known. */
  readonly measure?: () => { readonly share: number; readonly leftMs: number | undefined };
}

/** Where work says how far it is. */
export interface ProgressLog {
  /** Starts a phase; several may be under way. */
  phase(label: string, options: PhaseOptions): Phase;
  /** One line that stays, above the phases under way. */
  note(text: string): void;
}

/** Where progress is written to; the real one is {@link stderrTerminal}. */
export interface Terminal {
  write(text: string): void;
  /** Whether a line can be redrawn. */
  readonly interactive: boolean;
  columns(): number;
  clock(): number;
  /** Calls back after so many milliseconds, without keeping the program alive. @returns a function that cancels it */
  later(callback: () => void, ms: number): () => void;
}

const QUIET_MS = 2000;
const REDRAW_MS = 100;
/** On a terminal the line moves even when no unit ends. */
const HEARTBEAT_MS = 1000;
/** Plain lines are this far apart, or this share of the time that the phase already took. */
const PLAIN_MS = 5000;
const PLAIN_SHARE = 0.1;
/** The widest bar, and the narrowest that still shows something. */
const BAR_COLUMNS = 20, LEAST_BAR_COLUMNS = 5;
const DEFAULT_COLUMNS = 80;
/** Between the parts of a line. */
const GAP = "  ";
/** From the cursor to the end of the screen. */
const CLEAR_BELOW = "\x1b[J";

/**
 * Hands out phases that share one terminal.
 *
 * @example
 * ```ts
 * const progress = new Progress({ quiet: true });
 * using phase = progress.phase("train", { total: 2, unit: "step" });
 * phase.advance(1, { reward: 0.5 });
 * phase.advance(1, { reward: 0.75 });
 * ```
 */
export class Progress implements ProgressLog {
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  /** Phases under way, in the order of their start. */
  readonly #open = new Set<PhaseLine>();
  /** Lines that stand on the terminal and will be redrawn; the cursor is at the end of the last. */
  #standing = 0;

  constructor(options: { quiet?: boolean; terminal?: Terminal } = {}) {
    this.#quiet = options.quiet ?? false;
    this.#terminal = options.terminal ?? stderrTerminal();
  }

  phase(label: string, options: PhaseOptions): Phase {
    if (this.#quiet) return { advance() {}, end() {}, [Symbol.dispose]() {} };
    const line = new PhaseLine(this.#terminal, label, options, {
      draw: () => this.#terminal.interactive ? this.#redraw() : this.#terminal.write(`${line.plain()}\n`),
      end: (last) => {
        this.#open.delete(line);
        if (last !== undefined) this.note(last);
      },
    });
    this.#open.add(line);
    return line;
  }

  note(text: string): void {
    if (this.#quiet) return;
    if (this.#terminal.interactive) this.#redraw(text);
    else this.#terminal.write(`${text}\n`);
  }

  /** Draws all lines again, under one that stays. */
  #redraw(staying?: string): void {
    const up = this.#standing > 1 ? `\x1b[${this.#standing - 1}A` : "";
    const lines = [...this.#open].filter(({ shown }) => shown)
      .map((line) => line.bar(this.#terminal.columns() - 1));
    const above = staying === undefined ? "" : wrapWidth(staying, this.#terminal.columns()).join("\n") + "\n";
    this.#terminal.write(`\r${up}${CLEAR_BELOW}${above}${lines.join("\n")}`);
    this.#standing = lines.length;
  }
}

/** What a phase asks of those who show it. */
interface PhaseEvents {
  /** It is time to draw. */
  draw(): void;
  /** The phase is over, and leaves this line if it was long enough. */
  end(last: string | undefined): void;
}

class PhaseLine implements Phase {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #options: PhaseOptions;
  readonly #events: PhaseEvents;
  readonly #startedAt: number;
  readonly #doneBefore: number;
  #done: number;
  #underWay = 0;
  #fields: ProgressFields = {};
  #drawnAt: number | undefined;
  #ended = false;
  #cancel: () => void = () => {};

  constructor(terminal: Terminal, label: string, options: PhaseOptions, events: PhaseEvents) {
    this.#terminal = terminal;
    this.#label = label;
    this.#options = options;
    this.#events = events;
    this.#doneBefore = options.done ?? 0;
    this.#done = this.#doneBefore;
    this.#startedAt = terminal.clock();
    this.#heartbeat(QUIET_MS);
  }

  advance(by = 1, fields: ProgressFields = this.#fields, underWay = 0): void {
    this.#done += by;
    this.#underWay = underWay;
    this.#fields = fields;
    this.#drawIfDue();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancel();
    const long = this.shown || this.#elapsed() >= QUIET_MS;
    this.#events.end(long ? `${this.#label}: ${this.#parts("end").join(", ")}` : undefined);
  }

  [Symbol.dispose](): void {
    this.end();
  }

  /** Whether it is long enough to be seen. */
  get shown(): boolean {
    return this.#drawnAt !== undefined;
  }

  /** The line for places where nothing is redrawn. */
  plain(): string {
    return `${this.#label}: ${this.#parts("plain").join(", ")}`;
  }

  /**
   * The line that a terminal redraws, in so many columns at most. In few the bar shrinks first, then figures go, then the
   * bar, then the end of the label; the time left stays.
   */
  bar(columns: number): string {
    const { total } = this.#options;
    const [count, ...rest] = this.#parts("bar");
    const [left, more] = total === undefined ? [[], rest] : [rest.slice(0, 1), rest.slice(1)];
    const needed = [count, ...left].join(GAP);
    const widthOf = (parts: readonly string[]) => textWidth(parts.join(GAP)) + GAP.length;
    const room = columns - widthOf([this.#label, needed, ...more]);
    const least = columns - widthOf([this.#label, needed]);
    const bar = Math.min(BAR_COLUMNS, Math.max(room, Math.min(least, LEAST_BAR_COLUMNS)));
    const bars = total === undefined || bar < LEAST_BAR_COLUMNS ? [] : [barText(this.#share, bar)];
    const label = fitWidth(this.#label, Math.max(1, columns - widthOf([needed])));
    let line = [label, ...bars, needed].join(GAP);
    // A figure that is cut says nothing.
    for (const figure of more) {
      if (textWidth(line + GAP + figure) > columns) break;
      line += GAP + figure;
    }
    return fitWidth(line, columns);
  }

  /** The part that is done, in [0, 1]. */
  get #share(): number {
    const { measure, total = 1 } = this.#options;
    return measure?.().share ?? this.#moved / total;
  }

  /** Units that are done, with the parts of those that are not. */
  get #moved(): number {
    return this.#done + this.#underWay;
  }

  #heartbeat(ms: number): void {
    this.#cancel = this.#terminal.later(() => {
      this.#drawIfDue();
      this.#heartbeat(HEARTBEAT_MS);
    }, ms);
  }

  #elapsed(): number {
    return this.#terminal.clock() - this.#startedAt;
  }

  #drawIfDue(): void {
    const elapsed = this.#elapsed();
    if (this.#ended || elapsed < QUIET_MS) return;
    const apart = this.#terminal.interactive ? REDRAW_MS : Math.max(PLAIN_MS, PLAIN_SHARE * elapsed);
    if (this.#drawnAt !== undefined && this.#terminal.clock() - this.#drawnAt < apart) return;
    this.#drawnAt = this.#terminal.clock();
    this.#events.draw();
  }

  #parts(place: "bar" | "plain" | "end"): string[] {
    const { total, unit, measure } = this.#options;
    const elapsed = this.#elapsed();
    const moved = (place === "end" ? this.#done : this.#moved) - this.#doneBefore;
    const perSecond = elapsed > 0 ? moved / (elapsed / 1000) : 0;
    const count = doneText(this.#done, total, unit);
    const share = total && place === "plain" ? ` (${Math.floor(100 * this.#share)} %)` : "";
    const parts = [place === "end" ? `${count} in ${durationText(elapsed)}` : count + share];
    // The time left before the rest, which a narrow terminal cuts off.
    if (place !== "end" && total !== undefined) {
      const rated = moved > 0 ? (1000 * Math.max(0, total - this.#moved)) / perSecond : undefined;
      const left = measure === undefined ? rated : measure().leftMs;
      parts.push(`${left === undefined ? "?" : durationText(left)} left`);
    }
    for (const [name, value] of Object.entries(this.#fields)) {
      parts.push(`${name} ${typeof value === "number" ? numberText(value) : value}`);
    }
    if (moved > 0 && measure === undefined) parts.push(rateText(perSecond, unit));
    return parts;
  }
}

/** Standard error: interactive on a terminal without NO_COLOR. */
export function stderrTerminal(): Terminal {
  const encoder = new TextEncoder();
  return {
    write(text) {
      try {
        Deno.stderr.writeSync(encoder.encode(text));
      } catch (error) {
        // Progress is not worth a failed run: whoever read it has gone.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    },
    interactive: Deno.stderr.isTerminal() && !Deno.noColor,
    // A pseudo-terminal may say that it has no columns.
    columns: () => Deno.consoleSize().columns || DEFAULT_COLUMNS,
    clock: now,
    later(callback, ms) {
      const timer = setTimeout(callback, ms);
      Deno.unrefTimer(timer);
      return () => clearTimeout(timer);
    },
  };
}

/** `6.4 s`, `3:07` (minutes and seconds) or `2:03:07`, from milliseconds. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function doneText(done: number, total: number | undefined, unit: string): string {
  if (unit === "B") return total === undefined ? bytesText(done) : `${bytesText(done)} of ${bytesText(total)}`;
  const count = total === undefined ? `${done}` : `${done}/${total}`;
  return `${count} ${(total ?? done) === 1 ? unit : `${unit}s`}`;
}

function rateText(perSecond: number, unit: string): string {
  if (unit === "B") return `${bytesText(perSecond)}/s`;
  return perSecond >= 1 ? `${numberText(perSecond)} ${unit}s/s` : `${durationText(1000 / perSecond)} per ${unit}`;
}

function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Three significant digits; thousands in full. */
function numberText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** A bar of `columns` blocks, the last one in eighths. */
function barText(share: number, columns: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const part = eighths % 8 === 0 ? "" : " ▏▎▍▌▋▊▉"[eighths % 8];
  return ("█".repeat(Math.floor(eighths / 8)) + part).padEnd(columns, "·");
}
