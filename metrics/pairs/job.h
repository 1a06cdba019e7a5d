#ifndef USPH_METRICS_PAIRS_JOB_H
#define USPH_METRICS_PAIRS_JOB_H

#include "metrics/kernel.h"
#include "metrics/pairs/loops.h"
#include "metrics/pairs/pairs.h"

/* A sum over pairs as the paths get it. */
typedef struct usph_pairs_job {
    const usph_pairs_form *form;
    const usph_kernel *kernel;
    const double *values; /* parameters of the kernel */
    const usph_pairs_loops *loops;
    usph_level level;
    usph_pair_params params;
    double k_scale, dk_scale; /* factors left out by the loops */
    usph_shape shape;
    const double *x;
    usph_workspace *ws;
    unsigned threads;
    double *grad; /* NULL to skip */
} usph_pairs_job;

/* The paths, in files of their own: sum, least, coincident and gradient of a job. */
usph_status usph_pairs_reference(const usph_pairs_job *job, usph_pairs_energy *out);
usph_status usph_pairs_by_walk(const usph_pairs_job *job, usph_pairs_energy *out);
usph_status usph_pairs_small(const usph_pairs_job *job, usph_pairs_energy *out);
usph_status usph_pairs_large(const usph_pairs_job *job, bool single,
                             usph_pairs_energy *out);
usph_status usph_pairs_many(const usph_pairs_job *job, usph_pairs_energy *out);

/* Whether the multipole path takes over. */
bool usph_pairs_are_many(const usph_pairs_form *form, usph_shape shape,
                         usph_accuracy accuracy);

size_t usph_pairs_nearest_scratch(usph_shape shape, unsigned threads);
size_t usph_pairs_many_scratch(usph_shape shape);
size_t usph_pairs_walk_scratch(usph_shape shape);
size_t usph_pairs_small_scratch(usph_shape shape);
size_t usph_pairs_large_scratch(usph_shape shape, unsigned threads);

/* Points as d rows of `stride` coordinates: a multiple of 8 with USPH_PAD of padding
   that lies outside the sphere, so that no pair with it is near. */
size_t usph_soa_stride(size_t n);
void usph_soa_fill(size_t n, size_t d, const double *x, double *soa);

/* K and dK/dr2 of one pair, the form's origin considered. */
void usph_job_eval(const usph_pairs_job *job, double r2, double q2, double *k,
                   double *dk);

/* Whether a pair pulls along its sum, since its angle is nearly flat: then K changes by
   -dk with q2, and x + y has the digits that x - y times a huge dk has not. */
static inline bool usph_pulls_along_sum(const usph_kernel *kernel, double r2, double q2)
{
    return (kernel->flags & USPH_KERNEL_ANGLE) != 0 && r2 > q2;
}

/* out (cols x rows) from a (rows x cols). */
void usph_transpose(size_t rows, size_t cols, const double *a, double *out);

/* |x - sign y|^2 from differences. */
double usph_square(size_t d, const double *x, const double *y, double sign);

#endif
