/* What a loader asks of the library before it computes. Compiled for every machine of a target. */
#include "library.h"

/* The address of memory that is handed over as a buffer, so that later calls can name places in it by number. */
EXPORT void *address(void *buffer) { return buffer; }

#if defined(__linux__)
/* Of madvise(2): there is no C library here. */
enum { MADV_HUGEPAGE = 14, MADVISE_X86_64 = 28, MADVISE_AARCH64 = 233 };

/* Asks the system to hold memory in large pages, so that fewer of them are looked up. Whatever it says, numbers are the same. */
EXPORT void askForLargePages(char *start, double bytes) {
#if defined(__x86_64__)
  long call = MADVISE_X86_64;
  __asm__ volatile("syscall"
                   : "+a"(call)
                   : "D"(start), "S"((long)bytes), "d"((long)MADV_HUGEPAGE)
                   : "rcx", "r11", "memory");
#else
  register long call __asm__("x8") = MADVISE_AARCH64;
  register long from __asm__("x0") = (long)start, length __asm__("x1") = (long)bytes;
  register long advice __asm__("x2") = MADV_HUGEPAGE;
  __asm__ volatile("svc #0" : "+r"(from) : "r"(call), "r"(length), "r"(advice) : "memory");
#endif
}
#else
/* Elsewhere memory that is there already cannot have them. */
EXPORT void askForLargePages(char *start, double bytes) {}
#endif

#if defined(__x86_64__)
#include <cpuid.h>

/* What x86-64-v3 and x86-64-v4 promise, by the leaves of CPUID, and the registers that the system keeps, by XCR0. */
enum {
  V3_LEAF_1_ECX = bit_FMA | bit_MOVBE | bit_OSXSAVE | bit_AVX | bit_F16C,
  V3_LEAF_7_EBX = bit_AVX2 | bit_BMI | bit_BMI2,
  V3_LEAF_EXTENDED_ECX = bit_LZCNT,
  V4_LEAF_7_EBX = bit_AVX512F | bit_AVX512DQ | bit_AVX512CD | bit_AVX512BW | (int)bit_AVX512VL,
  EXTENDED = (int)0x80000001,
  YMM_KEPT = 0x06,
  ZMM_KEPT = 0xe6,
};

INLINE int has(unsigned features, unsigned wanted) { return (features & wanted) == wanted; }

INLINE unsigned keptRegisters(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/* Lanes of the widest product that this machine can run, 0 where it can run none. */
EXPORT int lanes(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, V3_LEAF_1_ECX) || !has(keptRegisters(), YMM_KEPT)) return 0;
  if (!__get_cpuid(EXTENDED, &a, &b, &c, &d) || !has(c, V3_LEAF_EXTENDED_ECX)) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !has(b, V3_LEAF_7_EBX)) return 0;
  return has(b, V4_LEAF_7_EBX) && has(keptRegisters(), ZMM_KEPT) ? 16 : 8;
}
#else
/* Every 64-bit ARM has vectors of four floats that fuse. */
EXPORT int lanes(void) { return 4; }
#endif

#if defined(_WIN32)
/* Where Windows enters a library that it has loaded. */
int DllMainCRTStartup(void *library, unsigned reason, void *reserved) { return 1; }
#endif
