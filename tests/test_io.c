#include <errno.h>
#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/format.h"
#include "tests/runner.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- a directory of its own for each test, and files in it ---- */

static char directory[64];

static void set_up(void)
{
    strcpy(directory, "/tmp/usph_io_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0755), 0); /* for leave_root */
}

/*
 * A broken sink, run by root, would replace the devices of the machine by files. So
 * whatever is pointed at /dev writes as a user who cannot; returns whom to go back to.
 */
static uid_t leave_root(void)
{
    const uid_t nobody = 65534;
    const uid_t old = geteuid();
    if (old == 0)
        ck_assert_int_eq(seteuid(nobody), 0);
    ck_assert_int_ne(eaccess("/dev", W_OK), 0);
    return old;
}

static void tear_down(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    ck_assert_int_eq(system(command), 0); /* NOLINT(bugprone-command-processor) */
}

/* A path in the directory, by value so that calls can be nested. */
typedef struct place {
    char path[128];
} place;

static place in_directory(const char *name)
{
    place result;
    snprintf(result.path, sizeof result.path, "%s/%s", directory, name);
    return result;
}

static void store(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static void assert_content(const char *path, const char *text)
{
    char bytes[256] = "";
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    const size_t size = fread(bytes, 1, sizeof bytes - 1, file);
    ck_assert_int_eq(fclose(file), 0);
    bytes[size] = '\0';
    ck_assert_str_eq(bytes, text);
}

static size_t files_in_directory(void)
{
    size_t count = 0;
    DIR *list = opendir(directory);
    ck_assert_ptr_nonnull(list);
    while (readdir(list) != NULL)
        count++;
    closedir(list);
    return count - 2; /* . and .. */
}

/* ---- parsing from memory ---- */

static const usph_format *format_named(const char *name)
{
    const usph_entry *entry = usph_registry_find(&usph_formats, name, strlen(name));
    ck_assert_ptr_nonnull(entry);
    return usph_format_of(entry);
}

/* From a block of the exact size, so that the address sanitizer sees every overrun. */
static usph_status parse(const char *format, const char *bytes, size_t size,
                         usph_points *out, usph_error *err)
{
    char *copy = malloc(size + 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    copy[size] = '\0';
    const usph_status status = format_named(format)->parse("f", copy, size, out, err);
    free(copy);
    return status;
}

static void assert_refused(const char *format, const char *bytes, size_t size,
                           const char *message)
{
    usph_points points = { 0 };
    usph_error err = { "" };
    const usph_status status = parse(format, bytes, size, &points, &err);
    ck_assert_msg(status == USPH_ERR_DATA, "status %s, not refused: %s",
                  usph_status_text(status), message);
    ck_assert_ptr_null(points.x);
    ck_assert_msg(strstr(err.text, message) == err.text, "got \"%s\", want \"%s\"",
                  err.text, message);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void assert_parsed(const char *format, const char *bytes, size_t size,
                          usph_shape shape, const double *x)
{
    usph_points points = { 0 };
    usph_error err = { "" };
    usph_assert_ok(parse(format, bytes, size, &points, &err), err);
    ck_assert_uint_eq(points.shape.n, shape.n);
    ck_assert_uint_eq(points.shape.d, shape.d);
    for (size_t k = 0; k < usph_shape_size(shape); k++) {
        ck_assert_msg(bits_of(points.x[k]) == bits_of(x[k]), "number %zu is %a, not %a",
                      k, points.x[k], x[k]);
    }
    usph_points_free(&points);
}

/* ---- round trips ---- */

enum {
    ROWS = 500,
    COLUMNS = 5,
};

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15; /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

/* Numbers that lose bits when something is wrong, then random finite bit patterns. */
static void awkward_numbers(double *x, size_t count)
{
    static const double special[] = {
        0.0,
        -0.0,
        0.1,
        1.0 / 3,
        DBL_MIN,
        DBL_TRUE_MIN,
        DBL_MAX,
        -DBL_MAX,
        DBL_EPSILON,
        1 + DBL_EPSILON,
        9007199254740993.0,
        0x1.921fb54442d18p+1,
        0x0.fffffffffffffp-1022,
        2.2250738585072011e-308,
    };
    uint64_t state = usph_test_seed();
    for (size_t k = 0; k < count; k++) {
        x[k] = k < COUNT(special) ? special[k] : (double)NAN;
        while (!isfinite(x[k])) {
            const uint64_t bits = next_random(&state);
            memcpy(&x[k], &bits, sizeof x[k]);
        }
    }
}

static void assert_round_trip(const char *name, const char *format)
{
    double x[ROWS * COLUMNS];
    const usph_shape shape = { ROWS, COLUMNS };
    const place file = in_directory(name);
    const usph_format *found = NULL;
    usph_points points = { 0 };
    usph_error err = { "" };
    awkward_numbers(x, COUNT(x));
    usph_assert_ok(usph_points_write(file.path, shape, x, &err), err);
    usph_assert_ok(usph_points_read(file.path, &points, &found, &err), err);
    ck_assert_str_eq(found->entry.name, format);
    ck_assert_uint_eq(points.shape.n, ROWS);
    ck_assert_uint_eq(points.shape.d, COLUMNS);
    ck_assert_mem_eq(points.x, x, sizeof x);
    ck_assert_uint_eq(files_in_directory(), 1);
    usph_points_free(&points);
}

START_TEST(every_writer_is_read_back_bit_for_bit)
{
    size_t writers = 0;
    for (size_t k = 0; k < usph_formats.count; k++) {
        const usph_format *format = usph_format_of(usph_formats.items[k]);
        char name[64];
        if (format->print == NULL)
            continue;
        snprintf(name, sizeof name, "a.b.%s", format->extensions);
        name[strcspn(name, " ")] = '\0';
        assert_round_trip(name, format->entry.name);
        ck_assert_int_eq(unlink(in_directory(name).path), 0);
        writers++;
    }
    ck_assert_uint_ge(writers, 3);
}
END_TEST

static const struct {
    const char *name, *format;
} names[] = {
    { "X.NPY", "npy" },  { "x.CSV", "csv" }, { "x.unknown", "text" }, { "npy", "text" },
    { "x.dat", "text" }, { "x.d", "text" },  { "x.", "text" },        { ".csv", "csv" },
};

START_TEST(extension_chooses_the_writer)
{
    assert_round_trip(names[_i].name, names[_i].format);
}
END_TEST

START_TEST(writers_separate_numbers_as_their_kind_does)
{
    const double x[] = { 0.5, -1, 2, 1e300 };
    const usph_shape shape = { 2, 2 };
    usph_error err = { "" };
    usph_assert_ok(usph_points_write(in_directory("x.txt").path, shape, x, &err), err);
    usph_assert_ok(usph_points_write(in_directory("x.csv").path, shape, x, &err), err);
    usph_assert_ok(usph_points_write(in_directory("x.tsv").path, shape, x, &err), err);
    assert_content(in_directory("x.txt").path, "0.5 -1\n2 1.0000000000000001e+300\n");
    assert_content(in_directory("x.csv").path, "0.5,-1\n2,1.0000000000000001e+300\n");
    assert_content(in_directory("x.tsv").path, "0.5\t-1\n2\t1.0000000000000001e+300\n");
}
END_TEST

START_TEST(read_only_format_is_not_written)
{
    const double x[] = { 1, 0 };
    usph_error err = { "" };
    const place file = in_directory("x.vec");
    ck_assert_int_eq(usph_points_write(file.path, (usph_shape){ 1, 2 }, x, &err),
                     USPH_ERR_ARG);
    ck_assert_ptr_nonnull(strstr(err.text, "format vec is read only"));
    ck_assert_ptr_nonnull(strstr(err.text, "npy, text, csv, tsv"));
    ck_assert_uint_eq(files_in_directory(), 0);
}
END_TEST

/* ---- npy, built by hand ---- */

typedef struct blob {
    size_t size;
    char bytes[1024];
} blob;

static void blob_add(blob *file, const void *bytes, size_t count)
{
    ck_assert_uint_le(count, sizeof file->bytes - file->size);
    memcpy(file->bytes + file->size, bytes, count);
    file->size += count;
}

static void blob_add_integer(blob *file, uint64_t bits, size_t size, bool big_endian)
{
    for (size_t k = 0; k < size; k++) {
        const size_t shift = 8 * (big_endian ? size - 1 - k : k);
        const unsigned char byte = (unsigned char)(bits >> shift);
        blob_add(file, &byte, 1);
    }
}

/* The file up to the data; the header is neither padded nor aligned. */
static blob npy_start(int version, const char *header)
{
    blob file = { .size = 0 };
    blob_add(&file, "\x93NUMPY", 6);
    blob_add_integer(&file, (uint64_t)version, 2, false);
    blob_add_integer(&file, strlen(header), version == 1 ? 2 : 4, false);
    blob_add(&file, header, strlen(header));
    return file;
}

#define MAX64 0xFFFFFFFFFFFFFFFF

/* Six codes of every type: the matrix 2 x 3, row by row. */
static const struct npy_case {
    const char *code;
    size_t size;
    uint64_t bits[6];
    double x[6];
} npy_types[] = {
    { "f8",
      8,
      { 0x3FF0000000000000, 0xBFB999999999999A, 1, 0x7FEFFFFFFFFFFFFF, 1ULL << 63, 0 },
      { 1, -0.1, DBL_TRUE_MIN, DBL_MAX, -0.0, 0 } },
    { "f4",
      4,
      { 0x3F800000, 0xBDCCCCCD, 1, 0x7F7FFFFF, 0x80000000, 0x80000001 },
      { 1, (double)-0.1f, 0x1p-149, (double)FLT_MAX, -0.0, -0x1p-149 } },
    { "f2",
      2,
      { 0x3C00, 0xC000, 1, 0x7BFF, 0x8000, 0x83FF },
      { 1, -2, 0x1p-24, 65504, -0.0, -1023 * 0x1p-24 } },
    { "i1", 1, { 0, 1, 127, 128, 255, 200 }, { 0, 1, 127, -128, -1, -56 } },
    { "i2", 2, { 0, 1, 32767, 32768, 65535, 258 }, { 0, 1, 32767, -32768, -1, 258 } },
    { "i4",
      4,
      { 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x01020304 },
      { 0, 1, 2147483647, -2147483648.0, -1, 16909060 } },
    { "i8",
      8,
      { 0, 1, MAX64 >> 1, 1ULL << 63, MAX64, 0x0102030405060708 },
      { 0, 1, 0x1p63, -0x1p63, -1, 72623859790382856.0 } },
    { "u1", 1, { 0, 1, 127, 128, 255, 200 }, { 0, 1, 127, 128, 255, 200 } },
    { "u2", 2, { 0, 1, 32767, 32768, 65535, 258 }, { 0, 1, 32767, 32768, 65535, 258 } },
    { "u4",
      4,
      { 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x01020304 },
      { 0, 1, 2147483647, 2147483648, 4294967295, 16909060 } },
    { "u8",
      8,
      { 0, 1, MAX64 >> 1, 1ULL << 63, MAX64, 0x0102030405060708 },
      { 0, 1, 0x1p63, 0x1p63, 0x1p64, 72623859790382856.0 } },
    { "b1", 1, { 0, 1, 1, 0, 0, 1 }, { 0, 1, 1, 0, 0, 1 } },
};

static void check_npy_type(const struct npy_case *type, const char *order, bool fortran,
                           int version)
{
    static const size_t by_columns[6] = { 0, 3, 1, 4, 2, 5 };
    char header[128];
    snprintf(header, sizeof header,
             "{'descr': '%s%s', 'fortran_order': %s, 'shape': (2, 3), }\n", order,
             type->code, fortran ? "True" : "False");
    blob file = npy_start(version, header);
    for (size_t k = 0; k < 6; k++) {
        const uint64_t bits = type->bits[fortran ? by_columns[k] : k];
        blob_add_integer(&file, bits, type->size, *order == '>');
    }
    assert_parsed("npy", file.bytes, file.size, (usph_shape){ 2, 3 }, type->x);
}

START_TEST(npy_types_in_either_order_of_bytes_and_axes)
{
    static const char *const orders[] = { "<", ">", "=", "|", "" };
    for (size_t k = 0; k < COUNT(orders); k++) {
        for (int version = 1; version <= 3; version++) {
            check_npy_type(&npy_types[_i], orders[k], false, version);
            check_npy_type(&npy_types[_i], orders[k], true, version);
        }
    }
}
END_TEST

/* binary16 by its definition. */
static double half_by_hand(unsigned code)
{
    const int exponent = (int)(code >> 10 & 31);
    const int fraction = (int)(code & 1023);
    const double size = exponent == 0 ? ldexp(fraction, -24)
                                      : ldexp(1024 + fraction, exponent - 15 - 10);
    return code >> 15 != 0 ? -size : size;
}

static void check_half(unsigned code)
{
    blob file = npy_start(1, "{'descr':'<f2','fortran_order':False,'shape':(1,2)}");
    char message[64];
    snprintf(message, sizeof message, "f:%zu: value at row 1, column 2 is %s",
             file.size + 2,
             (code & 1023) != 0 ? "nan"
             : code >> 15 != 0  ? "-inf"
                                : "inf");
    blob_add_integer(&file, 0x3C00, 2, false);
    blob_add_integer(&file, code, 2, false);
    const double x[2] = { 1, half_by_hand(code) };
    if ((code >> 10 & 31) == 31)
        assert_refused("npy", file.bytes, file.size, message);
    else
        assert_parsed("npy", file.bytes, file.size, (usph_shape){ 1, 2 }, x);
}

START_TEST(npy_all_codes_of_half_precision)
{
    for (unsigned code = 0; code < 65536; code++)
        check_half(code);
}
END_TEST

/* All of these announce the 2 x 2 doubles 1, 2, 3, 4. */
static const char *const good_headers[] = {
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }          \n",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)}",
    "{\"descr\": \"<f8\", \"fortran_order\": False, \"shape\": (2, 2)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 2L), }\n",
    "{'shape':(2,2,),'fortran_order':False,'descr':'f8'}",
    " \t{ 'shape' : ( 2 , 2 ) ,'fortran_order' : False , 'descr' : '=f8' , } \r\n",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2                    ), }",
};

START_TEST(npy_header_taken)
{
    const double x[] = { 1, 2, 3, 4 };
    blob file = npy_start(1, good_headers[_i]);
    for (size_t k = 0; k < 4; k++) {
        blob_add_integer(&file, bits_of(x[k]), 8, false);
    }
    assert_parsed("npy", file.bytes, file.size, (usph_shape){ 2, 2 }, x);
}
END_TEST

#define REST  ",'fortran_order':False,'shape':(2,2)}"
#define DESCR "{'descr':'<f8','fortran_order':False,'shape':"

/* The message must point to the first place of `at` in the header. */
static const struct {
    const char *header, *at, *message;
} bad_headers[] = {
    /* kinds of items */
    { "{'descr':'|O'" REST, "'|O'", "descr '|O' is not supported: Python objects" },
    { "{'descr':'|V2'" REST, "'|V2'", "descr '|V2' is not supported: raw bytes" },
    { "{'descr':'<c16'" REST, "'<c16'", "descr '<c16' is not supported: complex" },
    { "{'descr':'<U8'" REST, "'<U8'", "descr '<U8' is not supported: text" },
    { "{'descr':'<M8[s]'" REST, "'<M8", "descr '<M8[s]' is not supported: times" },
    { "{'descr':'<f16'" REST, "'<f16'", "descr '<f16' is not supported: read are" },
    { "{'descr':'float64'" REST, "'float64'", "descr 'float64' is not supported" },
    { "{'descr':'><f8'" REST, "'><f8'", "descr '><f8' is not supported" },
    { "{'descr':'<'" REST, "'<'", "descr '<' is not supported" },
    { "{'descr':'<\nf8'" REST, "'<", "descr '<?f8' is not supported" },
    { "{'descr':''" REST, "''", "descr '' is not supported" },
    { "{'descr':[('a','<f8')]" REST, "[", "structured array" },
    { "{'descr':None" REST, "None", "header: ''' expected" },
    { "{'descr':'<f\\x38'" REST, "'<f", "header: no plain text in quotes" },
    /* keys */
    { "{'descr':'<f8','descr' :'<f8'" REST,
      "'descr' :", "header: key 'descr' is given" },
    { DESCR "(2,2),'shape' :(2,2)}",
      "'shape' :", "header: key 'shape' is given twice" },
    { "{'x':1,'descr':'<f8'" REST, "'x'", "header: unknown key" },
    { "{'descr':'<f8','fortran_order':False}", "", "header: key 'shape' is missing" },
    { "{}", "", "header: key 'descr' is missing" },
    { "{'descr':'<f8','fortran_order':1,'shape':(2,2)}", "1,",
      "header: fortran_order" },
    /* syntax */
    { "", "", "header: '{' expected" },
    { "{'descr':'<f8'" REST "x", "x", "header: something follows" },
    { "{'descr' '<f8'" REST, "'<f8", "header: ':' expected" },
    { "{'descr':'<f8' 'fortran_order':False}", "'fortran",
      "header: ',' or '}' expected" },
    { "{'descr':'<f8", "'<f8", "header: no plain text in quotes" },
    /* shapes */
    { DESCR "[2,2]}", "[2", "header: '(' expected" },
    { DESCR "(4)}", "(4)", "header: shape is not a tuple" },
    { DESCR "(-1,2)}", "-1", "header: shape must be a tuple of whole numbers" },
    { DESCR "(2 2)}", "2)", "header: ',' or ')' expected" },
    { DESCR "(,)}", ",)", "header: shape must be a tuple of whole numbers" },
    { DESCR "(2,99999999999999999999)}", "9999",
      "header: a length of the shape is out" },
    { DESCR "(2,18446744073709551616)}", "184",
      "header: a length of the shape is out" },
    { DESCR "()}", "()", "shape () has rank 0" },
    { DESCR "(4,)}", "(4,)", "shape (4,) has rank 1" },
    { DESCR "(1,2,2)}", "(1,2", "shape (1, 2, 2) has rank 3" },
    { DESCR "(4294967296,4294967296)}", "(4",
      "shape (4294967296, 4294967296) has more" },
    { DESCR "(2305843009213693952,1)}", "(2",
      "shape (2305843009213693952, 1) has more" },
};

START_TEST(npy_header_refused)
{
    const char *header = bad_headers[_i].header;
    const char *at = strstr(header, bad_headers[_i].at);
    const size_t index =
        *bad_headers[_i].at != '\0' ? (size_t)(at - header) : strlen(header);
    blob file = npy_start(1, header);
    char data[32] = { 0 };
    char message[160];
    blob_add(&file, data, sizeof data);
    snprintf(message, sizeof message, "f:%zu: %s", 10 + index, bad_headers[_i].message);
    assert_refused("npy", file.bytes, file.size, message);
}
END_TEST

START_TEST(npy_too_many_axes_are_refused)
{
    char header[512];
    size_t used = (size_t)snprintf(header, sizeof header, DESCR "(");
    for (size_t k = 0; k < 65; k++)
        used += (size_t)snprintf(header + used, sizeof header - used, "1,");
    snprintf(header + used, sizeof header - used, ")}");
    const blob file = npy_start(1, header);
    assert_refused("npy", file.bytes, file.size, "f:184: header: more than 64 axes");
}
END_TEST

/* Sizes of the data after a header of 54 bytes, which announces 2 x 2 doubles. */
static const struct {
    size_t bytes;
    const char *message;
} sizes[] = {
    { 0, "f:64: the data are cut off: shape (2, 2) needs 32 bytes, 0 are there" },
    { 31, "f:95: the data are cut off: shape (2, 2) needs 32 bytes, 31 are there" },
    { 33, "f:96: 1 bytes follow the 32 of shape (2, 2)" },
    { 64, "f:96: 32 bytes follow the 32 of shape (2, 2)" },
};

START_TEST(npy_size_must_fit)
{
    blob file = npy_start(1, DESCR "(2,2)}   ");
    const char data[64] = { 0 };
    ck_assert_uint_eq(file.size, 64);
    blob_add(&file, data, sizes[_i].bytes);
    assert_refused("npy", file.bytes, file.size, sizes[_i].message);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t size;
    const char *message;
} preambles[] = {
    { BYTES("1 2 3\n"), "f:0: not an npy file" },
    { BYTES("\x93NUMP"), "f:0: not an npy file" },
    { BYTES("\x93NUMPY"), "f:6: the file ends within its first 12 bytes" },
    { BYTES("\x93NUMPY\x01\x00\x01"), "f:9: the file ends within its first 10 bytes" },
    { BYTES("\x93NUMPY\x02\x00\x01\x00"), "f:10: the file ends within its first 12" },
    { BYTES("\x93NUMPY\x04\x00\x01\x00\x00\x00{"), "f:6: npy version 4.0 is not" },
    { BYTES("\x93NUMPY\x01\x01\x01\x00\x00\x00{"), "f:6: npy version 1.1 is not" },
    { BYTES("\x93NUMPY\x01\x00\x05\x00{}"), "f:8: header of 5 bytes announced, the "
                                            "file has 2 more" },
    { BYTES("\x93NUMPY\x02\x00\xff\xff\xff\xff{}"), "f:8: header of 4294967295 bytes" },
};

START_TEST(npy_preamble_refused)
{
    assert_refused("npy", preambles[_i].bytes, preambles[_i].size,
                   preambles[_i].message);
}
END_TEST

START_TEST(npy_degenerate_shapes_are_refused_with_the_name_of_the_file)
{
    blob file = npy_start(1, DESCR "(0,3)}");
    assert_refused("npy", file.bytes, file.size, "f: n = 0");
    file = npy_start(1, DESCR "(3,0)}");
    assert_refused("npy", file.bytes, file.size, "f: d = 0");
    file = npy_start(1, DESCR "(1,1)}");
    blob_add(&file, "12345678", 8);
    assert_refused("npy", file.bytes, file.size, "f: d = 1");
}
END_TEST

START_TEST(npy_bad_value_is_placed_in_either_order_of_axes)
{
    blob file = npy_start(1, "{'descr':'<f4','fortran_order':True,'shape':(2,2)}");
    const size_t start = file.size;
    char message[64];
    blob_add_integer(&file, 0, 8, false);
    blob_add_integer(&file, 0xFF800000, 4, false);
    blob_add_integer(&file, 0, 4, false);
    snprintf(message, sizeof message, "f:%zu: value at row 1, column 2 is -inf",
             start + 8);
    assert_refused("npy", file.bytes, file.size, message);
}
END_TEST

START_TEST(npy_every_cut_is_refused)
{
    blob file = npy_start(2, "{'descr':'<f8','fortran_order':False,'shape':(2,2)}");
    const char data[32] = { 0 };
    blob_add(&file, data, sizeof data);
    for (size_t size = 0; size < file.size; size++)
        assert_refused("npy", file.bytes, size, "f:");
}
END_TEST

START_TEST(npy_written_header_is_aligned)
{
    const double x[] = { 1, 2 };
    const place file = in_directory("x.npy");
    usph_error err = { "" };
    usph_assert_ok(usph_points_write(file.path, (usph_shape){ 1, 2 }, x, &err), err);
    char bytes[256];
    FILE *stream = fopen(file.path, "rb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fread(bytes, 1, sizeof bytes, stream), 128 + 16);
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_mem_eq(bytes, "\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', ", 26);
    ck_assert_int_eq(bytes[127], '\n');
    ck_assert_mem_eq(bytes + 128, "\0\0\0\0\0\0\xf0\x3f", 8);
}
END_TEST

/* ---- text ---- */

/* All of these are the rows 1 2 / 3 4.5. */
static const char *const good_texts[] = {
    "1 2\n3 4.5\n",
    "1 2\n3 4.5",
    "1\t2\r\n3\t4.5\r\n",
    "\xEF\xBB\xBF 1,2\n3,4.5\n",
    "\xEF\xBB\xBF# mark\n1,2\n3,4.5\n",
    "  1 ,  2\t\n\n \t \n3,4.5\n\n",
    "1;2\n3 ; 4.5\n",
    "# a b\n% c\n 1 2\n  # 9 9\n3 4.5\n",
    "1 2\n% 9 9\n3 4.5\n# end",
    "x y\n1 2\n3 4.5\n",
    "x,y\r\n1,2\r\n3,4.5\r\n",
    "\"first name\", \"2nd\"\n1,2\n3,4.5\n",
    "dim 1\tdim 2\n1\t2\n3\t4.5\n",
    "  x   y  \n1 2\n3 4.5\n",
    "# made by\nnanometre;info\n1;2\n3;4.5\n",
    "+1 2.\n3e0 .45E+1\n",
    "1 2 \n3 4.5 \n",
    "1,2\n3 4.5\n",
    "1 2\n3 4.50000000000000000000000000000000000000000000000000000000000000000000\n",
};

START_TEST(text_taken)
{
    const double x[] = { 1, 2, 3, 4.5 };
    const char *text = good_texts[_i];
    assert_parsed("text", text, strlen(text), (usph_shape){ 2, 2 }, x);
    assert_parsed("csv", text, strlen(text), (usph_shape){ 2, 2 }, x);
}
END_TEST

static const struct {
    const char *text;
    size_t size;
    const char *message;
} bad_texts[] = {
    { BYTES("1 2 3 4\n1 2 3\n"), "f:2:6: row has 3 numbers, the first row has 4" },
    { BYTES("1 2\r\n1\r\n"), "f:2:2: row has 1 numbers, the first row has 2" },
    { BYTES("1 2\n1 2 3 4\n"), "f:2:5: row has 4 numbers, the first row has 2" },
    { BYTES("1,,2\n"), "f:1:3: empty field" },
    { BYTES("1, ,2\n"), "f:1:4: empty field" },
    { BYTES("# x\n\n1,2,\n"), "f:3:5: empty field" },
    { BYTES(",1,2\n"), "f:1:1: empty field" },
    { BYTES(",x,y\n0,1,2\n"), "f:1:1: empty field" },
    { BYTES("1 2\n1 0x10\n"), "f:2:3: \"0x10\" is not a number" },
    { BYTES("1 2\n1 -0X1p3\n"), "f:2:3: \"-0X1p3\" is not a number" },
    { BYTES("1 2\n1 2a\n"), "f:2:3: \"2a\" is not a number" },
    { BYTES("1 2\n1 2e\n"), "f:2:3: \"2e\" is not a number" },
    { BYTES("1 2\n1 \"2\"\n"), "f:2:3: \"\"2\"\" is not a number" },
    { BYTES("1 2\n1 2 # x\n"), "f:2:5: \"#\" is not a number" },
    { BYTES("1 2\r3 4\r"), "f:1:3: \"2?3\" is not a number" },
    { BYTES("1 2\n1 \xc3\xa9\x1b\n"), "f:2:3: \"???\" is not a number" },
    { BYTES("1 2\n1 - 2\n"), "f:2:3: \"-\" is not a number" },
    { BYTES("1 2\n3 xxxxxxxxxxyyyyyyyyyyxxxxxxxxxxyyyyyyyyyyz\n"),
      "f:2:3: \"xxxxxxxxxxyyyyyyyyyyxxxxxxxxxxyyyyyyyyyy...\" is not a number" },
    { BYTES("x y\nx y\n1 2\n"), "f:2:1: \"x\" is not a number" },
    { BYTES("1 2\nx y\n"), "f:2:1: \"x\" is not a number" },
    { BYTES("1 x\n1 2\n"), "f:1:3: \"x\" is not a number" },
    { BYTES("x 1\n1 2\n"), "f:1:1: \"x\" is not a number" },
    { BYTES("1.0.0 2.0.0\n1 2\n"), "f:1:1: \"1.0.0\" is not a number" },
    { BYTES("1,5;2,5\n"), "f:1:4: both comma and semicolon" },
    { BYTES("1,5\n2;5\n"), "f:2:2: both comma and semicolon" },
    { BYTES("x y\n1 2\n3 nan\n"), "f:3:3: value at row 2, column 2 is nan" },
    { BYTES("nan inf\n"), "f:1:1: value at row 1, column 1 is nan" },
    { BYTES("1 2\n-Infinity 4\n"), "f:2:1: value at row 2, column 1 is -inf" },
    { BYTES("1 2\n3 1e999\n"), "f:2:3: value at row 2, column 2 is inf" },
    { BYTES("1 2\n3 \0 4\n"), "f:2:3: NUL byte: is this a binary file?" },
    { BYTES("\0"), "f:1:1: NUL byte" },
    { BYTES("1 2\n3 4\0"), "f:2:4: NUL byte" },
    { BYTES("1 2\n\0"), "f:2:1: NUL byte" },
    { BYTES("1 2\0\n3 4\n"), "f:1:4: NUL byte" },
    { BYTES("# only\n\n"), "f: no row of numbers in it" },
    { BYTES("\xEF\xBB\xBF"), "f: no row of numbers in it" },
    { BYTES("x y\n"), "f: no row of numbers in it" },
    { BYTES("1\n2\n"), "f: d = 1" },
};

START_TEST(text_refused)
{
    assert_refused("text", bad_texts[_i].text, bad_texts[_i].size,
                   bad_texts[_i].message);
}
END_TEST

/* ---- word vectors ---- */

/* All of these are the rows 1 2 / 3 4.5. */
static const char *const good_vecs[] = {
    "2 2\nthe 1 2\nof 3 4.5\n",
    "2 2\nthe 1 2 \nof 3 4.5 ",
    "2 2 \r\nthe 1 2\r\nof 3 4.5\r\n\r\n",
    "2\t2\n# 1 2\n\x80\xff,; 3 4.5\n",
    "02 2\n1 1 2\n2 3 4.5\n",
    "2 2\n, 1 2\na,;b 3 4.5\n",
    "2 2\nnan 1 2\na\tb 3 4.5\n",
};

START_TEST(vec_taken)
{
    const double x[] = { 1, 2, 3, 4.5 };
    const char *text = good_vecs[_i];
    assert_parsed("vec", text, strlen(text), (usph_shape){ 2, 2 }, x);
    ck_assert(format_named("vec")->probe(text, strlen(text)));
}
END_TEST

static const struct {
    const char *text;
    size_t size;
    const char *message;
} bad_vecs[] = {
    { BYTES("x y\na 1 2\n"), "f:1:1: the first line must be two counts" },
    { BYTES("2\na 1 2\n"), "f:1:2: the first line must be two counts" },
    { BYTES("2 0\na\nb\n"), "f:1:4: the first line must be two counts" },
    { BYTES("2 2 2\na 1 2\n"), "f:1:5: the first line must be two counts" },
    { BYTES("2 99999999999999999999\na 1\n"), "f:1:21: the first line must be two" },
    { BYTES("2 2\na 1 2\n"),
      "f:2:6: the file ends after 1 rows, the first line says 2" },
    { BYTES("2 2"), "f:1:4: the file ends after 0 rows, the first line says 2" },
    { BYTES("999999999999 9999999999\na 1\n"), "f:2:4: row has 1 numbers, the first" },
    { BYTES("1 2\na 1 2\n\nb 1 2\n"), "f:4:1: more rows than the 1 the first line" },
    { BYTES("2 2\na 1\nb 1 2\n"), "f:2:4: row has 1 numbers, the first line says 2" },
    { BYTES("2 2\na\nb 1 2\n"), "f:2:2: row has 0 numbers, the first line says 2" },
    { BYTES("2 2\na 1 2 3\nb 1 2\n"),
      "f:2:7: row has 3 numbers, the first line says 2" },
    { BYTES("2 2\n 1 2\nb 1 2\n"), "f:2:1: no word at the start" },
    { BYTES("2 2\n\nb 1 2\n"), "f:2:1: no word at the start" },
    { BYTES("2 2\na 1 2\nb c 2\n"), "f:3:3: \"c\" is not a number" },
    { BYTES("2 2\na 1 2\nb 1,2\n"), "f:3:3: \"1,2\" is not a number" },
    { BYTES("2 2\na 1 2\nb 1 inf\n"), "f:3:5: value at row 2, column 2 is inf" },
    { BYTES("1 2\na\0 1 2\n"), "f:2:2: NUL byte" },
    { BYTES("1 1\na 1\n"), "f: d = 1" },
};

START_TEST(vec_refused)
{
    assert_refused("vec", bad_vecs[_i].text, bad_vecs[_i].size, bad_vecs[_i].message);
}
END_TEST

/* ---- reading files ---- */

static const struct {
    const char *name, *text, *format;
} contents[] = {
    { "x.txt", "1 2\nthe 0.5 0.25\n", "vec" },
    { "x", "1 2\n3 0.5 0.25\n", "vec" },
    { "x.txt", "1 2\n3 4\n", "text" },
    { "x", "1\t2\n3\t4\n", "text" },
    { "x.csv", "1 2\n3 4\n", "csv" },
    { "x.npy", "\x93NUMPY\x01", "npy" }, /* refused, as npy */
    { "x.txt", "\x93NUMPY\x01", "npy" },
    { "x.npy", "1 2\n", "npy" },
    { "x.vec", "1 2\n3 4\n", "vec" },
    { "x.vec", "nothing", "vec" },
};

START_TEST(content_then_extension_chooses_the_reader)
{
    const place file = in_directory(contents[_i].name);
    const char *text = contents[_i].text;
    const usph_format *format = NULL;
    usph_points points = { 0 };
    usph_error err = { "" };
    usph_error direct = { "" };
    store(file.path, text, strlen(text));
    if (usph_points_read(file.path, &points, &format, &err) == USPH_OK) {
        ck_assert_str_eq(format->entry.name, contents[_i].format);
        usph_points_free(&points);
        return;
    }
    ck_assert_int_eq(parse(contents[_i].format, text, strlen(text), &points, &direct),
                     USPH_ERR_DATA);
    ck_assert_ptr_eq(strstr(err.text, file.path), err.text);
    ck_assert_str_eq(err.text + strlen(file.path), direct.text + 1);
}
END_TEST

static void assert_unreadable(const char *path, usph_status wanted, const char *message)
{
    usph_points points = { 0 };
    usph_error err = { "" };
    char text[256];
    snprintf(text, sizeof text, "%s: %s", path, message);
    ck_assert_int_eq(usph_points_read(path, &points, NULL, &err), wanted);
    ck_assert_str_eq(err.text, text);
    ck_assert_ptr_null(points.x);
}

START_TEST(what_cannot_be_read_is_said_in_one_line)
{
    const place empty = in_directory("empty.npy");
    store(empty.path, "", 0);
    assert_unreadable(empty.path, USPH_ERR_DATA, "the file is empty");
    assert_unreadable("/dev/null", USPH_ERR_DATA, "the file is empty");
    assert_unreadable(directory, USPH_ERR_IO, strerror(EISDIR));
    assert_unreadable(in_directory("none").path, USPH_ERR_IO, strerror(ENOENT));
}
END_TEST

/* Let a descriptor be another file; returns the old one for restore_stream. */
static int replace_stream(int fd, const char *path, int flags)
{
    const int old = dup(fd);
    const int file = open(path, flags, 0600);
    ck_assert_int_ge(old, 0);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(dup2(file, fd), fd);
    ck_assert_int_eq(close(file), 0);
    return old;
}

static void restore_stream(int fd, int old)
{
    ck_assert_int_eq(dup2(old, fd), fd);
    ck_assert_int_eq(close(old), 0);
}

START_TEST(dash_reads_standard_input)
{
    const place file = in_directory("x");
    usph_points points = { 0 };
    usph_error err = { "" };
    store(file.path, "1 2\n3\n", 6);
    const int old = replace_stream(STDIN_FILENO, file.path, O_RDONLY);
    const usph_status status = usph_points_read("-", &points, NULL, &err);
    restore_stream(STDIN_FILENO, old);
    ck_assert_int_eq(status, USPH_ERR_DATA);
    ck_assert_str_eq(err.text, "<stdin>:2:2: row has 1 numbers, the first row has 2");
}
END_TEST

/* ---- writing files ---- */

static const double pair[] = { 1, 0 };
static const usph_shape pair_shape = { 1, 2 };

/* usph_points_write of the pair, as a user who may not write everywhere. */
static usph_status write_as_user(const char *path, usph_error *err)
{
    const uid_t old = leave_root();
    const usph_status status = usph_points_write(path, pair_shape, pair, err);
    ck_assert_int_eq(seteuid(old), 0);
    return status;
}

/* Bytes written to the stream before must stay. */
START_TEST(standard_output_is_written_in_place)
{
    static const char *const paths[] = { "-", "/dev/stdout", "%" };
    const place file = in_directory("out.txt");
    usph_error err = { "" };
    const char *path = *paths[_i] == '%' ? file.path : paths[_i];
    store(file.path, "", 0);
    ck_assert_int_eq(chmod(file.path, 0666), 0);
    const int old = replace_stream(STDOUT_FILENO, file.path, O_WRONLY);
    const ssize_t before = write(STDOUT_FILENO, "0 1\n", 4);
    const usph_status status = write_as_user(path, &err);
    const bool still_open = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    restore_stream(STDOUT_FILENO, old);
    ck_assert_msg(status == USPH_OK, "%s", err.text);
    ck_assert(still_open && before == 4);
    assert_content(file.path, "0 1\n1 0\n");
    ck_assert_uint_eq(files_in_directory(), 1);
}
END_TEST

START_TEST(full_device_is_an_error)
{
    const place link = in_directory("link.npy");
    usph_error err = { "" };
    ck_assert_int_eq(symlink("/dev/full", link.path), 0);
    ck_assert_int_eq(write_as_user("/dev/full", &err), USPH_ERR_IO);
    ck_assert_str_eq(err.text, "/dev/full: No space left on device");
    ck_assert_int_eq(write_as_user(link.path, &err), USPH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "link.npy: No space left on device"));
    ck_assert_uint_eq(files_in_directory(), 1);
    const int old = replace_stream(STDOUT_FILENO, "/dev/full", O_WRONLY);
    const usph_status status = write_as_user("-", &err);
    restore_stream(STDOUT_FILENO, old);
    ck_assert_int_eq(status, USPH_ERR_IO);
    ck_assert_str_eq(err.text, "<stdout>: No space left on device");
}
END_TEST

START_TEST(devices_and_pipes_are_written_directly)
{
    const place pipe = in_directory("pipe.txt");
    char bytes[8] = "";
    usph_error err = { "" };
    usph_assert_ok(write_as_user("/dev/null", &err), err);
    ck_assert_int_eq(mkfifo(pipe.path, 0666), 0);
    const int reader = open(pipe.path, O_RDONLY | O_NONBLOCK);
    usph_assert_ok(usph_points_write(pipe.path, pair_shape, pair, &err), err);
    ck_assert_int_eq(read(reader, bytes, sizeof bytes), 4);
    ck_assert_int_eq(close(reader), 0);
    ck_assert_str_eq(bytes, "1 0\n");
    ck_assert_uint_eq(files_in_directory(), 1);
}
END_TEST

/* A disk that is full after a number of bytes. */
static usph_status write_limited(const char *path, rlim_t limit, usph_error *err)
{
    double x[ROWS * COLUMNS] = { 0 };
    struct rlimit old;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit small = { .rlim_cur = limit, .rlim_max = old.rlim_max };
    void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    const usph_status status =
        usph_points_write(path, (usph_shape){ ROWS, COLUMNS }, x, err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, handler);
    return status;
}

static const rlim_t limits[] = { 0, 1, 100, 5000, 19999, 20000, 20127 };

START_TEST(failed_write_leaves_the_target_and_nothing_else)
{
    const place file = in_directory("x.npy");
    usph_error err = { "" };
    store(file.path, "old", 3);
    ck_assert_int_eq(write_limited(file.path, limits[_i], &err), USPH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "x.npy: File too large"));
    assert_content(file.path, "old");
    ck_assert_uint_eq(files_in_directory(), 1);
    usph_assert_ok(write_limited(file.path, 128 + 8 * ROWS * COLUMNS, &err), err);
}
END_TEST

