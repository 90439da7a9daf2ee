/** Equations as answers: what a left side names, chains, congruences, percentages; with the question where it counts. */
import type { AskedCase, Case } from "./case.ts";

const raw = String.raw;

export const LABELS: readonly Case[] = [
  ["113", "m+n = 113", true],
  ["113", "m+n = 114", false],
  ["125", "p + q + r = 125", true],
  ["125", "100m+n = 125", true],
  [raw`\frac23`, raw`\cos A = \frac23`, true],
  [raw`\frac23`, raw`\cos A = \frac32`, false],
  [raw`\frac23`, raw`\frac{AB}{CD}=\frac23`, true],
  [raw`\sqrt7`, raw`|z|=\sqrt7`, true],
  [raw`\sqrt7`, raw`|z|^2=\sqrt7`, false],
  ["8", "a^2+b^2=8", true],
  ["125", "[ABC]=125", true],
  ["125", "[ABC]=152", false],
  ["125", "|S|=125", true],
  ["8", raw`\mathbb{E}[X]=8`, true],
  [raw`\frac23`, raw`P(A|B)=\frac23`, true],
  [raw`\frac23`, raw`P(A \mid B)=\frac{2}{3}`, true],
  ["8", raw`f_{\max}=8`, true],
  ["8", raw`f_{\text{max}}=8`, true],
  ["8", "f(2)+f(3)=8", true],
  ["8", "2f(3)=8", false],
  ["5:9", "S_1:S_2=5:9", true],
  ["5:9", "S_1:S_2=9:5", false],
  ["125", raw`N \equiv 125 \pmod{1000}`, true],
  ["125", raw`N \equiv 25 \pmod{1000}`, false],
  ["125", raw`AB \cdot AC = 125`, true],
  ["125", "AB^2 = 125", false],
  ["125", raw`\sum = 125`, true],
  ["125", raw`\int_0^1 f(x)\,dx = 125`, true],
  ["125", raw`\lim_{x\to 0} g(x) = 125`, true],
  ["125", "x^2+y^2 = 125", true],
  ["8", "2x=8", false],
  ["8", "x^2=8", false],
  ["8", raw`\sqrt{x}=8`, false],
  ["8", raw`\frac{1}{x}=8`, false],
  ["8", "2^x=8", false],
  ["8", raw`\log_2 x=8`, false],
  ["8", raw`2\cos A=8`, false],
  ["8", "x+1=8", false],
  ["0", "2x-y=0", false],
  ["0", "ax+by+c=0", false],
  ["0", "m-n=0", true],
  [raw`\frac12`, raw`e = \frac12`, true],
  ["5", "y=5", true],
  ["2x+3", "y=2x+3", true],
  ["y=2x+3", "2x+3", false],
  ["y=2x+3", "f(x)=2x+3", true],
  ["f(x)=2x+3", "y=2x+3", true],
  ["f(x)=2x+3", "y=2x+4", false],
  ["2,5", "a=2,b=5", true],
  ["2,5", "a=2,b=6", false],
  ["(2,5)", "a=2,b=5", true],
  ["x=5", "m+n=5", false],
  ["m+n=5", "5", false],
  ["a+b=5", "a+b=5", true],
  ["a^2+b^2", "c^2=a^2+b^2", false],
];

export const CHAINS: readonly Case[] = [
  ["125", "m+n=118+7=125", true],
  ["125", "m+n=118+7=126", false],
  ["125", "118+7=125", true],
  ["124", "118+7=124", false],
  [raw`\frac54`, raw`\frac54=1.25`, true],
  [raw`\frac54`, raw`\frac54=1.2`, false],
  ["120", raw`\binom{10}{3}=120`, true],
  ["5", "x=5=6", false],
  ["6", "x=5=6", false],
  ["293", "m+n = 256+37 = 293", true],
  ["12", raw`\text{Area} = \frac12 bh = 12`, true],
  ["x^2+2x+1", "f(x) = (x+1)^2 = x^2+2x+1", true],
  ["125", raw`\begin{aligned} m+n &= 118+7 \\ &= 125 \end{aligned}`, true],
];

