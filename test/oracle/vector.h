/* What the two halves of the oracle share: step.c runs vectors on the processor, lines.c reads and prints them. */
#ifndef VECTOR_H
#define VECTOR_H
#include <stdint.h>

enum { PAGE = 4096, REGISTERS = 16, MAX_CODE = 15, MAX_PATCHES = 8, MAX_PATCH = 64 };
enum { AX, CX, DX, BX, SP, BP, SI, DI };

/* The only memory below 4 GiB. It is the same in both modes. */
enum { CODE, DATA, STACK, TLS, REGIONS };
struct region {
    uint32_t base;
    uint8_t *view;       /* a writable view of it above 4 GiB */
    uint8_t before[PAGE]; /* its contents before the vector ran */
};
extern struct region regions[REGIONS];

struct patch {
    uint32_t address;
    int length;
    uint8_t bytes[MAX_PATCH];
};

struct vector {
    char id[64];
    int bits;  /* 32 or 64 */
    int whole; /* run a repeated string instruction to its end */
    uint64_t reg[REGISTERS];
    uint64_t ip;
    uint32_t flags;
    uint64_t fs_base, gs_base; /* of 64-bit vectors */
    int length;
    uint8_t code[MAX_CODE];
    int patches;
    struct patch patch[MAX_PATCHES];
};

enum outcome { STEPPED, FAULT, SYSCALL, HANG };
struct answer {
    enum outcome outcome;
    int trap;
    uint32_t error;
    uint64_t cr2, ip, reg[REGISTERS];
    uint32_t flags;
    int steps;
};

/* The region that holds all of [address, address + length), or -1. */
int region_of(uint64_t address, uint64_t length);

/* Whether the vector may not be run because the kernel would act on it. */
int is_refused(const struct vector *v);

/* Reads the next vector of standard input; 0 at its end. Lines that are no vectors are answered "bad-vector". */
int read_vector(struct vector *v);
void print_answer(const struct vector *v, const struct answer *a);
void flush_answers(void);
#endif
