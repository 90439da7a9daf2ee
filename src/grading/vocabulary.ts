/**
 * The commands and words that answers are made of. What is not in these tables is no mathematics to the grader.
 *
 * @module
 */
import type { FunctionName } from "./expression.ts";

/** Commands that stand for one symbol. */
export const SYMBOLS: ReadonlyMap<string, string> = new Map(Object.entries({
  times: "*",
  cdot: "*",
  ast: "*",
  div: "/",
  le: "≤",
  leq: "≤",
  leqslant: "≤",
  leqq: "≤",
  ge: "≥",
  geq: "≥",
  geqslant: "≥",
  geqq: "≥",
  ne: "≠",
  neq: "≠",
  lt: "<",
  gt: ">",
  equiv: "≡",
  pmod: "mod",
  bmod: "mod",
  mod: "mod",
  pod: "mod",
  forall: "∀",
  sum: "∑",
  prod: "∏",
  approx: "≈",
  simeq: "≈",
  doteq: "≈",
  in: "∈",
  cup: "∪",
  bigcup: "∪",
  cap: "∩",
  setminus: "∖",
  backslash: "∖",
  pm: "±",
  mp: "∓",
  infty: "∞",
  emptyset: "∅",
  varnothing: "∅",
  lbrace: "{|",
  rbrace: "|}",
  lvert: "|",
  rvert: "|",
  vert: "|",
  mid: "|",
  lbrack: "[",
  rbrack: "]",
  lparen: "(",
  rparen: ")",
  langle: "⟨",
  rangle: "⟩",
  lfloor: "⌊",
  rfloor: "⌋",
  lceil: "⌈",
  rceil: "⌉",
  degree: "°",
  circ: "°",
  prime: "'",
  frac: "frac",
  dfrac: "frac",
  tfrac: "frac",
  cfrac: "frac",
  nicefrac: "frac",
  sfrac: "frac",
  flatfrac: "frac",
  over: "over",
  sqrt: "sqrt",
  binom: "binom",
  dbinom: "binom",
  tbinom: "binom",
  choose: "choose",
  pounds: "currency",
  euro: "currency",
  Rightarrow: "⇒",
  implies: "⇒",
  Longrightarrow: "⇒",
  therefore: "⇒",
  land: "and",
  lor: "or",
  wedge: "and",
  vee: "or",
  colon: ":",
  angle: "∠",
  measuredangle: "∠",
  triangle: "∠",
}));

/** Commands that change only how things look. */
export const IGNORED: ReadonlySet<string> = new Set(
  ("left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle scriptstyle " +
    "limits nolimits mathstrut strut hfill null relax rm bf it sf tt normalsize large Large LARGE huge Huge " +
    "small footnotesize scriptsize tiny centering noindent bigskip medskip smallskip nonumber notag").split(" "),
);
/** Commands that are a space. */
export const SPACING: ReadonlySet<string> = new Set([
  "quad",
  "qquad",
  "space",
  "enspace",
  "thinspace",
  "hspace",
  "nobreakspace",
]);
/** Fonts whose argument is text. */
export const TEXT_FONTS: ReadonlySet<string> = new Set(
  "text mbox textbf textit textrm textsf texttt textnormal textup hbox emph".split(" "),
);
/** Fonts whose argument is mathematics. */
export const MATH_FONTS: ReadonlySet<string> = new Set(
  "mathrm mathbf mathit mathsf mathtt mathcal boldsymbol bm operatorname mathop underline boxed fbox framebox ensuremath"
    .split(" "),
);
/** Commands that fall away with their argument. */
export const DROPPED: ReadonlySet<string> = new Set(
  "color textcolor tag label ref vspace phantom hphantom vphantom".split(" "),
);
/** Commands of numbers with units. */
export const QUANTITIES: ReadonlySet<string> = new Set("num SI qty si unit".split(" "));
/** Environments of rows, which only arrange them. */
export const ROWS: ReadonlySet<string> = new Set(
  "aligned align alignat gathered gather equation split multline displaymath math".split(" "),
);
/** Signs above letters, which make another variable of them. */
export const ACCENTS: ReadonlySet<string> = new Set(
  "overline bar vec hat widehat tilde overrightarrow overleftrightarrow dot ddot widetilde".split(" "),
);

/** Functions by the names under which they are written, as commands or plainly. */
export const FUNCTIONS: ReadonlyMap<string, FunctionName> = new Map<string, FunctionName>([
  ["sin", "sin"],
  ["cos", "cos"],
  ["tan", "tan"],
  ["tg", "tan"],
  ["cot", "cot"],
  ["ctg", "cot"],
  ["sec", "sec"],
  ["csc", "csc"],
  ["cosec", "csc"],
  ["arcsin", "arcsin"],
  ["arccos", "arccos"],
  ["arctan", "arctan"],
  ["arctg", "arctan"],
  ["asin", "arcsin"],
  ["acos", "arccos"],
  ["atan", "arctan"],
  ["sinh", "sinh"],
  ["cosh", "cosh"],
  ["tanh", "tanh"],
  ["ln", "ln"],
  ["log", "log"],
  ["lg", "log"],
  ["exp", "exp"],
  ["abs", "abs"],
  ["floor", "floor"],
  ["ceil", "ceil"],
  ["cbrt", "root"],
  ["cis", "cis"],
]);
/** Functions of several numbers; in plain text only before a bracket, because min is also a unit. */
export const OF_SEVERAL: ReadonlyMap<string, FunctionName> = new Map<string, FunctionName>([
  ["gcd", "gcd"],
  ["lcm", "lcm"],
  ["min", "min"],
  ["max", "max"],
]);

/** Letters that are commands. */
export const GREEK: ReadonlySet<string> = new Set(
  ("alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau upsilon " +
    "phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell hbar").split(" "),
);
/** Names of Greek letters that are read in plain text; the shorter ones are products of letters there. */
export const PLAIN_GREEK: ReadonlySet<string> = new Set(
  "alpha beta gamma delta theta lambda sigma omega phi rho".split(" "),
);

/** Two-letter words of English that are not products of letters. */
export const SHORT_WORDS: ReadonlySet<string> = new Set(
  "is no to in of by at if am pm an on it be as so we up sq cu".split(" "),
);

/** Environments that are matrices. */
export const MATRICES: ReadonlySet<string> = new Set(
  "matrix pmatrix bmatrix Bmatrix vmatrix smallmatrix psmallmatrix bsmallmatrix array".split(" "),
);

/** Operators of two characters; an empty one is of a programming language. */
export const PAIRS: ReadonlyMap<string, string> = new Map(Object.entries({
  "**": "^",
  "<=": "≤",
  ">=": "≥",
  "!=": "≠",
  ":=": "=",
  "==": "",
  "=>": "",
  "->": "",
  "//": "",
  "&&": "",
  "||": "",
  "::": "",
  "++": "",
  "--": "",
  "<<": "",
  ">>": "",
}));
