/* Bit tricks: counts, reversals, scans, tests, rotations through the carry, bytes turned round. */
#include "start.h"

static unsigned count(unsigned x) {
    x -= x >> 1 & 0x55555555;
    x = (x & 0x33333333) + (x >> 2 & 0x33333333);
    return ((x + (x >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24;
}

static unsigned mirror(unsigned x) {
    unsigned y = 0;
    for (int i = 0; i < 32; i++) __asm__("shrl $1, %0\n\trcll $1, %1" : "+r"(x), "+r"(y) : : "cc");
    return y;
}

static unsigned scans(unsigned x) {
    unsigned low, high;
    __asm__("bsfl %2, %0\n\tbsrl %2, %1" : "=&r"(low), "=&r"(high) : "r"(x) : "cc");
    return high * 32 + low;
}

static unsigned string_of_bits(void) {
    static unsigned bits[8];
    unsigned set = 0;
    for (int i = -64; i < 128; i += 13) {
        unsigned char old;
        __asm__ volatile("btsl %2, %1\n\tsetc %0" : "=q"(old), "+m"(bits[2]) : "r"(i) : "cc", "memory");
        __asm__ volatile("btcl %2, %1\n\tadcl $0, %0" : "+r"(set), "+m"(bits[2]) : "r"(i / 2) : "cc", "memory");
        set += old;
    }
    return set + bits[0] + bits[5];
}

int run(void) {
    unsigned sum = 0;
    unsigned x = opaque(1);
    for (int i = 0; i < 14; i++, x = x * 11 + (x >> 29)) {
        unsigned turned = x;
        __asm__("bswapl %0\n\troll $5, %0\n\tshldl $7, %1, %0\n\tshrdw $3, %w1, %w0" : "+r"(turned) : "r"(x) : "cc");
        sum += count(x) + mirror(x) + scans(x) + (turned >> 3 | turned << 29);
    }
    return (int)((sum ^ string_of_bits()) & 0xff);
}