START_TEST(sink_reports_an_early_failure_at_commit)
{
    usph_sink sink;
    usph_error err = { "" };
    char bytes[USPH_SINK_BYTES] = { 0 };
    const uid_t old = leave_root();
    usph_assert_ok(usph_sink_open("/dev/full", &sink, &err), err);
    usph_assert_ok(usph_sink_write(&sink, bytes, sizeof bytes), err);
    ck_assert_int_eq(usph_sink_write(&sink, "x", 1), USPH_ERR_IO);
    ck_assert_int_eq(usph_sink_printf(&sink, "%d", 1), USPH_ERR_IO);
    ck_assert_int_eq(usph_sink_commit(&sink), USPH_ERR_IO);
    ck_assert_int_eq(seteuid(old), 0);
    ck_assert_str_eq(err.text, "/dev/full: No space left on device");
}
END_TEST

START_TEST(aborted_write_leaves_the_target)
{
    usph_sink sink;
    usph_error err = { "" };
    const place file = in_directory("x.txt");
    store(file.path, "old", 3);
    usph_assert_ok(usph_sink_open(file.path, &sink, &err), err);
    usph_assert_ok(usph_sink_write(&sink, "new", 3), err);
    ck_assert_uint_eq(files_in_directory(), 2);
    assert_content(file.path, "old");
    usph_sink_abort(&sink);
    assert_content(file.path, "old");
    ck_assert_uint_eq(files_in_directory(), 1);
    ck_assert_int_eq(usph_sink_commit(&sink), USPH_ERR_IO);
}
END_TEST

