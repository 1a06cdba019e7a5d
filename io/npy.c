/*
 * Arrays of NumPy, versions 1, 2 and 3:
 *
 *     0x93 NUMPY  major  minor  length of the header (2 bytes; 4 from version 2 on)
 *     header: the text of a Python dictionary, padded with spaces, newline
 *     data:   product of the shape times the size of an item, row- or column-major
 *
 * Which headers are taken is narrower than what NumPy takes: two readers must not see
 * different arrays in one file (a key given twice), and nothing is guessed.
 */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <endian.h>

#include "io/format.h"
#include "io/scan.h"

static const char MAGIC[] = "\x93NUMPY";

enum {
    MAGIC_BYTES = 6,
    MAX_RANK = 64,      /* of NumPy 2 */
    HEADER_BYTES = 128, /* what is written before the data, a multiple of 64 */
    SHAPE_BYTES = 256,  /* of a shape's text in messages, cut if longer */
};

typedef double (*npy_decode)(uint64_t bits);

/* One kind of number in a file. */
typedef struct npy_type {
    const char *code;  /* NumPy's, without the order of bytes */
    size_t size;       /* bytes of an item */
    npy_decode decode; /* from its bits, zero-extended */
} npy_type;

/* What the header says, and where. */
typedef struct npy_header {
    const npy_type *type;
    bool big_endian;
    bool fortran_order;
    size_t rank;
    size_t dims[MAX_RANK]; /* rank of them */
    size_t shape_at;       /* byte of the shape, for messages */
    unsigned seen;         /* bit k: key k of KEYS was there */
} npy_header;

/* A place in the bytes of the file. */
typedef struct npy_cursor {
    const char *file; /* name in messages */
    const char *data; /* the whole file */
    size_t at;        /* next byte */
    size_t end;       /* of what is being read: header or file */
    usph_error *err;
} npy_cursor;

/* A piece of the header. */
typedef struct npy_text {
    const char *text;
    size_t length;
} npy_text;

static usph_status fail_at(const npy_cursor *in, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static usph_status fail_at(const npy_cursor *in, size_t at, const char *format, ...)
{
    usph_error inner;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(inner.text, sizeof inner.text, format, args);
    va_end(args);
    return usph_fail(in->err, USPH_ERR_DATA, "%s:%zu: %s", in->file, at, inner.text);
}

/* ---- numbers from bits ---- */

static double decode_f8(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double decode_f4(uint64_t bits)
{
    const uint32_t low = (uint32_t)bits;
    float value;
    memcpy(&value, &low, sizeof value);
    return (double)value;
}

/* IEEE binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
static double decode_f2(uint64_t bits)
{
    const uint64_t sign = bits >> 15 << 63;
    const uint64_t exponent = bits >> 10 & 31;
    const uint64_t fraction = bits & 1023;
    if (exponent == 0) {
        const double size = (double)fraction * 0x1p-24; /* subnormal: exact */
        return sign != 0 ? -size : size;
    }
    const uint64_t wide = exponent == 31 ? 2047 : exponent - 15 + 1023;
    return decode_f8(sign | wide << 52 | fraction << 42);
}

static double decode_i1(uint64_t bits)
{
    return (int8_t)bits;
}

static double decode_i2(uint64_t bits)
{
    return (int16_t)bits;
}

static double decode_i4(uint64_t bits)
{
    return (int32_t)bits;
}

static double decode_i8(uint64_t bits)
{
    return (double)(int64_t)bits;
}

static double decode_unsigned(uint64_t bits)
{
    return (double)bits;
}

static double decode_b1(uint64_t bits)
{
    return bits != 0;
}

static const npy_type TYPES[] = {
    { "f8", 8, decode_f8 },       { "f4", 4, decode_f4 },
    { "f2", 2, decode_f2 },       { "i1", 1, decode_i1 },
    { "i2", 2, decode_i2 },       { "i4", 4, decode_i4 },
    { "i8", 8, decode_i8 },       { "u1", 1, decode_unsigned },
    { "u2", 2, decode_unsigned }, { "u4", 4, decode_unsigned },
    { "u8", 8, decode_unsigned }, { "b1", 1, decode_b1 },
};

/* ---- the header's text ---- */

static void skip_space(npy_cursor *in)
{
    while (in->at < in->end && strchr(" \t\r\n", in->data[in->at]) != NULL &&
           in->data[in->at] != '\0') {
        in->at++;
    }
}