export const CONGRUENCES: readonly Case[] = [
  [raw`x \equiv 3 \pmod 7`, raw`x \equiv 10 \pmod{7}`, true],
  [raw`x \equiv 3 \pmod 7`, raw`x \equiv 3 (\text{mod } 7)`, true],
  [raw`x \equiv 3 \pmod 7`, "x ≡ 3 (mod 7)", true],
  [raw`x \equiv 3 \pmod 7`, raw`x \equiv 4 \pmod 7`, false],
  [raw`x \equiv 3 \pmod 7`, raw`x \equiv 3 \pmod 8`, false],
  [raw`x \equiv 3 \pmod 7`, "3", false],
];

const DISCOUNT = "After a 20% discount a coat costs 48 dollars. What did it cost?";
const SHARE = "Of 50 eggs 30 are brown. What percentage of the eggs is brown?";
const CHANCE = raw`Give the chance, expressed as a percentage.`;
const SQUARE = raw`If $x^4=64$ and $x>0$, find $x^2$.`;
const SOLVE = raw`Solve $2x=8$.`;
const TWICE = "What is 2x if x is half of 8?";
const LINE = raw`Find $2x-y$.`;

export const ASKED: readonly AskedCase[] = [
  ["60", raw`\boxed{60\%}`, true, SHARE],
  ["60", "The answer is 60%.", true, SHARE],
  ["60", "#### 60%", true, SHARE],
  ["60", raw`\boxed{60 \text{ percent}}`, true, SHARE],
  ["60", raw`\boxed{60}\%`, true, SHARE],
  ["60", raw`\boxed{60} percent`, true, SHARE],
  ["60", raw`\boxed{60}`, true, SHARE],
  ["60", raw`\boxed{61\%}`, false, SHARE],
  ["60", raw`\boxed{0.6}`, false, SHARE],
  ["60", raw`\boxed{60\%}`, true, CHANCE],
  ["60", raw`\boxed{60\%}`, false, DISCOUNT],
  ["60", raw`\boxed{60\%}`, false, ""],
  [raw`60\%`, raw`\boxed{0.6}`, true, SHARE],
  [raw`60\%`, raw`\boxed{60}`, false, SHARE],
  ["8", raw`\boxed{x^2=8}`, true, SQUARE],
  ["8", raw`\boxed{x^2=9}`, false, SQUARE],
  ["8", raw`\boxed{x^4=8}`, false, SQUARE],
  ["8", raw`\boxed{2x=8}`, false, SOLVE],
  ["8", raw`\boxed{2x=8}`, true, TWICE],
  ["0", raw`\boxed{2x-y=0}`, true, LINE],
];

export const PERCENT_SIGNS: readonly Case[] = [
  [raw`45\%`, raw`\boxed{45}\%`, true],
  [raw`45\%`, raw`\boxed{45} percent`, true],
  [raw`45\%`, raw`$\boxed{45}$ percent.`, true],
  [raw`45\%`, raw`\boxed{45}`, false],
  ["0.45", raw`\boxed{45}\%`, true],
  ["45", raw`\boxed{45}\%`, false],
  [raw`45\%`, "45 pct.", true],
  [raw`45\%`, "45 pct", true],
  [raw`15 \text{ cm}`, raw`\boxed{15}\text{ m}`, false],
  [raw`15 \text{ cm}`, raw`\boxed{15}\text{ cm}`, true],
  [raw`15 \text{ cm}^2`, raw`\boxed{15}\text{ cm}^2`, true],
  [raw`15 \text{ cm}^2`, raw`\boxed{15} square centimeters`, true],
  ["15", raw`\boxed{15} cups of flour are needed.`, true],
  ["5", raw`\boxed{5} million`, false],
  ["5000000", raw`\boxed{5} million`, true],
  ["5", raw`\boxed{5}\text{ hundredths}`, false],
  ["30", raw`\boxed{30}^\circ`, true],
];
