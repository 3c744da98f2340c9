/* Copies, compares, reverses and converts strings, a character at a time. */
#include "start.h"

static unsigned length(const char *s) {
    unsigned n = 0;
    while (s[n]) n++;
    return n;
}

static void reverse(char *s) {
    for (unsigned i = 0, j = length(s); i + 1 < j; i++) {
        char c = s[i];
        s[i] = s[--j];
        s[j] = c;
    }
}

static int compare(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

static char *number(char *out, unsigned value) {
    char *start = out;
    do *out++ = (char)('0' + value % 10);
    while (value /= 10);
    *out = 0;
    reverse(start);
    return out;
}

int run(void) {
    static char text[64];
    char *end = number(text, opaque(4294967295u));
    *end++ = ' ';
    number(end, opaque(1000000007u));
    reverse(text);
    return (compare(text, "7000000001 5927694924") == 0) + 2 * (compare("abc", text) > 0) + 4 * (int)length(text);
}