/* Take one character, after any space; false if another one is there. */
static bool take(npy_cursor *in, char wanted)
{
    skip_space(in);
    if (in->at == in->end || in->data[in->at] != wanted)
        return false;
    in->at++;
    return true;
}

static bool take_word(npy_cursor *in, const char *word)
{
    const size_t length = strlen(word);
    skip_space(in);
    if (in->end - in->at < length || memcmp(in->data + in->at, word, length) != 0)
        return false;
    in->at += length;
    return true;
}

static usph_status expect(npy_cursor *in, char wanted)
{
    if (take(in, wanted))
        return USPH_OK;
    return fail_at(in, in->at, "header: '%c' expected", wanted);
}

/* A quoted text, either quote, no escapes: no valid header has one. */
static usph_status read_string(npy_cursor *in, npy_text *out)
{
    const bool doubled = take(in, '"');
    const int quote = doubled ? '"' : '\'';
    if (!doubled)
        USPH_TRY(expect(in, '\''));
    const char *begin = in->data + in->at;
    const char *close = memchr(begin, quote, in->end - in->at);
    if (close == NULL || memchr(begin, '\\', (size_t)(close - begin)) != NULL)
        return fail_at(in, in->at - 1, "header: no plain text in quotes");
    *out = (npy_text){ begin, (size_t)(close - begin) };
    in->at += out->length + 1;
    return USPH_OK;
}

/* Why a kind of item is not numbers, and what to do; by its letter. */
static const char *hint(int letter)
{
    switch (letter) {
    case 'O': return "Python objects are never unpickled; save an array of numbers";
    case 'V': return "raw bytes; if they are bfloat16, save as float32";
    case 'c': return "complex numbers; save real and imaginary parts as columns";
    case 'S':
    case 'a':
    case 'U': return "text; save an array of numbers";
    case 'm':
    case 'M': return "times; save an array of numbers";
    default: return "read are f2 f4 f8, i1 i2 i4 i8, u1 u2 u4 u8, b1, after < > = or |";
    }
}

static bool is_order(char c)
{
    return c == '<' || c == '>' || c == '=' || c == '|';
}

static usph_status read_descr(npy_cursor *in, npy_header *header)
{
    skip_space(in);
    const size_t at = in->at;
    if (take(in, '[') || take(in, '('))
        return fail_at(in, at, "structured array: save one plain array of numbers");
    npy_text descr = { "", 0 };
    USPH_TRY(read_string(in, &descr));
    const bool order = descr.length > 0 && is_order(descr.text[0]);
    const char *code = descr.text + order;
    const size_t rest = descr.length - order;
    header->big_endian = order && descr.text[0] == '>';
    for (size_t k = 0; k < sizeof TYPES / sizeof TYPES[0]; k++) {
        if (rest == 2 && memcmp(code, TYPES[k].code, 2) == 0) {
            header->type = &TYPES[k];
            return USPH_OK;
        }
    }
    char shown[USPH_QUOTE_BYTES];
    usph_scan_quote(descr.text, descr.length, shown);
    return fail_at(in, at, "descr '%s' is not supported: %s", shown,
                   hint(rest > 0 ? code[0] : '\0'));
}

static usph_status read_order(npy_cursor *in, npy_header *header)
{
    header->fortran_order = take_word(in, "True");
    if (header->fortran_order || take_word(in, "False"))
        return USPH_OK;
    return fail_at(in, in->at, "header: fortran_order is neither True nor False");
}

/* One length of the shape; Python 2 may have put an L behind it. */
static usph_status read_length(npy_cursor *in, size_t *length)
{
    skip_space(in);
    const size_t at = in->at;
    size_t value = 0;
    bool fits = true;
    while (in->at < in->end && in->data[in->at] >= '0' && in->data[in->at] <= '9') {
        const size_t digit = (size_t)(in->data[in->at++] - '0');
        fits = fits && value <= (SIZE_MAX - digit) / 10;
        value = fits ? 10 * value + digit : 0;
    }
    if (in->at == at)
        return fail_at(in, at, "header: shape must be a tuple of whole numbers >= 0");
    if (!fits)
        return fail_at(in, at, "header: a length of the shape is out of range");
    if (in->at < in->end && in->data[in->at] == 'L')
        in->at++;
    *length = value;
    return USPH_OK;
}

