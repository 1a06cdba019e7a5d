#ifndef USPH_TESTS_RUNNER_H
#define USPH_TESTS_RUNNER_H

#include <check.h>
#include <stdint.h>

/** Defined once by each test program; tests/runner.c has main and the closing line. */
Suite *usph_test_suite(void);

/** Seed of the random cases: fixed, or USPH_TEST_SEED to explore. */
uint64_t usph_test_seed(void);

/** |a - b| <= tol * max(1, |b|), equal infinities or both NaN; prints what it saw. */
#define usph_assert_close(a, b, tol, ...) \
    usph_check_close((a), (b), (tol), __FILE__, __LINE__, __VA_ARGS__)
void usph_check_close(double a, double b, double tol, const char *file, int line,
                      const char *format, ...) __attribute__((format(printf, 6, 7)));

/** The status is USPH_OK; prints the error's text otherwise. */
#define usph_assert_ok(call, err) \
    ck_assert_msg((call) == USPH_OK, "%s: %s", #call, (err).text)

#endif
