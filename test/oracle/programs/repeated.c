/* Repeated string instructions in both directions, of all widths, and none at all. */
#include "start.h"

static char from[96], to[96];

static void move(char *d, const char *s, unsigned long n) {
    __asm__ volatile("rep; movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
}

static void move_back(char *d, const char *s, unsigned long n) {
    d += n - 2, s += n - 2, n /= 2;
    __asm__ volatile("std; rep; movsw; cld" : "+D"(d), "+S"(s), "+c"(n) : : "memory", "cc");
}

static void fill(void *d, unsigned value, unsigned long n) {
    __asm__ volatile("rep; stosl" : "+D"(d), "+c"(n) : "a"(value) : "memory");
}

static unsigned long find(const char *s, char c, unsigned long n) {
    __asm__ volatile("repne; scasb" : "+D"(s), "+c"(n) : "a"(c) : "memory", "cc");
    return n;
}

static unsigned long same(const char *a, const char *b, unsigned long n) {
    __asm__ volatile("repe; cmpsb" : "+S"(a), "+D"(b), "+c"(n) : : "memory", "cc");
    return n;
}

static unsigned sum(const unsigned *s, unsigned n) {
    unsigned total = 0;
    while (n--) {
        unsigned word;
        __asm__ volatile("lodsl" : "=a"(word), "+S"(s) : : "memory");
        total = total * 3 + word;
    }
    return total;
}

int run(void) {
    fill(from, opaque(0x64636261), 12);
    from[40] = 'z';
    move(to + 1, from, 47);
    move(to, from, 0);
    move_back(to + 4, to, 60);
    unsigned long found = find(to, 'z', 96) + 10 * same(from + 4, to + 5, 40) + find(to, 'q', 20);
    return (int)(found + sum((const unsigned *)to, 24)) & 0xff;
}
