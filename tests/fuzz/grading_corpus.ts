/** Answers on which the grader once failed, was slow or was wrong; each is checked by every fuzzing run and by the tests. */
export const CORPUS: readonly string[] = [
  // Each backslash searched the whole text for an environment: 100 ms.
  "The answer is " + "\\".repeat(100_000),
  // Fractions of 16,000 bits cost 60 ms before greatest common divisors were charged for.
  "(2^{16000}+1)/(3^{9000}+1) + (5^{6000}+1)/(7^{5000}+1)",
  // Read as currency and 6·7.
  "${6*7}",
  // `lg` reached the trigonometric functions under a name they did not know.
  "\\lg 100",
  // The height of the literals was computed twice at each level of a tower.
  "2^".repeat(150) + "2",
  "2^{".repeat(150) + "2" + "}".repeat(150),
];