START_TEST(sink_keeps_long_output_in_order)
{
    usph_sink sink;
    usph_error err = { "" };
    const place file = in_directory("x.txt");
    usph_assert_ok(usph_sink_open(file.path, &sink, &err), err);
    for (int k = 0; k < 50000; k++)
        usph_assert_ok(usph_sink_printf(&sink, "%07d\n", k), err);
    usph_assert_ok(usph_sink_commit(&sink), err);
    FILE *stream = fopen(file.path, "r");
    ck_assert_ptr_nonnull(stream);
    char line[16];
    for (int k = 0; k < 50000; k++) {
        ck_assert_ptr_nonnull(fgets(line, sizeof line, stream));
        ck_assert_int_eq(strtol(line, NULL, 10), k);
    }
    ck_assert_ptr_null(fgets(line, sizeof line, stream));
    ck_assert_int_eq(fclose(stream), 0);
}
END_TEST

/* Links to a file, to a link, to a file still to be made; relative and absolute. */
static const char *const links[] = { "sub/x.txt", "chain", "sub/new.txt",
                                     "%sub/x.txt" };

START_TEST(symbolic_link_is_followed)
{
    const bool absolute = *links[_i] == '%';
    const place target = in_directory(links[_i] + absolute);
    const place link = in_directory("link.txt");
    struct stat file;
    usph_error err = { "" };
    ck_assert_int_eq(mkdir(in_directory("sub").path, 0700), 0);
    store(in_directory("sub/x.txt").path, "old", 3);
    ck_assert_int_eq(symlink("sub/x.txt", in_directory("chain").path), 0);
    ck_assert_int_eq(symlink(absolute ? target.path : links[_i], link.path), 0);
    usph_assert_ok(usph_points_write(link.path, pair_shape, pair, &err), err);
    ck_assert_int_eq(lstat(link.path, &file), 0);
    ck_assert(S_ISLNK(file.st_mode));
    ck_assert_int_eq(lstat(in_directory("chain").path, &file), 0);
    ck_assert(S_ISLNK(file.st_mode));
    assert_content(target.path, "1 0\n");
    ck_assert_uint_eq(files_in_directory(), 3);
}
END_TEST

