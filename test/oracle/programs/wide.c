/* Numbers of twice and four times the width of a register: carries, borrows, products. */
#include "start.h"

typedef unsigned long long u64;

static u64 factor(u64 a, u64 b) {
    u64 result = 0;
    for (; b; b >>= 1, a <<= 1)
        if (b & 1) result += a;
    return result;
}

static void add_long(unsigned *a, const unsigned *b, unsigned n) {
    unsigned long i = 0;
    unsigned word;
    __asm__ volatile("clc\n1:\tmovl (%3,%0,4), %1\n\tadcl %1, (%2,%0,4)\n\tinc %0\n\tdecl %4\n\tjnz 1b"
                     : "+r"(i), "=&r"(word), "+r"(a), "+r"(b), "+r"(n)
                     :
                     : "cc", "memory");
}

int run(void) {
    unsigned a[4] = {opaque(0xffffffff), 0xffffffff, 0x7fffffff, 1}, b[4] = {1, opaque(0), 0x80000000, 2};
    u64 x = (u64)opaque(0x9abcdef0) << 32 | opaque(0x12345678), sum = 0;
    for (int i = 0; i < 9; i++) {
        x = factor(x, 3 + (u64)i) - (x >> (i * 7)) + (x << i);
        sum += x * (u64)opaque(1000003) + (unsigned)(x >> 32) * (u64)(unsigned)x;
        sum ^= (u64)((long long)x >> 9);
        add_long(a, b, 4);
    }
    return (int)((sum ^ sum >> 32 ^ a[0] ^ a[1] ^ a[2] ^ a[3]) & 0xff);
}
