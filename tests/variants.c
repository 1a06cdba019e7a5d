#include "tests/variants.h"

#include <assert.h>
#include <string.h>

#include <check.h>

#include "core/points.h"
#include "core/sphere.h"
#include "metrics/kernel.h"

const usph_shape usph_test_shapes[] = {
    { 2, 2 },  { 3, 2 },   { 7, 3 },  { 20, 3 },
    { 12, 8 }, { 33, 17 }, { 5, 64 }, { 300, 3 },
};
const size_t usph_test_shape_count = sizeof usph_test_shapes / sizeof *usph_test_shapes;

static bool allowed(const usph_param *param, double value)
{
    const bool low = param->lo_open ? value > param->lo : value >= param->lo;
    const bool high = param->hi_open ? value < param->hi : value <= param->hi;
    return low && high;
}

size_t usph_variants(const usph_entry *entry, usph_spec *out, size_t max)
{
    const size_t params = usph_entry_params(entry);
    size_t count = 0;
    out[count++] = usph_spec_default(entry);
    for (size_t p = 0; p < params; p++) {
        const usph_param *param = &entry->params[p];
        const bool real = param->type == USPH_REAL;
        const double values[] = { real ? 0.25 * param->def : param->lo,
                                  real ? 3 * param->def : param->def + 1, -param->def };
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            usph_spec spec = out[0];
            spec.values[p] = values[v];
            const bool good = allowed(param, values[v]) && values[v] != param->def;
            if (good && count < max &&
                (entry->check == NULL || entry->check(spec.values, NULL) == USPH_OK))
                out[count++] = spec;
        }
    }
    return count;
}

size_t usph_registry_variants(const usph_registry *reg, usph_spec *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < reg->count && count < max; i++)
        count += usph_variants(reg->items[i], out + count, max - count);
    return count;
}

/* Kernels that stand for the others: one of each sort. */
static bool stands_for_others(const usph_spec *kernel)
{
    static const char *const NAMES[] = { "riesz", "gauss", "laplace_angle" };
    const usph_spec def = usph_spec_default(kernel->entry);
    bool named = false;
    for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++)
        named = named || strcmp(kernel->entry->name, NAMES[k]) == 0;
    for (size_t p = 0; p < USPH_MAX_PARAMS; p++)
        named = named && def.values[p] == kernel->values[p];
    return named;
}

size_t usph_metric_variants(usph_metric_spec *out, size_t max)
{
    usph_spec metrics[USPH_MAX_VARIANTS];
    usph_spec kernels[USPH_MAX_VARIANTS];
    const size_t nm = usph_registry_variants(&usph_metrics, metrics, USPH_MAX_VARIANTS);
    const size_t nk = usph_registry_variants(&usph_kernels, kernels, USPH_MAX_VARIANTS);
    size_t count = 0;
    for (size_t i = 0; i < nm; i++) {
        usph_metric_spec m = { .metric = metrics[i] };
        const bool takes = (usph_metric_of(&m)->flags & USPH_METRIC_KERNEL) != 0;
        const bool every = strcmp(m.metric.entry->name, "energy") == 0;
        for (size_t k = 0; k < (takes ? nk : 1) && count < max; k++) {
            if (takes && (!usph_metric_takes(usph_metric_of(&m), kernels[k].entry) ||
                          (!every && !stands_for_others(&kernels[k]))))
                continue;
            if (takes)
                m.kernel = kernels[k];
            out[count++] = m;
        }
    }
    assert(count < max); /* none was cut off; Check is not running yet */
    return count;
}

double *usph_test_points(usph_shape shape, uint64_t seed)
{
    usph_points points = { 0 };
    usph_rng rng;
    ck_assert_int_eq(usph_points_alloc(shape, &points, NULL), USPH_OK);
    usph_rng_init(&rng, seed, 0, USPH_FOR_POINTS);
    usph_sphere_uniform(shape, &rng, points.x);
    return points.x;
}
