#include "bench/cli/candidate.h"

#include <math.h>
#include <string.h>

#include "metrics/kernel.h"

static usph_spec polisher(const usph_objective *f)
{
    const usph_entry *newton = usph_registry_find(&usph_solvers, "newton", 6);
    return newton != NULL ? usph_spec_default(newton) : usph_solver_default(f);
}

usph_status usph_candidate_polish(usph_metric_problem *mp, double *x, usph_result *out,
                                  usph_error *err)
{
    const usph_stop stop = { .grad_tol = 1e-12, .max_evals = 2000 };
    const usph_problem problem = usph_metric_problem_of(mp);
    usph_workspace ws = { 0 };
    usph_objective f;
    void *handle = NULL;
    usph_rng rng;
    usph_rng_init(&rng, mp->seed, 0, USPH_FOR_SOLVER);
    USPH_TRY(problem.open(problem.ctx, &f, &handle, err));
    const usph_spec spec = polisher(&f);
    const usph_status status = usph_minimize(&spec, &f, &stop, &rng, &ws, x, out, err);
    problem.close(problem.ctx, handle);
    usph_workspace_free(&ws);
    return status;
}

static bool is_plain_energy(const usph_metric_spec *metric)
{
    const usph_spec plain = usph_spec_default(metric->metric.entry);
    bool same = strcmp(metric->metric.entry->name, "energy") == 0;
    for (size_t p = 0; p < USPH_MAX_PARAMS; p++)
        same = same && plain.values[p] == metric->metric.values[p];
    return same;
}

double usph_candidate_sum(const usph_metric_spec *metric, usph_shape shape,
                          const double *x)
{
    long double sum = 0;
    if (!is_plain_energy(metric))
        return NAN;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < i; j++) {
            long double r2 = 0;
            for (size_t k = 0; k < shape.d; k++) {
                const long double t =
                    (long double)x[i * shape.d + k] - x[j * shape.d + k];
                r2 += t * t;
            }
            sum += (long double)usph_kernel_at(&metric->kernel, shape.d, (double)r2);
        }
    }
    return (double)sum;
}