static mode_t mode_of(const char *path)
{
    struct stat file;
    ck_assert_int_eq(stat(path, &file), 0);
    return file.st_mode & 07777;
}

START_TEST(mode_is_the_umask_or_the_old_one)
{
    const place file = in_directory("x.txt");
    usph_error err = { "" };
    const mode_t old = umask(027);
    usph_assert_ok(usph_points_write(file.path, pair_shape, pair, &err), err);
    (void)umask(old);
    ck_assert_uint_eq(mode_of(file.path), 0640);
    ck_assert_int_eq(chmod(file.path, 0604), 0);
    usph_assert_ok(usph_points_write(file.path, pair_shape, pair, &err), err);
    ck_assert_uint_eq(mode_of(file.path), 0604);
}
END_TEST

START_TEST(protected_file_is_not_replaced)
{
    const place file = in_directory("x.txt");
    usph_error err = { "" };
    store(file.path, "old", 3);
    ck_assert_int_eq(chmod(file.path, 0444), 0);
    ck_assert_int_eq(chmod(directory, 0777), 0);
    ck_assert_int_eq(write_as_user(file.path, &err), USPH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "x.txt: Permission denied"));
    assert_content(file.path, "old");
    ck_assert_uint_eq(files_in_directory(), 1);
}
END_TEST

