/* What the swept program and the sweeper tell each other, at one address in programs of either width. */
#ifndef META_H
#define META_H

#define META_ADDRESS 0x30000000ul

/* Descriptors that the program inherits. */
enum { COMMANDS = 60, ANSWERS = 61, EMPTY = 62, FILLING = 63 };

typedef unsigned long long word;

struct meta {
    /* By the program: what lies between first and last is the wrapper, what lies between text and etext is ours. */
    word text, etext, first, last;
    word wrapper, begin, end, cancel_routine, finish;
    word flag, before, after, disabled;
    /* Memory that is not the wrapper's to write to. */
    word self, self_end, data, data_end;
    /* By the sweeper: the call to make. */
    word number, arguments[6];
    /* By the program: what the caller of the C function got. */
    word result;
};

#endif
