/**
 * The generated families: five for the embedded model, from easy to hard, and one for small published checkpoints.
 *
 * @module
 */
import { addition } from "./add.ts";
import { oneDigitSums } from "./one_digit_sums.ts";
import { longProduct } from "./prod3.ts";
import { product } from "./prod.ts";
import { subtraction } from "./sub.ts";
import type { ArithmeticTask } from "./task.ts";
import { twoProducts } from "./twomul.ts";

/** Of the embedded model; in this order they take turns in training. */
export const ARITHMETIC_TASKS: readonly ArithmeticTask[] = [addition, subtraction, twoProducts, product, longProduct];

/** All families by name. */
export const GENERATED_TASKS: readonly ArithmeticTask[] = [...ARITHMETIC_TASKS, oneDigitSums];