START_TEST(bare_name_goes_to_the_working_directory)
{
    char old[PATH_MAX];
    usph_error err = { "" };
    ck_assert_ptr_nonnull(getcwd(old, sizeof old));
    ck_assert_int_eq(chdir(directory), 0);
    const usph_status status = usph_points_write("x.txt", pair_shape, pair, &err);
    ck_assert_int_eq(chdir(old), 0);
    ck_assert_msg(status == USPH_OK, "%s", err.text);
    assert_content(in_directory("x.txt").path, "1 0\n");
}
END_TEST

static const struct {
    const char *name;
    int code;
} unwritable[] = {
    { "none/x.txt", ENOENT }, { "", EISDIR },           { "file/x.txt", ENOTDIR },
    { "loop", ELOOP },        { "away/x.txt", ENOENT },
};

START_TEST(what_cannot_be_written_is_said_in_one_line)
{
    const place path = in_directory(unwritable[_i].name);
    usph_error err = { "" };
    store(in_directory("file").path, "", 0);
    ck_assert_int_eq(symlink("loop", in_directory("loop").path), 0);
    ck_assert_int_eq(symlink("none", in_directory("away").path), 0);
    ck_assert_int_eq(usph_points_write(path.path, pair_shape, pair, &err), USPH_ERR_IO);
    ck_assert_ptr_eq(strstr(err.text, path.path), err.text);
    ck_assert_ptr_nonnull(strstr(err.text, strerror(unwritable[_i].code)));
    ck_assert_uint_eq(files_in_directory(), 3);
}
END_TEST

