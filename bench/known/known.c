#include "bench/known/known.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const usph_known KNOWN[] = {
#include "bench/known/known_data.h"
};

size_t usph_known_count(void)
{
    return sizeof KNOWN / sizeof *KNOWN;
}

const usph_known *usph_known_at(size_t i)
{
    return &KNOWN[i];
}

static int compare(const void *key, const void *item)
{
    const usph_known *a = key;
    const usph_known *b = item;
    const int order = strcmp(a->quantity, b->quantity);
    if (order != 0)
        return order;
    if (a->d != b->d)
        return a->d < b->d ? -1 : 1;
    return (a->n > b->n) - (a->n < b->n);
}

const usph_known *usph_known_find(const usph_metric_spec *m, usph_shape shape)
{
    char quantity[USPH_MAX_SPEC];
    usph_metric_print(m, quantity, sizeof quantity);
    const usph_known key = { .quantity = quantity, .n = shape.n, .d = shape.d };
    return bsearch(&key, KNOWN, usph_known_count(), sizeof *KNOWN, compare);
}

double usph_known_value(const usph_known *known, const usph_metric_spec *m)
{
    const double pairs = usph_metric_pairs(m, (usph_shape){ known->n, known->d });
    return isnan(pairs) ? known->value : known->value / pairs;
}
