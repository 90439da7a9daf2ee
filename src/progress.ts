/**
 * Progress on stderr, one line a phase, and the program's only clock.
 *
 * A phase shows nothing in its first two seconds. On a terminal its line is redrawn in place; elsewhere, and under
 * NO_COLOR, plain lines appear every few seconds, ever more rarely as the phase grows long.
 *
 * @module
 */
import { fitWidth } from "./text_width.ts";

/** Milliseconds on a monotonic clock, for durations only. */
export function now(): number {
  return performance.now();
}

/** The date and time, ISO 8601 in UTC, for the `run` part of a result. */
export function dateTime(): string {
  return new Date().toISOString();
}

/** Figures shown beside a phase, e.g. `{ reward: 0.43, accuracy: "0.31 ± 0.02" }`; numbers get three digits. */
export type ProgressFields = Readonly<Record<string, string | number>>;

/** A piece of work under way. */
export interface Phase extends Disposable {
  /** So many units more are done; `fields` replace those shown before. */
  advance(by?: number, fields?: ProgressFields): void;
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
const BAR_COLUMNS = 20;
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = "\r\x1b[K";

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
export class Progress {
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  /** The phase whose line stands open on the terminal. */
  #open: PhaseLine | undefined;

  constructor(options: { quiet?: boolean; terminal?: Terminal } = {}) {
    this.#quiet = options.quiet ?? false;
    this.#terminal = options.terminal ?? stderrTerminal();
  }

  /** Starts a phase; only the latest one is shown while it runs. */
  phase(label: string, options: PhaseOptions): Phase {
    if (this.#quiet) return { advance() {}, end() {}, [Symbol.dispose]() {} };
    this.#open?.end();
    const line = new PhaseLine(this.#terminal, label, options, () => {
      if (this.#open === line) this.#open = undefined;
    });
    this.#open = line;
    return line;
  }

  /** One line on stderr that stays, above the open phase. */
  note(text: string): void {
    if (this.#quiet) return;
    this.#terminal.write(this.#terminal.interactive ? `${CLEAR_LINE}${text}\n` : `${text}\n`);
    this.#open?.redraw();
  }
}

class PhaseLine implements Phase {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #options: PhaseOptions;
  readonly #onEnd: () => void;
  readonly #startedAt: number;
  readonly #doneBefore: number;
  #done: number;
  #fields: ProgressFields = {};
  #drawnAt: number | undefined;
  #ended = false;
  #cancel: () => void = () => {};

  constructor(terminal: Terminal, label: string, options: PhaseOptions, onEnd: () => void) {
    this.#terminal = terminal;
    this.#label = label;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#doneBefore = options.done ?? 0;
    this.#done = this.#doneBefore;
    this.#startedAt = terminal.clock();
    this.#heartbeat(QUIET_MS);
  }

  advance(by = 1, fields: ProgressFields = this.#fields): void {
    this.#done += by;
    this.#fields = fields;
    this.#drawIfDue();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancel();
    const elapsed = this.#elapsed();
    if (this.#drawnAt !== undefined || elapsed >= QUIET_MS) {
      const line = `${this.#label}: ${this.#parts("end").join(", ")}`;
      this.#terminal.write(this.#terminal.interactive ? `${CLEAR_LINE}${line}\n` : `${line}\n`);
    }
    this.#onEnd();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  /** Draws again at once what a note has overwritten. */
  redraw(): void {
    if (this.#drawnAt !== undefined && this.#terminal.interactive) this.#draw();
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
    this.#draw();
  }

  #draw(): void {
    this.#drawnAt = this.#terminal.clock();
    const { total } = this.#options;
    if (!this.#terminal.interactive) {
      this.#terminal.write(`${this.#label}: ${this.#parts("plain").join(", ")}\n`);
      return;
    }
    const bar = total === undefined ? [] : [barText(this.#done / total, BAR_COLUMNS)];
    const line = [this.#label, ...bar, ...this.#parts("bar")].join("  ");
    this.#terminal.write(CLEAR_LINE + fitWidth(line, this.#terminal.columns() - 1));
  }

  #parts(place: "bar" | "plain" | "end"): string[] {
    const { total, unit } = this.#options;
    const elapsed = this.#elapsed();
    const done = this.#done - this.#doneBefore;
    const perSecond = elapsed > 0 ? done / (elapsed / 1000) : 0;
    const count = countText(this.#done, total, unit);
    const share = total && place === "plain" ? ` (${Math.floor((100 * this.#done) / total)} %)` : "";
    const parts = [place === "end" ? `${count} in ${durationText(elapsed)}` : count + share];
    if (done > 0) parts.push(rateText(perSecond, unit));
    if (place !== "end" && total !== undefined) {
      const left = done > 0 ? durationText((1000 * Math.max(0, total - this.#done)) / perSecond) : "?";
      parts.push(`${left} left`);
    }
    for (const [name, value] of Object.entries(this.#fields)) {
      parts.push(`${name} ${typeof value === "number" ? numberText(value) : value}`);
    }
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

function countText(done: number, total: number | undefined, unit: string): string {
  if (unit === "B") return total === undefined ? bytesText(done) : `${bytesText(done)} of ${bytesText(total)}`;
  const count = total === undefined ? `${done}` : `${done}/${total}`;
  return `${count} ${(total ?? done) === 1 ? unit : `${unit}s`}`;
}

function rateText(perSecond: number, unit: string): string {
  if (unit === "B") return `${bytesText(perSecond)}/s`;
  return perSecond >= 1 ? `${numberText(perSecond)} ${unit}s/s` : `${durationText(1000 / perSecond)} a ${unit}`;
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
