/* What compilers seldom write: enter and leave, pushes of all registers, conditional moves and sets, loops, tables. */
#include "start.h"

static unsigned char table[256];

/* Nested, so that `enter` copies a frame pointer, which the caller must have. */
#ifdef __i386__
__asm__("framed:\n\tpushl %ebp\n\tmovl %esp, %ebp\n\tpushl %ebp\n\tenter $16, $2\n\tpusha\n\tmovl 16(%ebp), %ecx\n"
        "\txorl %eax, %eax\n1:\taddl %ecx, %eax\n\trcrl $1, %eax\n\tloop 1b\n\tmovl %eax, -12(%ebp)\n\tpopa\n"
        "\tmovl -12(%ebp), %eax\n\tleave\n\tleave\n\tret\n"
        "decimal:\n\tmovl 4(%esp), %eax\n\tadd $0x27, %al\n\tdaa\n\taam\n\taad\n\tsub $0x19, %al\n\tdas\n\taaa\n\tret\n");
#else
__asm__("framed:\n\tpushq %rbp\n\tmovq %rsp, %rbp\n\tpushq %rbp\n\tenter $16, $2\n\tpush %rbx\n\tmovl %edi, %ecx\n"
        "\txorl %eax, %eax\n1:\taddl %ecx, %eax\n\trcrl $1, %eax\n\tloop 1b\n\tmovl %eax, -24(%rbp)\n\tpop %rbx\n"
        "\tmovl -24(%rbp), %eax\n\tleave\n\tleave\n\tret\n"
        "decimal:\n\tmovl %edi, %eax\n\tmovsbq %al, %rax\n\tcqto\n\txorq %rdx, %rax\n\tsubq %rdx, %rax\n\tret\n");
#endif
unsigned framed(unsigned n), decimal(unsigned n);

static unsigned choose(unsigned a, unsigned b) {
    unsigned r = a;
    unsigned char below, even;
    __asm__("cmpl %4, %3\n\tcmovbl %4, %0\n\tsetb %1\n\tsetp %2\n\tcmovgl %3, %0"
            : "+r"(r), "=&q"(below), "=&q"(even)
            : "r"(a), "r"(b)
            : "cc");
    return r * 4 + below * 2 + even;
}

static unsigned look_up(unsigned char at) {
    unsigned long a = at;
    __asm__("xlatb" : "+a"(a) : "b"(table) : "memory");
    return (unsigned)a & 0xff;
}

int run(void) {
    unsigned sum = framed(opaque(9));
    for (unsigned i = 0; i < 256; i += 5) table[i] = (unsigned char)(i * 7);
    for (unsigned i = 0; i < 12; i++) {
        sum += choose(opaque(i * 0x31234567u), i << 27) + look_up((unsigned char)(i * 15)) + decimal(i * 21);
        __asm__("addb $0x35, %b0\n\tlahf\n\txchgb %%ah, %%al\n\tcwtl\n\tbtl $3, %0\n\tsbbl $0, %0" : "+a"(sum) : : "cc");
    }
    return (int)(sum & 0xff);
}
