#include <math.h>
#include <string.h>

#include "metrics/pairs/job.h"
#include "metrics/pairs/multipole.h"

/*
 * Very many points on S^2: the sum by multipoles, behind the same call as the direct
 * paths.
 */

enum {
    /* points from which on the finest setting is faster than the direct sum with
       gradient, on one thread (docs/performance.md) */
    MANY = 30000,
    /* where the workspace has room for it, for who asks for this path by name */
    ENOUGH = 16384,
};

/* The kernel in the words of the multipole method; false: it has none. */
static bool multipole_kernel(const usph_pairs_form *form, usph_multipole_kernel *out)
{
    const double a = form->kernel->values[0];
    const char *name = form->kernel->entry->name;
    if (form->half || form->origin > 0)
        return false;
    if (strcmp(name, "riesz") == 0) {
        *out = (usph_multipole_kernel){ USPH_MULTIPOLE_RIESZ, a };
        return a <= 2;
    }
    if (strcmp(name, "gauss") == 0) {
        *out = (usph_multipole_kernel){ USPH_MULTIPOLE_GAUSS, a };
        return a >= 0.01;
    }
    *out = (usph_multipole_kernel){ USPH_MULTIPOLE_LOG, 0 };
    return strcmp(name, "log") == 0;
}

static usph_multipole_setting setting_of(usph_accuracy accuracy)
{
    return usph_multipole_accuracy(accuracy == USPH_ACCURACY_MEDIUM   ? 1e-5
                                   : accuracy == USPH_ACCURACY_COARSE ? 1e-3
                                                                      : 1e-8);
}

bool usph_pairs_are_many(const usph_pairs_form *form, usph_shape shape,
                         usph_accuracy accuracy)
{
    usph_multipole_kernel kernel;
    const bool direct =
        accuracy == USPH_ACCURACY_EXACT || accuracy == USPH_ACCURACY_SINGLE;
    return shape.d == 3 && shape.n >= MANY && !direct &&
           multipole_kernel(form, &kernel);
}

size_t usph_pairs_many_scratch(usph_shape shape)
{
    /* whichever kernel and setting comes: short-ranged kernels have the deepest trees
     */
    static const usph_multipole_kernel KERNELS[] = { { USPH_MULTIPOLE_RIESZ, 1.5 },
                                                     { USPH_MULTIPOLE_LOG, 0 },
                                                     { USPH_MULTIPOLE_GAUSS, 1e6 } };
    static const usph_accuracy SETTINGS[] = { USPH_ACCURACY_FINE, USPH_ACCURACY_MEDIUM,
                                              USPH_ACCURACY_COARSE };
    size_t most = 0;
    if (shape.d != 3 || shape.n < ENOUGH)
        return 0;
    for (size_t k = 0; k < sizeof KERNELS / sizeof *KERNELS; k++) {
        for (size_t s = 0; s < sizeof SETTINGS / sizeof *SETTINGS; s++) {
            const usph_multipole_setting setting = setting_of(SETTINGS[s]);
            const size_t need =
                usph_multipole_scratch(KERNELS[k], &setting, shape.n, true);
            most = need > most ? need : most;
        }
    }
    return most;
}

static const usph_multipole_loops *loops_of(usph_level level)
{
#if defined(__x86_64__)
    static const usph_multipole_loops *const LOOPS[USPH_LEVELS] = {
        &usph_multipole_loops_base, &usph_multipole_loops_avx2,
        &usph_multipole_loops_avx512
    };
    return LOOPS[level];
#else
    (void)level;
    return &usph_multipole_loops_base;
#endif
}

usph_status usph_pairs_many(const usph_pairs_job *job, usph_pairs_energy *out)
{
    usph_multipole_kernel kernel;
    usph_multipole_result result;
    const usph_multipole_setting setting = setting_of(job->ws->effort.accuracy);
    if (job->shape.d != 3 || job->shape.n < ENOUGH ||
        !multipole_kernel(job->form, &kernel))
        return USPH_ERR_UNSUPPORTED;
    usph_multipole_sum(loops_of(job->level), kernel, &setting, job->shape.n, job->x,
                       job->ws, &result, job->grad);
    *out = (usph_pairs_energy){
        .sum = result.sum,
        .least = result.least,
        .accuracy = setting.gradient,
        .coincident = result.coincident,
    };
    if (result.coincident > 0) /* left out of the sum */
        out->sum += (double)result.coincident * usph_kernel_at(job->form->kernel, 3, 0);
    return USPH_OK;
}
