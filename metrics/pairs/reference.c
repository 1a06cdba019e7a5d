#include <math.h>
#include <string.h>

#include "metrics/pairs/job.h"

/*
 * The definition, by two loops with sums in long double: what the fast paths are
 * checked against, and nothing else.
 */

static long double square(const usph_pairs_job *job, size_t i, size_t j,
                          long double sign)
{
    const size_t d = job->shape.d;
    long double sum = 0;
    for (size_t k = 0; k < d; k++) {
        const long double diff =
            (long double)job->x[i * d + k] - sign * job->x[j * d + k];
        sum += diff * diff;
    }
    return sum;
}

/* K(|x_i - sign x_j|^2), and the pull on x_i into grad. */
static long double term(const usph_pairs_job *job, size_t i, size_t j, double sign,
                        usph_pairs_energy *out, long double *grad)
{
    const size_t d = job->shape.d;
    const double r2 = (double)square(job, i, j, sign);
    const double q2 = (double)square(job, i, j, -sign);
    double k = 0;
    double dk = 0;
    usph_job_eval(job, r2, q2, &k, &dk);
    if (i < j) {
        out->coincident += r2 == 0;
        out->least = fmin(out->least, r2);
    }
    if (usph_pulls_along_sum(job->kernel, r2, q2)) {
        dk = -dk;
        sign = -sign;
    }
    for (size_t c = 0; c < d; c++)
        grad[c] += 2 * (long double)dk *
                   ((long double)job->x[i * d + c] - sign * job->x[j * d + c]);
    return k;
}

enum {
    MAX_D = 4096, /* of the sums of one row, on the stack */
};

usph_status usph_pairs_reference(const usph_pairs_job *job, usph_pairs_energy *out)
{
    const usph_shape shape = job->shape;
    long double grad[MAX_D];
    long double sum = 0;
    if (shape.d > MAX_D)
        return USPH_ERR_UNSUPPORTED;
    *out = (usph_pairs_energy){ .least = 4 };
    for (size_t i = 0; i < shape.n; i++) {
        memset(grad, 0, sizeof grad);
        for (size_t j = 0; j < shape.n; j++) {
            if (i == j)
                continue;
            sum += 0.5L * term(job, i, j, 1, out, grad);
            if (job->form->half)
                sum += 0.5L * term(job, i, j, -1, out, grad);
        }
        for (size_t k = 0; k < shape.d && job->grad != NULL; k++)
            job->grad[i * shape.d + k] = (double)grad[k];
    }
    out->sum = (double)sum;
    return USPH_OK;
}
