/* What WebAssembly alone is asked. */
#include "vector.h"

/* 0 where `fused` rounds twice: the square of 1 + 2⁻¹², less its rounded value. The compiler must not know the number. */
EXPORT float fusionResidue(void) {
  vec a = splat(1.000244140625f);
  __asm__ volatile("" : "+r"(a));
  const vec rounded = a * a;
  return fused(a, a, -rounded)[0];
}
