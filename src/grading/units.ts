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
  usd: "dollar dollars usd bucks buck",
  cent: "cent cents",
  acre: "acre acres",
  hectare: "hectare hectares",
  knot: "knot knots",
  volt: "volt volts",
  amp: "amp amps ampere amperes",
  ohm: "ohm ohms",
  kelvin: "kelvin kelvins",
  pascal: "pascal pascals",
  mole: "mole moles mol",
  bit: "bit bits",
  byte: "byte bytes",
  pint: "pint pints",
  ream: "ream reams",
  decade: "decade decades",
  century: "century centuries",
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

/** Numbers in words to twenty, in order from zero. */
export const SMALL_NUMBERS: readonly string[] =
  ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
    "eighteen nineteen twenty").split(" ");

const TENS = "thirty forty fifty sixty seventy eighty ninety".split(" ");
const POWERS = "hundred thousand million billion trillion quadrillion lakh crore myriad".split(" ");
/** Ordinals that are not their number with `th`. */
const ORDINALS =
  "half halves quarter first second third fifth eighth ninth twelfth twentieth thirtieth fortieth fiftieth sixtieth " +
  "seventieth eightieth ninetieth";

/** Other numbers and their fractions; what is left of "second" is the unit of time. */
const NUMBER_WORDS: ReadonlySet<string> = new Set([
  ...[...SMALL_NUMBERS, ...TENS, ...POWERS].flatMap((word) => [word, `${word}s`, `${word}th`, `${word}ths`]),
  ...ORDINALS.split(" ").filter((word) => word !== "second").flatMap((word) => [word, `${word}s`]),
  ...("bn mn mio mrd tn dozen dozens score scores gross grosses couple pair triple triples double doubles twice thrice " +
    "halved doubled tripled squared cubed squares cubes factorial inverse reciprocal reciprocals conjugate modulo mod base " +
    "bases root roots power powers mille permille ppm tithe tithes").split(" "),
]);

/** Words that change what the value before them means, and words that are no unit at all. */
const NEVER_UNITS: ReadonlySet<string> = new Set([
  ...NUMBER_WORDS,
  // Sign, direction, comparison.
  ...("negative minus plus positive below above under over beneath short less fewer more most least greater smaller " +
    "than as much many around about approximately roughly nearly almost at between from to before after past until till " +
    "ago up down bc bce ad ce").split(" "),
  // Denial, choice, condition.
  ...("not no none never nor neither either both and or if when where unless except without with any all every only " +
    "also always perhaps besides then else for by into off out versus vs").split(" "),
  // Parts of sentences and of programs.
  ...("is are was were be been equals equal gives yields makes choose real solution solutions true false yes even odd " +
    "prime undefined infinity nan inf function return digit digits term terms factor factors wrong incorrect impossible " +
    "unknown percent percentage percents pct remainder remainders divided multiplied multiples multiple").split(" "),
  // Times of the clock and the calendar.
  ...("am pm oclock january february march april may june july august september october november december jan feb mar apr " +
    "jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday").split(" "),
]);

/** Whether a word makes another number of the one before it: dozen, hundredths, half. */
export function changesNumber(word: string): boolean {
  return NUMBER_WORDS.has(word.toLowerCase());
}

/** Words that may follow a number, and name neither a unit nor a thing that is counted. */
const NEUTRAL: ReadonlySet<string> = new Set(
  ("total altogether overall left remaining old tall long wide high deep away apart each other such different distinct " +
    "possible whole per of a an the in on this that these those his her its their our your my there here now").split(
      " ",
    ),
);

/** Plurals without an s, and things whose plural is the word itself. */
const PLURALS: ReadonlySet<string> = new Set(
  ("people children men women feet teeth geese mice oxen sheep fish deer dice cattle staff money cash water milk juice " +
    "work rice flour sugar butter paper data bacteria vertices matrices indices axes radii loci candy popcorn fruit " +
    "furniture bread salt gas fuel paint land homework").split(" "),
);

/** Words that scale the value before them, by their power of ten. */
export const SCALES: ReadonlyMap<string, number> = new Map([
  ["hundred", 2],
  ["thousand", 3],
  ["million", 6],
  ["billion", 9],
  ["trillion", 12],
  ["bn", 9],
]);

/** Words for hundredths. */
export const PERCENT: ReadonlySet<string> = new Set(["percent", "percentage", "percents", "pct", "pct."]);

const PER_CENT_AND_SCALES: ReadonlySet<string> = new Set([...PERCENT, ...SCALES.keys()]);

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
  return NEUTRAL.has(lower) || !NEVER_UNITS.has(lower);
}

/**
 * Whether words after a value say what it counts or measures: one is a unit, or looks like a plural, and the others only
 * go with it. A lone singular that is no unit, as in `5 gross`, may be anything.
 *
 * @param one whether the value is 1, beside which a thing is singular
 */
export function saysWhat(words: readonly string[], one: boolean): boolean {
  return words.every((word) =>
    !/[a-z]/i.test(word) || mayBeUnit(word) || PER_CENT_AND_SCALES.has(word.toLowerCase())
  ) &&
    words.some((word) => {
      const lower = word.toLowerCase();
      return NEUTRAL.has(lower) || UNITS.has(lower) || PLURALS.has(lower) || PER_CENT_AND_SCALES.has(lower) ||
        lower === "square" || lower === "cubic" || /[^su\Wi]s$|[aeio]es$|ees$|[^aeiou]ies$/.test(lower) || one;
    });
}

/** Units of length, which alone have squares and cubes. */
const LENGTHS: ReadonlySet<string> = new Set(["m", "cm", "mm", "km", "in", "ft", "yd", "mi", "unit", "s"]);

/** Whether a unit's word may have an exponent. */
export function mayHaveExponent(word: string): boolean {
  return LENGTHS.has(UNITS.get(word.toLowerCase()) ?? word.toLowerCase());
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
