/* Fibonacci, Ackermann and the towers of Hanoi: calls, returns and a deep stack. */
#include "start.h"

static unsigned moves[3];

__attribute__((noinline)) static unsigned fibonacci(unsigned n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((noinline)) static unsigned ackermann(unsigned m, unsigned n) {
    if (m == 0) return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

__attribute__((noinline)) static void hanoi(unsigned n, unsigned from, unsigned to) {
    if (n == 0) return;
    hanoi(n - 1, from, 3 - from - to);
    moves[from] += to;
    hanoi(n - 1, 3 - from - to, to);
}

int run(void) {
    hanoi(opaque(5), 0, 2);
    return (int)(fibonacci(opaque(9)) + ackermann(opaque(2), 3) + moves[0] * 3 + moves[1] + moves[2]) & 0xff;
}
