#include "bench/suite/sizes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const size_t LARGEST = 1000000000000; /* 10^12: no sum of pairs goes there */

/* A number at *text, which moves behind it; false if there is none or it is too large.
 */
static bool take_number(const char **text, size_t *out)
{
    char *end = NULL;
    if (!isdigit((unsigned char)**text))
        return false;
    const unsigned long long number = strtoull(*text, &end, 10);
    *text = end;
    *out = (size_t)number;
    return number <= LARGEST;
}

static bool take_word(const char **text, const char *word)
{
    const size_t len = strlen(word);
    if (strncmp(*text, word, len) != 0)
        return false;
    *text += len;
    return true;
}

/* One of: 12, d, 2d, d+1, 2d+3, d^2 */
static bool take_size(const char **text, bool relative, usph_size *out)
{
    size_t number = 1;
    const bool given = isdigit((unsigned char)**text) != 0;
    if (given && !take_number(text, &number))
        return false;
    if (!relative || !take_word(text, "d")) {
        *out = (usph_size){ .plus = number };
        return given;
    }
    *out = (usph_size){ .times = number, .power = 1 };
    if (take_word(text, "^"))
        return take_number(text, &out->power) && out->power >= 1 && out->power <= 4;
    return !take_word(text, "+") || take_number(text, &out->plus);
}

static usph_status add_size(usph_sizes *sizes, usph_size size, const char *text,
                            usph_error *err)
{
    if (size.times == 0 && size.plus == 0)
        return usph_fail(err, USPH_ERR_ARG, "%s: numbers must be at least 1", text);
    if (sizes->count == USPH_MAX_SIZES)
        return usph_fail(err, USPH_ERR_ARG, "%s: more than %d numbers", text,
                         USPH_MAX_SIZES);
    sizes->items[sizes->count++] = size;
    return USPH_OK;
}

static usph_status add_range(usph_sizes *sizes, size_t lo, size_t hi, const char *text,
                             usph_error *err)
{
    if (lo > hi)
        return usph_fail(err, USPH_ERR_ARG, "%s: %zu..%zu goes down", text, lo, hi);
    for (size_t k = lo; k <= hi; k++)
        USPH_TRY(add_size(sizes, (usph_size){ .plus = k }, text, err));
    return USPH_OK;
}

usph_status usph_sizes_parse(const char *text, bool relative, usph_sizes *out,
                             usph_error *err)
{
    usph_sizes sizes = { .count = 0 };
    const char *rest = text;
    do {
        usph_size lo = { 0 };
        usph_size hi = { 0 };
        bool good = take_size(&rest, relative, &lo);
        if (good && take_word(&rest, "..")) {
            good = take_size(&rest, false, &hi) && lo.times == 0;
            if (good)
                USPH_TRY(add_range(&sizes, lo.plus, hi.plus, text, err));
        } else if (good) {
            USPH_TRY(add_size(&sizes, lo, text, err));
        }
        if (!good || (*rest != ',' && *rest != '\0'))
            return usph_fail(err, USPH_ERR_PARSE,
                             "'%s' is not a list of sizes up to 10^12 like 3,4,8 or "
                             "2..64%s",
                             text, relative ? " or d+1,2d,d^2" : "");
    } while (*rest++ == ',');
    *out = sizes;
    return USPH_OK;
}

size_t usph_size_at(usph_size size, size_t d)
{
    size_t value = size.times;
    for (size_t k = 0; k < size.power && size.times > 0; k++) {
        if (value > LARGEST / d) /* refused later, as a shape that does not fit */
            return LARGEST;
        value *= d;
    }
    return value + size.plus;
}
