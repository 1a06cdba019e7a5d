#include "metrics/covering/hull.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

#include <libqhull_r/libqhull_r.h>

static const double PI = 3.14159265358979323846;

static usph_status status_of(int code)
{
    switch (code) {
    case qh_ERRnone: return USPH_OK;
    case qh_ERRsingular: return USPH_ERR_DOMAIN;
    case qh_ERRmem: return USPH_ERR_NOMEM;
    default: return USPH_ERR_UNSUPPORTED;
    }
}

static void show_facets(qhT *qh, size_t d, bool simplices, usph_hull_visit *visit,
                        void *ctx)
{
    facetT *facet;
    FORALLfacets
    {
        usph_hull_facet out = { .normal = facet->normal, .offset = -facet->offset };
        vertexT *vertex;
        vertexT **vertexp;
        size_t k = 0;
        if (simplices && d == 3)
            FOREACHvertex_(facet->vertices)
            {
                if (k < 3)
                    out.corner[k++] = (size_t)qh_pointid(qh, vertex->point);
            }
        visit(ctx, &out);
    }
}

usph_status usph_hull(usph_shape shape, const double *x, bool simplices,
                      usph_hull_visit *visit, void *ctx)
{
    char command[2][16] = { "qhull Pp", "qhull Qt Pp" };
    qhT hull;
    qhT *qh = &hull;
    int lost = 0;
    int blocks = 0;
    if (shape.n <= shape.d)
        return USPH_ERR_DOMAIN;
    if (shape.n > INT_MAX / 8 || shape.d > 200)
        return USPH_ERR_UNSUPPORTED;
    FILE *silence = fopen("/dev/null", "w"); /* Qhull says its errors somewhere */
    if (silence == NULL)
        return USPH_ERR_UNSUPPORTED;
    qh_zero(qh, silence);
    /* reads the points only: the options neither scale nor move them */
    const int code = qh_new_qhull(qh, (int)shape.d, (int)shape.n, (double *)x, False,
                                  command[simplices ? 1 : 0], NULL, silence);
    if (code == qh_ERRnone)
        show_facets(qh, shape.d, simplices, visit, ctx);
    qh_freeqhull(qh, !qh_ALL);
    qh_memfreeshort(qh, &lost, &blocks);
    fclose(silence);
    return status_of(code);
}

/*
 * The plane through d i.i.d. points has a distance h = cos(angle) from the centre with
 * density proportional to (1 - h^2)^((d^2 - 2d - 1)/2) on (-1, 1); it is a facet if the
 * other n - d points are on one side of it.
 */
double usph_hull_expected_facets(usph_shape shape)
{
    enum {
        STEPS = 4000
    };
    const double n = (double)shape.n;
    const double d = (double)shape.d;
    if (shape.n <= shape.d)
        return 0;
    const double choose = lgamma(n + 1) - lgamma(d + 1) - lgamma(n - d + 1);
    const double power = d * d - 2 * d; /* of the sine, with that of dh */
    const double scale = log(2) + choose - 0.5 * log(PI) + lgamma(0.5 * power + 1) -
                         lgamma(0.5 * power + 0.5);
    const double cap =
        exp(lgamma(0.5 * d) - lgamma(0.5 * d - 0.5)) / sqrt(PI) * PI / STEPS;
    double outside = 0; /* measure of the cap beyond the plane */
    double sum = 0;
    for (int i = 0; i < STEPS; i++) {
        const double sine = log(sin(PI * (i + 0.5) / STEPS));
        const double half = 0.5 * cap * exp((d - 2) * sine);
        outside += half;
        sum += exp(scale + power * sine + (n - d) * log1p(-fmin(outside, 1)));
        outside += half;
    }
    return sum * PI / STEPS;
}
