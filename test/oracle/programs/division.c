/* Divisions of all widths and signs, by the compiler's tricks and by the instructions. */
#include "start.h"

static unsigned gcd(unsigned a, unsigned b) {
    while (b) {
        unsigned rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int wide(unsigned high, unsigned low, unsigned by) {
    unsigned quotient, rest;
    __asm__ volatile("divl %4" : "=a"(quotient), "=d"(rest) : "0"(low), "1"(high), "r"(by) : "cc");
    return (int)(quotient ^ rest);
}

static int bytes(int value, signed char by) {
    short dividend = (short)value;
    __asm__ volatile("idivb %1" : "+a"(dividend) : "q"(by) : "cc");
    return dividend;
}

int run(void) {
    int sum = 0;
    for (int i = -40; i <= 40; i += 7) {
        int by = (int)opaque((unsigned)(i < 0 ? i - 1 : i + 1));
        sum += 1000 / by + 1000 % by + i / 3 + i % 5 + bytes(i * 20, 17);
        sum += (short)opaque(30000) / (short)by;
    }
    sum += (int)gcd(opaque(3528), opaque(3780));
    sum += wide(opaque(0x12345), opaque(0xfedcba98), 0x7654321);
    return sum & 0xff;
}
