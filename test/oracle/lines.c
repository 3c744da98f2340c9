/* The text side of the oracle: vectors on standard input, answers on standard output. README.md has the format.
 *
 * All of this runs inside a signal handler, so it uses no stdio and no allocation.
 */
#include "vector.h"
#include <string.h>
#include <unistd.h>

static const char *const names32[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
static const char *const names64[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

/* What registers hold that a vector leaves out. */
static const uint64_t defaults[16] = {
    0x11111111,         0x22222222,         0x33333333,         0x44444444,
    0xbfff0800,         0xbfff0900,         0x10000100,         0x10000200,
    0x8888888888888888, 0x9999999999999999, 0xaaaaaaaaaaaaaaaa, 0xbbbbbbbbbbbbbbbb,
    0xcccccccccccccccc, 0xdddddddddddddddd, 0xeeeeeeeeeeeeeeee, 0xffffffffffffffff,
};

/* ---- output ---- */

static char out[1 << 17];
static size_t out_length;

void flush_answers(void) {
    for (size_t done = 0; done < out_length;) {
        ssize_t n = write(1, out + done, out_length - done);
        if (n <= 0) _exit(1);
        done += (size_t)n;
    }
    out_length = 0;
}

static void put_char(char c) { out[out_length++] = c; }

static void put(const char *s) {
    while (*s) put_char(*s++);
}

static void put_hex(uint64_t value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) put_char("0123456789abcdef"[value >> shift & 15]);
}

static void put_field(const char *name, uint64_t value, int digits) {
    put_char(' ');
    put(name);
    put_char('=');
    put_hex(value, digits);
}

/* Prints the runs of bytes in which a region differs from what it held before. */
static void put_changes(const struct region *r) {
    if (!memcmp(r->view, r->before, PAGE)) return;
    for (int i = 0; i < PAGE; i++) {
        if (r->view[i] == r->before[i]) continue;
        put(" m=");
        put_hex(r->base + (uint32_t)i, 8);
        put_char(':');
        for (; i < PAGE && r->view[i] != r->before[i]; i++) put_hex(r->view[i], 2);
        if (out_length > sizeof out / 2) flush_answers();
    }
}

void print_answer(const struct vector *v, const struct answer *a) {
    int digits = v->bits / 4;
    put(v->id);
    switch (a->outcome) {
    case STEPPED: put(" ok"); break;
    case SYSCALL: put(" syscall"); break;
    case HANG: put(" hang"); break;
    case FAULT:
        put_field("fault", (uint64_t)a->trap, 2);
        put_field("err", a->error, 4);
        if (a->trap == 14) put_field("cr2", a->cr2, digits);
        break;
    }
    put_field(v->bits == 64 ? "rip" : "eip", a->ip, digits);
    for (int i = 0; i < (v->bits == 64 ? 16 : 8); i++)
        put_field(v->bits == 64 ? names64[i] : names32[i], a->reg[i], digits);
    put_field("fl", a->flags, 8);
    if (v->whole) put_field("steps", (uint64_t)a->steps, 4);
    for (int i = DATA; i < REGIONS; i++) put_changes(&regions[i]);
    put_char('\n');
    if (out_length > sizeof out / 2) flush_answers();
}

/* ---- input ---- */

static char in[1 << 16];
static size_t in_at, in_end;

/* The next line of input, without its end and 0-terminated; 0 at the end of the input. */
static char *read_line(void) {
    for (size_t scanned = in_at;;) {
        char *end = memchr(in + scanned, '\n', in_end - scanned);
        if (end) {
            char *line = in + in_at;
            *end = 0;
            in_at = (size_t)(end - in) + 1;
            return line;
        }
        memmove(in, in + in_at, in_end - in_at);
        in_end -= in_at;
        in_at = 0;
        scanned = in_end;
        if (in_end == sizeof in) _exit(2); /* a line longer than any vector */
        flush_answers();                   /* whoever writes the vectors may be waiting for answers */
        ssize_t n = read(0, in + in_end, sizeof in - in_end);
        if (n <= 0) return 0;
        in_end += (size_t)n;
    }
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Reads a number up to `stop`; answers where that stands, or 0. */
static const char *parse_hex(const char *s, char stop, uint64_t *value) {
    const char *start = s;
    *value = 0;
    for (int d; (d = hex_digit(*s)) >= 0; s++) *value = *value << 4 | (uint64_t)d;
    return s > start && s - start <= 16 && *s == stop ? s : 0;
}

/* Reads pairs of digits to the end of the word; answers how many bytes they are, 0 when they are none. */
static int parse_bytes(const char *s, uint8_t *bytes, int max) {
    int n = 0;
    for (; *s; s += 2) {
        int high = hex_digit(s[0]), low = high < 0 ? -1 : hex_digit(s[1]);
        if (low < 0 || n == max) return 0;
        bytes[n++] = (uint8_t)(high << 4 | low);
    }
    return n;
}

static int parse_patch(struct vector *v, const char *s) {
    if (v->patches == MAX_PATCHES) return 0;
    struct patch *p = &v->patch[v->patches];
    uint64_t address;
    const char *colon = parse_hex(s, ':', &address);
    if (!colon || !(p->length = parse_bytes(colon + 1, p->bytes, MAX_PATCH))) return 0;
    if (region_of(address, (uint64_t)p->length) <= CODE) return 0;
    p->address = (uint32_t)address;
    v->patches++;
    return 1;
}

static int parse_register(struct vector *v, const char *name, uint64_t value) {
    for (int i = 0; i < (v->bits == 64 ? 16 : 8); i++) {
        if (strcmp(name, v->bits == 64 ? names64[i] : names32[i])) continue;
        v->reg[i] = v->bits == 64 ? value : (uint32_t)value;
        return 1;
    }
    return 0;
}

static int parse_word(struct vector *v, char *word) {
    if (!strcmp(word, "whole")) return v->whole = 1;
    char *text = strchr(word, '=');
    if (!text) return 0;
    *text++ = 0;
    if (!strcmp(word, "m")) return parse_patch(v, text);
    if (!strcmp(word, "bits")) { /* comes before any register */
        v->bits = strcmp(text, "64") ? 32 : 64;
        return v->bits == 64 || !strcmp(text, "32");
    }
    uint64_t value;
    if (!parse_hex(text, 0, &value)) return 0;
    if (!strcmp(word, "fl")) v->flags = (uint32_t)value;
    else if (!strcmp(word, v->bits == 64 ? "rip" : "eip")) v->ip = value;
    else if (v->bits == 64 && !strcmp(word, "fsbase")) v->fs_base = value;
    else if (v->bits == 64 && !strcmp(word, "gsbase")) v->gs_base = value;
    else return parse_register(v, word, value);
    return 1;
}

/* Cuts the next word off the line. */
static char *next_word(char **line) {
    char *s = *line;
    while (*s == ' ' || *s == '\r' || *s == '\t') s++;
    if (!*s) return 0;
    char *word = s;
    while (*s && *s != ' ' && *s != '\r' && *s != '\t') s++;
    if (*s) *s++ = 0;
    *line = s;
    return word;
}

static int parse_vector(struct vector *v, char *line) {
    char *word = next_word(&line);
    if (!word || !(v->length = parse_bytes(word, v->code, MAX_CODE))) return 0;
    while ((word = next_word(&line)))
        if (!parse_word(v, word)) return 0;
    return region_of(v->ip, (uint64_t)v->length) == CODE && !is_refused(v);
}

int read_vector(struct vector *v) {
    for (char *line; (line = read_line());) {
        char *id = next_word(&line);
        if (!id || *id == '#') continue;
        v->bits = 32;
        v->whole = v->patches = v->length = 0;
        memcpy(v->reg, defaults, sizeof defaults);
        v->ip = regions[CODE].base + PAGE / 2;
        v->flags = 2;
        v->fs_base = regions[TLS].base;
        v->gs_base = 0;
        v->id[0] = 0;
        strncat(v->id, id, sizeof v->id - 1);
        if (parse_vector(v, line)) return 1;
        put(v->id);
        put(" bad-vector\n");
        if (out_length > sizeof out / 2) flush_answers();
    }
    return 0;
}
