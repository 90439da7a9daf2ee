import { assert, assertEquals } from "@std/assert";
import { durationText, Progress, type Terminal } from "../src/progress.ts";
import { textWidth } from "../src/text/width.ts";

/** A terminal that remembers, under a clock that only the test moves. */
class FakeTerminal implements Terminal {
  written = "";
  time = 0;
  timers: { at: number; callback: () => void }[] = [];
  constructor(readonly interactive: boolean, readonly width = 120) {}
  write(text: string) {
    this.written += text;
  }
  columns() {
    return this.width;
  }
  clock() {
    return this.time;
  }
  later(callback: () => void, ms: number) {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  pass(ms: number) {
    this.time += ms;
    const due = this.timers.filter((timer) => timer.at <= this.time);
    this.timers = this.timers.filter((timer) => timer.at > this.time);
    due.forEach((timer) => timer.callback());
  }
  get lines() {
    return this.written.split("\n").filter((line) => line !== "");
  }
}

Deno.test("a phase shorter than two seconds leaves nothing", () => {
  const terminal = new FakeTerminal(false);
  const phase = new Progress({ terminal }).phase("load", { total: 3, unit: "file" });
  terminal.pass(1900);
  phase.advance(3);
  phase.end();
  assertEquals(terminal.written, "");
  assertEquals(terminal.timers.length, 0);
});

Deno.test("off a terminal a phase writes plain lines some seconds apart and one at its end", () => {
  const terminal = new FakeTerminal(false);
  const phase = new Progress({ terminal }).phase("train", { total: 7, unit: "step" });
  for (let step = 1; step <= 7; step++) {
    terminal.pass(2000);
    phase.advance(1, { reward: step / 7 });
  }
  phase.end();
  phase.end();
  // Lines at 2 s, 8 s and 14 s; the heartbeat draws them, just before the step that ends then is counted.
  assertEquals(terminal.lines, [
    "train: 0/7 steps (0 %), ? left",
    "train: 3/7 steps (42 %), 11 s left, reward 0.429, 2.7 s per step",
    "train: 6/7 steps (85 %), 2.3 s left, reward 0.857, 2.3 s per step",
    "train: 7/7 steps in 14 s, reward 1, 2.0 s per step",
  ]);
  assert(!terminal.written.includes("\x1b"));
});

Deno.test("plain lines grow rarer in a long phase", () => {
  const terminal = new FakeTerminal(false);
  const phase = new Progress({ terminal }).phase("train", { total: 3600, unit: "step" });
  for (let second = 0; second < 3600; second++) {
    terminal.pass(1000);
    phase.advance();
  }
  phase.end();
  // Every 5 s up to 50 s, then each line 10 % later than the one before: 10 + ln(3600/50)/ln(1.1) ≈ 55.
  assert(terminal.lines.length < 60, `${terminal.lines.length} lines`);
});

Deno.test("on a terminal the line is redrawn in place and fits the width", () => {
  const terminal = new FakeTerminal(true, 70);
  const phase = new Progress({ terminal }).phase("evaluate 算術", { total: 11, unit: "problem" });
  terminal.pass(3000);
  terminal.pass(150);
  phase.advance(5, { accuracy: "0.31 ± 0.02" });
  const drawn = terminal.written.split("\r\x1b[J").at(-1)!;
  assertEquals(drawn, "evaluate 算術  ██▎··  5/11 problems  3.8 s left  accuracy 0.31 ± 0.02");
  assertEquals(textWidth(drawn), 69);
  assert(!terminal.written.includes("\n"));
  phase.end();
  assert(terminal.written.endsWith("\n"));
});

Deno.test("however narrow the terminal, the time left is seen: the bar goes first, then the end of the label", () => {
  const label = "train soft-thinking-grpo-release-s1";
  const drawnAt = (width: number) => {
    const terminal = new FakeTerminal(true, width);
    const phase = new Progress({ terminal }).phase(label, { total: 7, unit: "step" });
    terminal.pass(3000);
    terminal.pass(150);
    phase.advance(3, { reward: "0.43 ▁▅█" });
    return terminal.written.split("\r\x1b[J").at(-1)!;
  };
  assertEquals(drawnAt(121), `${label}  ████████▋···········  3/7 steps  4.2 s left  reward 0.43 ▁▅█  1.1 s per step`);
  assertEquals(drawnAt(84), `${label}  ██▏··  3/7 steps  4.2 s left  reward 0.43 ▁▅█`);
  assertEquals(drawnAt(60), `${label}  3/7 steps  4.2 s left`);
  assertEquals(drawnAt(41), "train soft-think…  3/7 steps  4.2 s left");
});

Deno.test("a whole of unlike units shows the share and the time that it is told", () => {
  const terminal = new FakeTerminal(false);
  const whole = { share: 0.5, leftMs: undefined as number | undefined };
  const phase = new Progress({ terminal }).phase("tiny", { total: 31, unit: "run", measure: () => whole });
  terminal.pass(2000);
  Object.assign(whole, { share: 0.875, leftMs: 61_000 });
  terminal.time += 6000;
  phase.advance(7);
  assertEquals(terminal.lines, ["tiny: 0/31 runs (50 %), ? left", "tiny: 7/31 runs (87 %), 1:01 left"]);
});

Deno.test("a note stays above the open line", () => {
  const terminal = new FakeTerminal(true);
  const progress = new Progress({ terminal });
  progress.phase("train", { total: 13, unit: "step" });
  terminal.pass(2500);
  const before = terminal.written;
  progress.note("checkpoint saved");
  const added = terminal.written.slice(before.length);
  assert(added.startsWith("\r\x1b[Jcheckpoint saved\ntrain"));
});

Deno.test("phases at once have a line each, and the one that ends leaves the others below", () => {
  const terminal = new FakeTerminal(true);
  const progress = new Progress({ terminal });
  const [first, second] = ["a", "b"].map((label) => progress.phase(label, { total: 5, unit: "step" }));
  terminal.pass(2500);
  let before = terminal.written;
  second.advance(2);
  terminal.pass(200);
  first.advance(3);
  // One line up from the second to the first, and both again.
  const [, drawn] = terminal.written.slice(before.length).split("\r\x1b[1A\x1b[J");
  assertEquals(drawn.split("\n").map((line) => line.split("  ")[0]), ["a", "b"]);
  before = terminal.written;
  first.end();
  assertEquals(
    terminal.written.slice(before.length).replace(/ {2}.*$/, ""),
    "\r\x1b[1A\x1b[Ja: 3/5 steps in 2.7 s, 1.11 steps/s\nb",
  );
  second.end();
  assert(terminal.written.endsWith("\n"));
});

Deno.test("off a terminal phases at once write their own lines", () => {
  const terminal = new FakeTerminal(false);
  const progress = new Progress({ terminal });
  const phases = ["a", "b"].map((label) => progress.phase(label, { total: 1, unit: "step" }));
  terminal.pass(2500);
  phases.forEach((phase) => phase.end());
  assertEquals(terminal.lines.map((line) => line.split(":")[0]), ["a", "b", "a", "b"]);
});

Deno.test("work that was done before an interruption does not count for the rate", () => {
  const terminal = new FakeTerminal(false);
  const phase = new Progress({ terminal }).phase("evaluate", { total: 100, unit: "sample", done: 90 });
  terminal.time = 5000;
  phase.advance(5);
  assertEquals(terminal.lines, ["evaluate: 95/100 samples (95 %), 5.0 s left, 1 samples/s"]);
});

Deno.test("what is under way moves the bar, the time left and the rate, and not the count", () => {
  const terminal = new FakeTerminal(true, 61);
  const phase = new Progress({ terminal }).phase("evaluate", { total: 8, unit: "sample" });
  terminal.time = 6000;
  // Half of four samples more: 2 of 8 in 6 s.
  phase.advance(0, { speed: "53 tokens/s" }, 2);
  const drawnLast = () => terminal.written.split("\r\x1b[J").at(-1)!;
  assertEquals(drawnLast(), "evaluate  █▎···  0/8 samples  18 s left  speed 53 tokens/s");
  terminal.time = 9000;
  phase.advance(4, {});
  assertEquals(drawnLast(), "evaluate  ███▌···  4/8 samples  9.0 s left  2.3 s per sample");
  phase.advance(0, {}, 3);
  phase.end();
  assert(terminal.written.endsWith("evaluate: 4/8 samples in 9.0 s, 2.3 s per sample\n"), terminal.written);
});

Deno.test("bytes are counted in megabytes", () => {
  const terminal = new FakeTerminal(false);
  const phase = new Progress({ terminal }).phase("download", { total: 3_500_000_000, unit: "B" });
  terminal.time = 4000;
  phase.advance(14_000_000);
  assertEquals(terminal.lines, ["download: 14.0 MB of 3.50 GB (0 %), 16:36 left, 3.5 MB/s"]);
});

Deno.test("quiet progress writes nothing", () => {
  const terminal = new FakeTerminal(false);
  const progress = new Progress({ terminal, quiet: true });
  using phase = progress.phase("train", { total: 2, unit: "step" });
  terminal.pass(60_000);
  phase.advance();
  progress.note("hidden");
  assertEquals(terminal.written, "");
});

Deno.test("durations are short to read", () => {
  assertEquals([0, 6440, 59_600, 187_000, 7_387_000].map(durationText), ["0.0 s", "6.4 s", "1:00", "3:07", "2:03:07"]);
});
