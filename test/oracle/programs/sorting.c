/* Sorts by a comparison that is passed, and moves structures about. */
#include "start.h"

struct item {
    unsigned key;
    short weight;
    char name[6];
};

static struct item items[12];

static int by_key(const struct item *a, const struct item *b) { return (a->key > b->key) - (a->key < b->key); }
static int by_weight(const struct item *a, const struct item *b) { return a->weight - b->weight; }

typedef int comparison(const struct item *, const struct item *);

__attribute__((noinline)) static void sort(struct item *list, int n, comparison *compare) {
    if (n < 2) return;
    struct item pivot = list[n / 2];
    int i = 0, j = n - 1;
    while (i <= j) {
        while (compare(&list[i], &pivot) < 0) i++;
        while (compare(&list[j], &pivot) > 0) j--;
        if (i > j) break;
        struct item other = list[i];
        list[i++] = list[j];
        list[j--] = other;
    }
    sort(list, j + 1, compare);
    sort(list + i, n - i, compare);
}

int run(void) {
    unsigned state = opaque(12345), sum = 0;
    for (int i = 0; i < 12; i++) {
        state = state * 1103515245 + 12345;
        items[i].key = state;
        items[i].weight = (short)(state >> 13);
        items[i].name[i % 6] = (char)i;
    }
    sort(items, 12, by_key);
    for (int i = 0; i < 12; i++) sum = sum * 7 + items[i].key + (unsigned)items[i].name[2];
    sort(items, 12, by_weight);
    for (int i = 0; i < 12; i++) sum = sum * 5 + (unsigned)items[i].weight;
    return (int)(sum & 0xff);
}