static usph_status read_shape(npy_cursor *in, npy_header *header)
{
    bool comma = true; /* (6) is a number in Python, (6,) a tuple */
    skip_space(in);
    header->shape_at = in->at;
    USPH_TRY(expect(in, '('));
    while (!take(in, ')')) {
        if (!comma)
            return fail_at(in, in->at, "header: ',' or ')' expected");
        if (header->rank == MAX_RANK)
            return fail_at(in, in->at, "header: more than %d axes", MAX_RANK);
        USPH_TRY(read_length(in, &header->dims[header->rank++]));
        comma = take(in, ',');
    }
    if (header->rank == 1 && !comma)
        return fail_at(in, header->shape_at, "header: shape is not a tuple");
    return USPH_OK;
}

static const struct npy_key {
    const char *name;
    usph_status (*read)(npy_cursor *in, npy_header *header);
} KEYS[] = {
    { "descr", read_descr },
    { "fortran_order", read_order },
    { "shape", read_shape },
};

enum {
    KEY_COUNT = sizeof KEYS / sizeof KEYS[0],
};

static usph_status read_item(npy_cursor *in, npy_header *header)
{
    skip_space(in);
    const size_t at = in->at;
    npy_text key = { "", 0 };
    size_t k = 0;
    USPH_TRY(read_string(in, &key));
    while (k < KEY_COUNT && (strlen(KEYS[k].name) != key.length ||
                             memcmp(KEYS[k].name, key.text, key.length) != 0)) {
        k++;
    }
    if (k == KEY_COUNT)
        return fail_at(in, at, "header: unknown key");
    if ((header->seen >> k & 1U) != 0)
        return fail_at(in, at, "header: key '%s' is given twice", KEYS[k].name);
    header->seen |= 1U << k;
    USPH_TRY(expect(in, ':'));
    return KEYS[k].read(in, header);
}

static usph_status read_dictionary(npy_cursor *in, npy_header *header)
{
    bool comma = true;
    USPH_TRY(expect(in, '{'));
    while (!take(in, '}')) {
        if (!comma)
            return fail_at(in, in->at, "header: ',' or '}' expected");
        USPH_TRY(read_item(in, header));
        comma = take(in, ',');
    }
    for (size_t k = 0; k < KEY_COUNT; k++) {
        if ((header->seen >> k & 1U) == 0)
            return fail_at(in, in->at, "header: key '%s' is missing", KEYS[k].name);
    }
    skip_space(in);
    if (in->at != in->end)
        return fail_at(in, in->at, "header: something follows the dictionary");
    return USPH_OK;
}

/* ---- the file ---- */

static uint64_t load_bits(const char *item, size_t size, bool big_endian)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < size; k++) {
        const size_t byte = big_endian ? k : size - 1 - k;
        bits = bits << 8 | (unsigned char)item[byte];
    }
    return bits;
}

static bool npy_probe(const char *data, size_t size)
{
    return size >= MAGIC_BYTES && memcmp(data, MAGIC, MAGIC_BYTES) == 0;
}

/* Magic, version, length: leave in at the header's text and its end. */
static usph_status read_preamble(npy_cursor *in)
{
    if (!npy_probe(in->data, in->end))
        return fail_at(in, 0, "not an npy file: it does not begin with \\x93NUMPY");
    const size_t version = in->end > MAGIC_BYTES ? (unsigned char)in->data[6] : 0;
    const size_t width = version == 1 ? 2 : 4;
    if (in->end < MAGIC_BYTES + 2 + width)
        return fail_at(in, in->end, "the file ends within its first %zu bytes",
                       MAGIC_BYTES + 2 + width);
    if (version < 1 || version > 3 || in->data[7] != 0)
        return fail_at(in, MAGIC_BYTES, "npy version %zu.%d is not 1.0, 2.0 or 3.0",
                       version, (unsigned char)in->data[7]);
    in->at = MAGIC_BYTES + 2 + width;
    const size_t length = (size_t)load_bits(in->data + MAGIC_BYTES + 2, width, false);
    if (length > in->end - in->at)
        return fail_at(in, MAGIC_BYTES + 2,
                       "header of %zu bytes announced, the file has %zu more", length,
                       in->end - in->at);
    in->end = in->at + length;
    return USPH_OK;
}

static void print_shape(const npy_header *header, char text[SHAPE_BYTES])
{
    size_t used = (size_t)snprintf(text, SHAPE_BYTES, "(");
    for (size_t k = 0; k < header->rank && used < SHAPE_BYTES; k++)
        used += (size_t)snprintf(text + used, SHAPE_BYTES - used, "%s%zu",
                                 k > 0 ? ", " : "", header->dims[k]);
    if (used < SHAPE_BYTES)
        (void)snprintf(text + used, SHAPE_BYTES - used, header->rank == 1 ? ",)" : ")");
}

