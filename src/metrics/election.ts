/**
 * The chance that drawn samples elect a right answer, in time that grows little faster than n, whatever the votes.
 *
 * Until their total is known, answers are drawn independently (`draw_law.ts`). Where t votes lead, an answer counts as the
 * polynomial `f = Σ_{v<t} P(v) z^v + y P(t) z^t`. The weight y of a tie is integrated over [0, 1], where `y^j` gives
 * 1/(1+j): what a winner has of a tie with j others. Each right answer wins once, by `P(t) z^t` in the place of its f, so
 * the product of the dual numbers `f + ε P(t) z^t`, with ε for right answers alone, has all winners in its ε part. Its
 * coefficient of `z^k`, summed over t, is the chance.
 *
 * The coefficient is a sum over points of the unit circle, as many as some standard deviations of the total; the integral
 * one over Gauss-Legendre nodes, exact for as many ties as there can be; equal answers are powers. Every term is a product of
 * numbers of at most 1, so little is lost to rounding: chances are good to about 1e-13.
 *
 * @module
 */
import { AnswerFactor } from "./answer_factor.ts";
import { type DrawLaw, remembered } from "./draw_law.ts";
import { addEpsilon, type Duals, multiply, multiplyPower, ones, setOnes } from "./dual.ts";
import { type AnswerKind, type Lead, leadsOf } from "./leads.ts";

/** Chances that k samples are drawn and elect a right answer, jointly: divided by `law.allDrawn`, that they elect one. */
export interface ElectedRight {
  /** Of all samples. */
  readonly whole: number;
  /** Where one sample is not there: by the kind of answer that it gave, and last of a blank one. Empty unless asked for. */
  readonly withoutOne: readonly number[];
}

/** @param kinds in falling order of counts */
export function electedRight(
  kinds: readonly AnswerKind[],
  blank: number,
  law: DrawLaw,
  { withoutOne = false } = {},
): ElectedRight {
  const winners = new Winners(kinds, law, withoutOne);
  for (const lead of leadsOf(kinds, blank, law)) winners.add(lead);
  const [whole, ...rest] = winners.sums.map((values) => law.circle.coefficient(values, law.k));
  return { whole, withoutOne: rest };
}

/** The generating function of {@link ElectedRight}, at points of the circle. */
class Winners {
  /** Complex numbers, (points, 2) each, in the order of {@link ElectedRight}. */
  readonly sums: readonly Float64Array[];
  private readonly ofLead: readonly Float64Array[];
  private readonly factors: readonly AnswerFactor[];
  private readonly withoutOne: readonly AnswerFactor[];
  /** By kind: the product of those before. */
  private readonly before: readonly Duals[];
  private readonly generating = remembered((count) => this.law.generating(count));
  private readonly product: Duals;
  private readonly after: Duals;
  private readonly scratch: Duals;

  constructor(
    private readonly kinds: readonly AnswerKind[],
    private readonly law: DrawLaw,
    withoutOne: boolean,
  ) {
    const { circle } = law;
    const factor = (count: number, correct: boolean) => new AnswerFactor(circle, law.draws(count), correct);
    const some = <T>(wanted: boolean, make: (kind: AnswerKind) => T) => wanted ? kinds.map(make) : [];
    this.factors = kinds.map(({ count, correct }) => factor(count, correct));
    this.withoutOne = some(withoutOne, ({ count, correct }) => factor(count - 1, correct));
    this.before = some(withoutOne, () => ones(circle.count));
    const zeros = () =>
      Array.from({ length: withoutOne ? kinds.length + 2 : 1 }, () => new Float64Array(2 * circle.count));
    [this.sums, this.ofLead] = [zeros(), zeros()];
    [this.product, this.after, this.scratch] = [0, 1, 2].map(() => ones(circle.count));
  }

  /** Adds the winners with one number of votes, which must rise from call to call. */
  add({ votes, rivals, harmless, tieWeights }: Lead): void {
    const { factors, withoutOne, ofLead, product } = this;
    for (const own of [...factors.slice(0, rivals), ...withoutOne.slice(0, rivals)]) own.lead(votes);
    for (const sums of ofLead) sums.fill(0);
    for (const { place, weight } of tieWeights) {
      this.multiplyRivals(rivals, place);
      addEpsilon(ofLead[0], weight, product);
      if (withoutOne.length > 0) this.addWithoutOne(rivals, place, weight);
    }
    this.addTimes(harmless, 0, rivals + 1);
    if (withoutOne.length === 0 || harmless === 0) return;
    // Whoever loses a sample that cannot decide, the rivals are the same.
    for (const sums of ofLead.slice(rivals + 1)) sums.set(ofLead[0]);
    this.addTimes(harmless - 1, rivals + 1, ofLead.length);
  }

  /** Leaves the product of all rivals' factors, and those on the way to it. */
  private multiplyRivals(rivals: number, tieWeight: number): void {
    const { kinds, factors, before, product, scratch } = this;
    setOnes(product);
    for (let s = 0; s < rivals; s++) {
      before[s]?.set(product);
      factors[s].weigh(tieWeight);
      multiplyPower(product, factors[s].value, kinds[s].number, scratch);
    }
  }

  /** Adds, for each rival kind, the product where one of its answers has a sample less. */
  private addWithoutOne(rivals: number, tieWeight: number, weight: number): void {
    const { kinds, factors, withoutOne, before, product, after, scratch, ofLead } = this;
    setOnes(after);
    for (let s = rivals - 1; s >= 0; s--) {
      multiplyPower(after, factors[s].value, kinds[s].number - 1, scratch);
      withoutOne[s].weigh(tieWeight);
      multiply(product, before[s], after);
      multiply(product, product, withoutOne[s].value);
      addEpsilon(ofLead[s + 1], weight, product);
      multiply(after, after, factors[s].value);
    }
  }

  /** Adds some sums of a lead, times the factor of samples that cannot decide. */
  private addTimes(harmless: number, from: number, end: number): void {
    const { sums, ofLead } = this;
    const factor = this.generating(harmless);
    for (let i = from; i < Math.min(end, sums.length); i++) addProducts(sums[i], ofLead[i], factor);
  }
}

/** Adds x · y to complex numbers. */
function addProducts(sums: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < sums.length; i += 2) {
    sums[i] += x[i] * y[i] - x[i + 1] * y[i + 1];
    sums[i + 1] += x[i] * y[i + 1] + x[i + 1] * y[i];
  }
}
