#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/kernels/angle.h"

enum { /* values of the parameter `mhe`, in the order of its words */
    CHORD_LOG,
    CHORD_1,
    CHORD_2,
    ANGLE_LOG,
    ANGLE_1,
    ANGLE_2,
};

static const double PI = 3.14159265358979323846;
static const double FLOOR = 1e-4; /* added to squared norms, and to angle/pi */

/* f = -log u, u^-1/2 or u^-1 of u = chord^2, or -log u, u^-1, u^-2 of u = angle. */
static usph_angle_values form_at(int form, double u)
{
    static const double POWERS[] = { 0, 0.5, 1, 0, 1, 2 };
    const double a = POWERS[form];
    if (a == 0)
        return (usph_angle_values){ -log(u), -1 / u, 1 / (u * u) };
    const double k = pow(u, -a);
    return (usph_angle_values){ k, -a * k / u, a * (a + 1) * k / (u * u) };
}

/* 2 - 2t with t divided by |w|^2 + 1e-4, as the published code does, of unit vectors.
 */
static double floored(double r2)
{
    return (r2 + 2 * FLOOR) / (1 + FLOOR);
}

static usph_angle_values by_angle(const double *values, double theta)
{
    usph_angle_values v = form_at((int)values[0], theta / PI + FLOOR);
    v.k1 /= PI;
    v.k2 /= PI * PI;
    return v;
}

static void compat_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    const int form = (int)at->values[0];
    if (form >= ANGLE_LOG) {
        usph_angle_eval(at, by_angle, out);
        return;
    }
    for (size_t p = 0; p < at->m; p++) {
        const usph_angle_values v = form_at(form, floored(at->r2[p]));
        out->k[p] = v.k;
        if (out->dk != NULL)
            out->dk[p] = v.k1 / (1 + FLOOR);
        if (out->d2k != NULL)
            out->d2k[p] = v.k2 / ((1 + FLOOR) * (1 + FLOOR));
    }
}

static double value_at(double theta, const void *ctx)
{
    const double *values = ctx;
    const int form = (int)values[0];
    const double r = 2 * sin(0.5 * theta);
    return form >= ANGLE_LOG ? by_angle(values, theta).k
                             : form_at(form, floored(r * r)).k;
}

static double compat_mean(const double *values, size_t d)
{
    return usph_sphere_mean(value_at, values, d);
}

/** Kernels of the published MHE code, with its constants; see docs/paper.md. */
const usph_kernel usph_kernel_compat = {
    .entry = {
        .name = "compat",
        .title = "as in published code",
        .formula = "-log u, u^(-1/2), 1/u of u = 2 - 2t/1.0001; -log v, 1/v, v^-2 of v = "
                   "theta/pi + 0.0001",
        .source = "LiuEtAl2018",
        .note = "for comparison with published numbers only: doubled logarithm, floors "
                "under distances; options 0, 1, 2, a0, a1, a2 of that code",
        .params = { { .name = "mhe",
                      .type = USPH_WORD,
                      .def = CHORD_2,
                      .hi = ANGLE_2,
                      .words = "0|1|2|a0|a1|a2",
                      .always = true,
                      .doc = "option of the published code" } },
    },
    .flags = USPH_KERNEL_ANGLE,
    .eval = compat_eval,
    .mean = compat_mean,
};