/* ---- the registry ---- */

START_TEST(every_format_describes_itself)
{
    for (size_t k = 0; k < usph_formats.count; k++) {
        const usph_format *format = usph_format_of(usph_formats.items[k]);
        ck_assert_ptr_nonnull(format->entry.name);
        ck_assert_ptr_nonnull(format->entry.title);
        ck_assert_ptr_nonnull(format->entry.formula);
        ck_assert_ptr_nonnull(format->extensions);
        ck_assert_uint_eq(usph_entry_params(&format->entry), 0);
        ck_assert(format->parse != NULL);
    }
}
END_TEST

/* No reader may crash or overrun on the beginnings of another one's files. */
START_TEST(every_reader_survives_foreign_and_cut_files)
{
    const blob file = npy_start(1, DESCR "(1,2)}");
    const char *text = "2 2\na 1 2\nb,3;4e5 nan\n0x\xEF\xBB\xBF";
    for (size_t k = 0; k < usph_formats.count; k++) {
        usph_points points = { 0 };
        const char *name = usph_formats.items[k]->name;
        for (size_t size = 0; size <= strlen(text); size++) {
            if (parse(name, text, size, &points, NULL) == USPH_OK)
                usph_points_free(&points);
        }
        for (size_t size = 0; size <= file.size; size++) {
            ck_assert_int_ne(parse(name, file.bytes, size, &points, NULL), USPH_OK);
        }
    }
}
END_TEST

