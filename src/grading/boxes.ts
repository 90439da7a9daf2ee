/**
 * The boxes of a completion: which of them is the answer, and what stands directly after it.
 *
 * @module
 */
import { changesNumber, isKnownUnit, PERCENT, SCALES } from "./units.ts";

const BOX = "\\boxed";
const BOXES = /\\(?:boxed|fbox|framebox)(?![a-zA-Z])/g;

interface Box {
  readonly start: number;
  readonly content: string;
  readonly end: number;
}

/** What boxes say. */
export interface Boxed {
  /** What the last boxes hold that hold anything; absent where none does. */
  readonly answer?: string;
  /** Where the last of them ends. */
  readonly end: number;
  /** A later box began and was cut off. */
  readonly open: boolean;
}

/** Whether a text has a box. */
export function hasBox(text: string): boolean {
  return text.search(BOXES) >= 0;
}

/** Content of the last box that is not empty, and of those joined with it, with the unit that stands after it. */
export function lastBoxes(text: string): Boxed {
  const { boxes, open } = fullBoxes(text);
  const last = boxes[boxes.length - 1];
  if (!last) return { end: 0, open };
  let first = boxes.length - 1;
  while (first > 0 && JOINING.test(text.slice(boxes[first - 1].end, boxes[first].start).slice(0, MAX_JOINT + 1))) {
    first--;
  }
  // The same box twice is one answer said again.
  const content = [...new Set(boxes.slice(first).map((box) => box.content))].join(", ");
  return { answer: content + unitAfter(text, last), end: last.end, open };
}

/** What may stand between boxes that form a list, and its greatest length. */
const JOINING = /^[\s$]*(?:(?:,|;|\\quad|\\,|\\text\{\s?(?:and|or)\s?\}|and|or)[\s$]*){1,3}$/;
const MAX_JOINT = 40;

/** What stands in a box that only says that an answer will. */
const PLACEHOLDER =
  /^(?:\.{2,}|…|\\[lc]?dots|\\text\{\s?\}|(?:\\text\{)?(?:your |the )?(?:final )?answer(?: here)?\}?)$/i;

/** Boxes that are in no other box and hold something, in order. */
function fullBoxes(text: string): { boxes: Box[]; open: boolean } {
  const boxes: Box[] = [];
  const closing = closingBraces(text);
  const pattern = new RegExp(BOXES);
  let open = false;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    let at = pattern.lastIndex;
    while (text[at] === " ") at++;
    if (text[at] === "[" && match[0] === "\\framebox") at = skipOptions(text, at);
    const box = text[at] === "{" ? bracedBox(text, match.index, at, closing) : bareBox(text, match.index, at);
    if (box === "open") open = true;
    else if (box) {
      pattern.lastIndex = box.end;
      if (box.content === "" || PLACEHOLDER.test(box.content)) continue;
      boxes.push(box);
      open = false;
    }
  }
  return { boxes, open };
}

/** After the optional arguments of `\framebox[3cm][l]{…}`. */
function skipOptions(text: string, start: number): number {
  const options = /^(?:\[[^\]]{0,20}\]){1,2}/.exec(text.slice(start, start + 50));
  return start + (options?.[0].length ?? 0);
}

function bracedBox(
  text: string,
  start: number,
  at: number,
  closing: ReadonlyMap<number, number>,
): Box | "open" | undefined {
  const close = closing.get(at);
  // A brace that never closes and has nothing after it only mentions the box.
  if (close === undefined) return /^\s*$/.test(text.slice(at + 1, at + MAX_JOINT)) ? undefined : "open";
  const inside = innermost(text, at, close, closing);
  return { start, content: text.slice(inside.start, inside.end).trim(), end: close + 1 };
}

/** `\boxed 42`: a number or one capital letter; another word after a bare `\boxed` is of the sentence. */
function bareBox(text: string, start: number, at: number): Box | undefined {
  const value = /^(?:[-+]?[\d.][^\s{}$\\.,]{0,40}|[A-Z](?![a-zA-Z]))/.exec(text.slice(at, at + MAX_JOINT));
  return value ? { start, content: value[0], end: at + value[0].length } : undefined;
}

/** Bounds of the content, of the inner box where a box holds nothing but a box. */
function innermost(text: string, open: number, close: number, closing: ReadonlyMap<number, number>) {
  let [start, end] = [open + 1, close];
  while (text.startsWith(`${BOX}{`, start)) {
    const inner = closing.get(start + BOX.length);
    if (inner !== end - 1) break;
    [start, end] = [start + BOX.length + 1, inner];
  }
  return { start, end };
}

/** Place of the closing brace of each opening one. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === BACKSLASH) i++;
    else if (char === OPEN_BRACE) open.push(i);
    else if (char === CLOSE_BRACE) {
      const start = open.pop();
      if (start !== undefined) closing.set(start, i);
    }
  }
  return closing;
}

const [BACKSLASH, OPEN_BRACE, CLOSE_BRACE] = ["\\", "{", "}"].map((char) => char.charCodeAt(0));

const AFTER =
  /^[\s$]{0,5}(?:\\[,;: ]|~){0,3}\s{0,3}(\\?%|\^?\{?\\(?:circ|degree)\b\}?|[°%]|\\(?:text|textrm|mathrm|mbox)\s?\{[^{}]{1,40}\}(?:\^\{?\d\}?)?|[a-zA-Z]+\b)/;

/** A percent sign, unit or number word directly after a box. */
function unitAfter(text: string, { content, end }: Box): string {
  // What is in the box already says so.
  if (/[a-zA-Z%°]\s?\}?(?:\^\{?[\d\\].*)?$/.test(content.replace(/\\[a-zA-Z]+$/, "°"))) {
    if (/\\text|\\mathrm|\\mbox|%|°/.test(content)) return "";
  }
  const unit = AFTER.exec(text.slice(end, end + MAX_AFTER))?.[1];
  if (unit === undefined) return "";
  if (/^(?:\\?%|[°%]|\^?\{?\\(?:circ|degree))/.test(unit)) {
    return unit.endsWith("%") ? "\\%" : "^{\\circ}";
  }
  const inText = unit.startsWith("\\");
  const words = unit.replace(/\\[a-z]+\s?\{|\}.*$/g, "").toLowerCase().match(/[a-z]+/g) ?? [];
  const belongs = words.length > 0 &&
    words.every((word) =>
      PERCENT.has(word) || SCALES.has(word) || changesNumber(word) || CONNECTING.has(word) ||
      (isKnownUnit(word) && (inText || word.length > 2))
    ) && !CONNECTING.has(words[words.length - 1]);
  return belongs ? ` ${inText ? unit : `\\text{ ${unit}}`}` : "";
}

const MAX_AFTER = 80;
const CONNECTING: ReadonlySet<string> = new Set(["square", "cubic", "per", "sq", "cu"]);
