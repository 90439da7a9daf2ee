/**
 * Words that may follow a value without being part of it: units, currencies, and counted things.
 *
 * @module
 */

/** Unit words by their one spelling; two answers with different known units are different. */
const SPELLINGS: Readonly<Record<string, string>> = {
  m: "m meter meters metre metres",
  cm: "cm centimeter centimeters centimetre centimetres",
  mm: "mm millimeter millimeters millimetre millimetres",
  km: "km kilometer kilometers kilometre kilometres kms",
  in: "inch inches",
  ft: "ft foot feet",
  yd: "yd yard yards",
  mi: "mi mile miles",
  g: "g gram grams gm",
  mg: "mg milligram milligrams",
  kg: "kg kilogram kilograms kgs",
  lb: "lb lbs pound pounds",
  oz: "oz ounce ounces",
  ton: "ton tons tonne tonnes",
  s: "s sec secs second seconds",
  min: "min mins minute minutes",
  h: "h hr hrs hour hours",
  day: "day days",
  week: "week weeks",
  month: "month months",
  year: "year years yr yrs",
  L: "l liter liters litre litres",
  mL: "ml milliliter milliliters millilitre millilitres",
  gal: "gal gallon gallons",
  qt: "qt quart quarts",
  cup: "cup cups",
  degree: "degree degrees deg",
  celsius: "celsius",
  fahrenheit: "fahrenheit",
  radian: "radian radians rad",
  usd: "dollar dollars usd bucks",
  cent: "cent cents",
  gbp: "gbp",
  eur: "euro euros eur",
  inr: "rupee rupees inr rs",
  yen: "yen",
  mph: "mph",
  kmh: "kph kmh",
  unit: "unit units",
  N: "newton newtons",
  J: "joule joules",
  W: "watt watts",
  Hz: "hz hertz",
  point: "point points pts",
  person: "people person persons",
  student: "student students",
  way: "way ways",
  time: "times time",
};

const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries(SPELLINGS).flatMap(([unit, words]) => words.split(" ").map((word): [string, string] => [word, unit])),
);

/** Units that are not a kind of quantity: beside them any other unit may stand. */
const VAGUE: ReadonlySet<string> = new Set(["unit", "time", "way"]);

/** One-letter words that are units where they stand apart from the number; elsewhere they are variables. */
const LETTERS: ReadonlySet<string> = new Set(["m", "g", "s", "h", "L"]);

/** Words inside a unit that name no unit of their own. */
const CONNECTING: ReadonlySet<string> = new Set([
  "square",
  "sq",
  "cubic",
  "cu",
  "per",
  "of",
  "a",
  "an",
  "the",
  "in",
  "total",
]);

/** Words that change what the value before them means, or that are no unit at all. */
const NEVER_UNITS: ReadonlySet<string> = new Set(
  ("and or to percent percentage thousand million billion trillion hundred dozen half halves third thirds quarter " +
    "quarters fourth fourths fifth fifths am pm mod modulo base if when where for with is are not no yes only least most " +
    "more less than about approximately remainder either both neither any all none except between from by january " +
    "february march april may june july august september october november december jan feb mar apr jun jul aug sep sept " +
    "oct nov dec monday tuesday wednesday thursday friday saturday sunday then else plus minus over divided squared cubed " +
    "factorial choose real solution solutions true false even odd prime undefined infinity nan inf function return " +
    "each digits digit terms factor factors wrong incorrect impossible unknown").split(" "),
);

/** Words that scale the value before them, by their power of ten. */
export const SCALES: ReadonlyMap<string, number> = new Map([
  ["hundred", 2],
  ["thousand", 3],
  ["million", 6],
  ["billion", 9],
  ["trillion", 12],
]);

/** Whether a word names a unit. */
export function isKnownUnit(word: string): boolean {
  return UNITS.has(word.toLowerCase());
}

/** Whether a letter is a unit where it stands apart from its number. */
export function isUnitLetter(letter: string): boolean {
  return LETTERS.has(letter);
}

/** Whether a word may be dropped after a number. */
export function mayBeUnit(word: string): boolean {
  const lower = word.toLowerCase();
  return !NEVER_UNITS.has(lower) || lower === "in";
}

/**
 * One name for the unit words after a value, e.g. `in^2` for `square inches`; undefined where none of them is a known
 * unit, or it says nothing.
 *
 * @param words words in order, exponents as `^2`, division as `/`
 */
export function unitName(words: readonly string[]): string | undefined {
  const parts: string[] = [];
  let exponent: string | undefined;
  let per = false;
  for (const word of words) {
    const lower = word.toLowerCase();
    const unit = UNITS.get(lower) ?? (lower === "in" && words.length <= 2 ? "in" : undefined);
    if (lower === "square" || lower === "sq") exponent = "^2";
    else if (lower === "cubic" || lower === "cu") exponent = "^3";
    else if (lower === "per" || lower === "/") per = true;
    else if (word.startsWith("^")) {
      if (parts.length > 0 && word !== "^1") parts[parts.length - 1] += word;
    } else if (unit !== undefined && !VAGUE.has(unit)) {
      parts.push((per ? "/" : "") + unit + (exponent ?? ""));
      exponent = undefined;
      per = false;
    } else if (!CONNECTING.has(lower)) return parts.length > 0 ? parts.join(" ") : undefined;
  }
  const name = parts.join(" ");
  if (name === "degree celsius") return "celsius";
  if (name === "degree fahrenheit") return "fahrenheit";
  if (name === "mi /h") return "mph";
  if (name === "km /h") return "kmh";
  return name === "" ? undefined : name;
}