static void add_npy_tests(TCase *tests)
{
    tcase_add_loop_test(tests, npy_types_in_either_order_of_bytes_and_axes, 0,
                        COUNT(npy_types));
    tcase_add_test(tests, npy_all_codes_of_half_precision);
    tcase_add_loop_test(tests, npy_header_taken, 0, COUNT(good_headers));
    tcase_add_loop_test(tests, npy_header_refused, 0, COUNT(bad_headers));
    tcase_add_test(tests, npy_too_many_axes_are_refused);
    tcase_add_loop_test(tests, npy_size_must_fit, 0, COUNT(sizes));
    tcase_add_loop_test(tests, npy_preamble_refused, 0, COUNT(preambles));
    tcase_add_test(tests, npy_degenerate_shapes_are_refused_with_the_name_of_the_file);
    tcase_add_test(tests, npy_bad_value_is_placed_in_either_order_of_axes);
    tcase_add_test(tests, npy_every_cut_is_refused);
    tcase_add_test(tests, npy_written_header_is_aligned);
}

static void add_reader_tests(TCase *tests)
{
    tcase_add_loop_test(tests, text_taken, 0, COUNT(good_texts));
    tcase_add_loop_test(tests, text_refused, 0, COUNT(bad_texts));
    tcase_add_loop_test(tests, vec_taken, 0, COUNT(good_vecs));
    tcase_add_loop_test(tests, vec_refused, 0, COUNT(bad_vecs));
    tcase_add_loop_test(tests, content_then_extension_chooses_the_reader, 0,
                        COUNT(contents));
    tcase_add_test(tests, what_cannot_be_read_is_said_in_one_line);
    tcase_add_test(tests, dash_reads_standard_input);
    tcase_add_test(tests, every_format_describes_itself);
    tcase_add_test(tests, every_reader_survives_foreign_and_cut_files);
}

