/* Locked operations: counters, exchanges, a lock, a list that is pushed to with compare and exchange. */
#include "start.h"

struct node {
    struct node *next;
    unsigned value;
};

static unsigned counter, lock, flags;
static struct node nodes[6], *head;
static unsigned long long pair = 0x100000002ull;

static unsigned add(unsigned *to, unsigned by) {
    __asm__ volatile("lock; xaddl %0, %1" : "+r"(by), "+m"(*to) : : "cc", "memory");
    return by;
}

static void take(void) {
    unsigned one = 1;
    do __asm__ volatile("pause\n\txchgl %0, %1" : "+r"(one), "+m"(lock) : : "memory");
    while (one);
}

static void push(struct node *node) {
    struct node *old = head, *seen;
    for (;;) {
        node->next = old;
        __asm__ volatile("lock; cmpxchg %2, %1" : "=a"(seen), "+m"(head) : "r"(node), "0"(old) : "cc", "memory");
        if (seen == old) return;
        old = seen;
    }
}

static unsigned both(unsigned low, unsigned high) {
    static unsigned char equal;
    unsigned a = low, d = high;
    __asm__ volatile("lock; cmpxchg8b %2\n\tsete %3"
                     : "+a"(a), "+d"(d), "+m"(pair), "=m"(equal)
                     : "b"(7), "c"(9)
                     : "cc", "memory");
    return equal * 100 + a + d;
}

int run(void) {
    unsigned sum = 0;
    for (unsigned i = 0; i < 6; i++) {
        take();
        nodes[i].value = add(&counter, i * 3 + opaque(1));
        push(&nodes[i]);
        __asm__ volatile("lock; btsl %1, %0\n\tlock; orl $64, %0" : "+m"(flags) : "r"(i) : "cc", "memory");
        __asm__ volatile("lock; decl %0" : "+m"(lock) : : "cc", "memory");
    }
    for (struct node *n = head; n; n = n->next) sum = sum * 5 + n->value;
    sum += both(opaque(2), 2) + both(opaque(2), 1) + (unsigned)pair;
    __asm__ volatile("lock; negl %0\n\tlock; notl %1\n\tlock; subl $5, %1" : "+m"(flags), "+m"(counter) : : "cc");
    return (int)(sum + flags + counter) & 0xff;
}