/* The array must be n x d and fill the rest of the file, in->at to size, exactly. */
static usph_status check_shape(const npy_cursor *in, const npy_header *header,
                               size_t size)
{
    char text[SHAPE_BYTES];
    print_shape(header, text);
    if (header->rank != 2)
        return fail_at(in, header->shape_at,
                       "shape %s has rank %zu, a point set has rank 2: n x d; reshape "
                       "the array before saving it",
                       text, header->rank);
    const size_t n = header->dims[0];
    const size_t d = header->dims[1];
    const size_t item = header->type->size;
    if (d != 0 && n > SIZE_MAX / item / d)
        return fail_at(in, header->shape_at,
                       "shape %s has more bytes than fit in memory", text);
    const size_t need = n * d * item;
    const size_t have = size - in->at;
    if (have < need)
        return fail_at(in, size,
                       "the data are cut off: shape %s needs %zu bytes, %zu "
                       "are there",
                       text, need, have);
    if (have > need)
        return fail_at(
            in, in->at + need,
            "%zu bytes follow the %zu of shape %s (one array a file is read)",
            have - need, need, text);
    return USPH_OK;
}

static usph_status not_finite(const npy_cursor *in, size_t at, double value, size_t row,
                              size_t column)
{
    const char *what = isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    return fail_at(in, at, "value at row %zu, column %zu is %s", row + 1, column + 1,
                   what);
}

static usph_status decode_rows(const npy_cursor *in, const npy_header *header,
                               double *x)
{
    const size_t n = header->dims[0];
    const size_t d = header->dims[1];
    const npy_type *type = header->type;
    const size_t row_step = type->size * (header->fortran_order ? 1 : d);
    const size_t column_step = type->size * (header->fortran_order ? n : 1);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < d; k++) {
            const size_t at = in->at + i * row_step + k * column_step;
            const double value =
                type->decode(load_bits(in->data + at, type->size, header->big_endian));
            if (!isfinite(value))
                return not_finite(in, at, value, i, k);
            x[i * d + k] = value;
        }
    }
    return USPH_OK;
}

static usph_status npy_parse(const char *file, const char *data, size_t size,
                             usph_points *out, usph_error *err)
{
    npy_cursor in = { .file = file, .data = data, .at = 0, .end = size, .err = err };
    npy_header header = { 0 };
    usph_points points = { 0 };
    USPH_TRY(read_preamble(&in));
    USPH_TRY(read_dictionary(&in, &header));
    USPH_TRY(check_shape(&in, &header, size));
    const usph_shape shape = { .n = header.dims[0], .d = header.dims[1] };
    USPH_TRY(usph_format_alloc(file, shape, &points, err));
    const usph_status status = decode_rows(&in, &header, points.x);
    if (status == USPH_OK)
        *out = points;
    else
        usph_points_free(&points);
    return status;
}

/* Version 1.0, little-endian, the data aligned to 64 bytes. */
static usph_status npy_print(usph_shape shape, const double *x, usph_sink *sink)
{
    char header[HEADER_BYTES + 1]; /* two lengths of 20 digits still fit */
    const int prefix = MAGIC_BYTES + 4;
    (void)snprintf(header, sizeof header, "%s%c%c%c%c", MAGIC, 1, 0,
                   HEADER_BYTES - prefix, 0);
    const int used = snprintf(header + prefix, sizeof header - (size_t)prefix,
                              "{'descr': '<f8', 'fortran_order': False, "
                              "'shape': (%zu, %zu), }",
                              shape.n, shape.d);
    memset(header + prefix + used, ' ', (size_t)(HEADER_BYTES - prefix - used));
    header[HEADER_BYTES - 1] = '\n';
    USPH_TRY(usph_sink_write(sink, header, HEADER_BYTES));
    const size_t count = usph_shape_size(shape);
    for (size_t k = 0; k < count; k++) {
        uint64_t bits;
        memcpy(&bits, &x[k], sizeof bits);
        bits = htole64(bits);
        USPH_TRY(usph_sink_write(sink, &bits, sizeof bits));
    }
    return USPH_OK;
}

const usph_format usph_format_npy = {
    .entry = {
        .name = "npy",
        .title = "NumPy array",
        .formula = "header with type and shape (n, d), then n d numbers",
        .note = "Read are floats and integers of either order of bytes and axes; "
                "one array a file. Written is <f8 by rows.",
    },
    .extensions = "npy",
    .probe = npy_probe,
    .parse = npy_parse,
    .print = npy_print,
};