static void add_writer_tests(TCase *tests)
{
    tcase_add_test(tests, every_writer_is_read_back_bit_for_bit);
    tcase_add_loop_test(tests, extension_chooses_the_writer, 0, COUNT(names));
    tcase_add_test(tests, writers_separate_numbers_as_their_kind_does);
    tcase_add_test(tests, read_only_format_is_not_written);
    tcase_add_loop_test(tests, standard_output_is_written_in_place, 0, 3);
    tcase_add_test(tests, full_device_is_an_error);
    tcase_add_test(tests, devices_and_pipes_are_written_directly);
    tcase_add_loop_test(tests, failed_write_leaves_the_target_and_nothing_else, 0,
                        COUNT(limits));
    tcase_add_test(tests, sink_reports_an_early_failure_at_commit);
    tcase_add_test(tests, aborted_write_leaves_the_target);
    tcase_add_test(tests, sink_keeps_long_output_in_order);
    tcase_add_loop_test(tests, symbolic_link_is_followed, 0, COUNT(links));
    tcase_add_test(tests, mode_is_the_umask_or_the_old_one);
    tcase_add_test(tests, protected_file_is_not_replaced);
    tcase_add_test(tests, bare_name_goes_to_the_working_directory);
    tcase_add_loop_test(tests, what_cannot_be_written_is_said_in_one_line, 0,
                        COUNT(unwritable));
}

Suite *usph_test_suite(void)
{
    static const struct {
        const char *name;
        void (*add)(TCase *tests);
    } cases[] = {
        { "npy", add_npy_tests },
        { "readers", add_reader_tests },
        { "writers", add_writer_tests },
    };
    Suite *suite = suite_create("io");
    for (size_t k = 0; k < COUNT(cases); k++) {
        TCase *tests = tcase_create(cases[k].name);
        tcase_add_checked_fixture(tests, set_up, tear_down);
        cases[k].add(tests);
        suite_add_tcase(suite, tests);
    }
    return suite;
}
