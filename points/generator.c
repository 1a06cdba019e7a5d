#include "points/generator.h"

#include "core/points.h"

usph_status usph_generator_shape(const usph_spec *spec, usph_shape *shape,
                                 usph_error *err)
{
    const usph_generator *generator = usph_generator_of(spec->entry);
    usph_shape fitted = *shape;
    if (generator->fit != NULL && !generator->fit(spec->values, &fitted))
        return usph_fail(err, USPH_ERR_SHAPE, "%s makes only %s, not n = %zu, d = %zu",
                         spec->entry->name, generator->shapes, shape->n, shape->d);
    if (fitted.n == 0 || fitted.d == 0)
        return usph_fail(err, USPH_ERR_SHAPE, "%s needs --%s (it makes %s)",
                         spec->entry->name, fitted.n == 0 ? "n" : "d",
                         generator->shapes);
    USPH_TRY(usph_shape_check(fitted, err));
    *shape = fitted;
    return USPH_OK;
}

void usph_generate(const usph_spec *spec, usph_shape shape, usph_rng *rng, double *x)
{
    usph_generator_of(spec->entry)->fill(spec->values, shape, rng, x);
}
