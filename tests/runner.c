#include "tests/runner.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/blas.h"

uint64_t usph_test_seed(void)
{
    const char *text = getenv("USPH_TEST_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 20210301;
}

void usph_check_close(double a, double b, double tol, const char *file, int line,
                      const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const double scale = fmax(1, fabs(b));
    const bool equal = a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tol * scale;
    if (!equal)
        ck_abort_msg(
            "%s:%d: %s: got %.17g (%a), want %.17g (%a), off by %.3g relative, "
            "allowed %.3g",
            file, line, what, a, a, b, b, fabs(a - b) / scale, tol);
    mark_point();
}

int main(void)
{
    usph_blas_init();
    SRunner *runner = srunner_create(usph_test_suite());
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
