/* A small machine of bytes: a switch through a table of addresses, and a checksum of what it computed. */
#include "start.h"

enum { PUSH, ADD, MULTIPLY, DUPLICATE, SWAP, LESS, BRANCH, STORE, STOP };

static const unsigned char program[] = {PUSH, 1, PUSH, 1, DUPLICATE, STORE, SWAP, PUSH, 3, MULTIPLY, SWAP,
                                        PUSH, 2, ADD, DUPLICATE, PUSH, 25, LESS, BRANCH, 4, STOP};

static unsigned crc(const unsigned char *s, int n) {
    unsigned sum = ~0u;
    while (n--) {
        sum ^= *s++;
        for (int i = 0; i < 8; i++) sum = sum >> 1 ^ (0xedb88320u & -(sum & 1));
    }
    return ~sum;
}

int run(void) {
    unsigned stack[8], stored[16], top = 0, count = 0, swapped;
    for (unsigned at = 0;;) {
        switch (program[at++]) {
        case PUSH: stack[top++] = program[at++]; break;
        case ADD: top--, stack[top - 1] += stack[top]; break;
        case MULTIPLY: top--, stack[top - 1] *= stack[top]; break;
        case DUPLICATE: stack[top] = stack[top - 1], top++; break;
        case SWAP: swapped = stack[top - 1], stack[top - 1] = stack[top - 2], stack[top - 2] = swapped; break;
        case LESS: top--, stack[top - 1] = stack[top - 1] < stack[top]; break;
        case BRANCH: at = stack[--top] ? program[at] : at + 1; break;
        case STORE: stored[count++ & 15] = stack[--top]; break;
        default: return (int)(crc((const unsigned char *)stored, 24) + stack[0]) & 0xff;
        }
    }
}
