#include "metrics/covering/potential.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/blas.h"
#include "core/sphere.h"
#include "metrics/kernel.h"

enum {
    RUN = 128, /* points whose kernel values are formed together */
};

static double distance2(size_t d, const double *v, const double *x)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += (v[k] - x[k]) * (v[k] - x[k]);
    return sum;
}

static void add_derivatives(size_t d, const double *xi, double first, double second,
                            double *grad, double *hess)
{
    for (size_t k = 0; k < d; k++)
        grad[k] -= 2 * first * xi[k];
    for (size_t k = 0; k < d && hess != NULL; k++)
        for (size_t l = 0; l < d; l++)
            hess[k * d + l] += 4 * second * xi[k] * xi[l];
}

double usph_potential_at(const usph_potential *u, const double *v, double *grad,
                         double *hess)
{
    const size_t d = u->shape.d;
    const double share = 1 / (double)u->shape.n;
    double r2[RUN];
    double k[RUN];
    double dk[RUN];
    double d2k[RUN];
    double sum = 0;
    if (grad != NULL)
        memset(grad, 0, d * sizeof *grad);
    if (hess != NULL)
        memset(hess, 0, d * d * sizeof *hess);
    for (size_t i = 0; i < u->shape.n; i += RUN) {
        const size_t m = u->shape.n - i < RUN ? u->shape.n - i : RUN;
        const double *x = u->x + i * d;
        for (size_t p = 0; p < m; p++)
            r2[p] = distance2(d, v, x + p * d);
        const usph_kernel_values values = { k, grad != NULL ? dk : NULL,
                                            hess != NULL ? d2k : NULL };
        usph_kernel_of(u->kernel->entry)
            ->eval(&(usph_kernel_pairs){ u->kernel->values, d, m, r2, NULL }, &values);
        for (size_t p = 0; p < m; p++) {
            sum += share * k[p];
            if (grad != NULL)
                add_derivatives(d, x + p * d, share * dk[p],
                                hess != NULL ? share * d2k[p] : 0, grad, hess);
        }
    }
    return sum;
}

/* Part of the bound from m points. */
static double below_run(const usph_potential *u, size_t m, const double *x,
                        const double *v, double radius, double *grad, double *centre)
{
    const size_t d = u->shape.d;
    const double share = 1 / (double)u->shape.n;
    double r2[RUN];
    double k[RUN];
    double dk[RUN];
    double sum = 0;
    for (size_t p = 0; p < m; p++)
        r2[p] = distance2(d, v, x + p * d);
    usph_kernel_of(u->kernel->entry)
        ->eval(&(usph_kernel_pairs){ u->kernel->values, d, m, r2, NULL },
               &(usph_kernel_values){ k, dk, NULL });
    for (size_t p = 0; p < m; p++) {
        const double chord = sqrt(r2[p]);
        *centre += share * k[p];
        if (chord > 2 * sin(fmin(1.5 * radius, 1.5))) {
            sum += share * k[p];
            add_derivatives(d, x + p * d, share * dk[p], 0, grad, NULL);
        } else {
            const double far = 2 * sin(fmin(asin(fmin(0.5 * chord, 1)) + 0.5 * radius,
                                            1.57079632679489662));
            sum += share * usph_kernel_at(u->kernel, d, far * far);
        }
    }
    return sum;
}

double usph_potential_below(const usph_potential *u, const double *v, double radius,
                            double *centre)
{
    enum {
        MAX_D = 3
    };
    const size_t d = u->shape.d;
    double grad[MAX_D] = { 0 };
    double sum = 0;
    *centre = 0;
    for (size_t i = 0; i < u->shape.n; i += RUN) {
        const size_t m = u->shape.n - i < RUN ? u->shape.n - i : RUN;
        sum += below_run(u, m, u->x + i * d, v, radius, grad, centre);
    }
    /* least of <grad, w - v> over the cap: w = cos(a) v + sin(a) e */
    const double radial = usph_dot(d, grad, v);
    double tangent2 = 0;
    for (size_t k = 0; k < d; k++)
        tangent2 += (grad[k] - radial * v[k]) * (grad[k] - radial * v[k]);
    const double half = sin(0.5 * radius);
    return sum - sin(fmin(radius, 1.5)) * sqrt(tangent2) -
           2 * half * half * fmax(radial, 0);
}

size_t usph_potential_scratch(size_t d)
{
    return usph_workspace_cost(d * d) * 2 + usph_workspace_cost(d) * 3;
}

/* step = -(H + damping + v v')^-1 grad by its Cholesky factor; false if not positive.
 */
static bool newton_step(const double *hess, double stiff, double damping, size_t d,
                        const double *v, const double *grad, double *factor,
                        double *step)
{
    size_t pivot;
    for (size_t k = 0; k < d; k++)
        for (size_t l = 0; l < d; l++)
            factor[k * d + l] = hess[k * d + l] + (damping + stiff) * v[k] * v[l] +
                                (k == l ? damping : 0);
    if (usph_cholesky(d, factor, &pivot) != USPH_OK)
        return false;
    for (size_t k = 0; k < d; k++) {
        step[k] = -grad[k];
        for (size_t l = 0; l < k; l++)
            step[k] -= factor[k * d + l] * step[l];
        step[k] /= factor[k * d + k];
    }
    for (size_t k = d; k-- > 0;) {
        for (size_t l = k + 1; l < d; l++)
            step[k] -= factor[l * d + k] * step[l];
        step[k] /= factor[k * d + k];
    }
    return true;
}

/* The Hessian on the sphere: P hess P - <grad, v> I; grad becomes tangent. Returns the
   size of its diagonal. */
static double to_tangent(size_t d, const double *v, double *grad, double *hess,
                         double *line)
{
    const double radial = usph_dot(d, grad, v);
    double size = 0;
    for (size_t k = 0; k < d; k++)
        grad[k] -= radial * v[k];
    for (size_t k = 0; k < d; k++)
        line[k] = usph_dot(d, hess + k * d, v);
    const double both = usph_dot(d, line, v);
    for (size_t k = 0; k < d; k++) {
        for (size_t l = 0; l < d; l++)
            hess[k * d + l] += both * v[k] * v[l] - line[k] * v[l] - v[k] * line[l] -
                               radial * ((k == l ? 1 : 0) - v[k] * v[l]);
        size += fabs(hess[k * d + k]);
    }
    return size / (double)d;
}

double usph_potential_descend(const usph_potential *u, usph_workspace *ws, double *v)
{
    const size_t d = u->shape.d;
    const size_t mark = usph_workspace_mark(ws);
    double *hess = usph_workspace_take(ws, d * d);
    double *factor = usph_workspace_take(ws, d * d);
    double *grad = usph_workspace_take(ws, d);
    double *step = usph_workspace_take(ws, d);
    double *trial = usph_workspace_take(ws, d);
    double damping = 0;
    double value = usph_potential_at(u, v, grad, hess);
    for (int iteration = 0; iteration < 300 && isfinite(value); iteration++) {
        const double size = to_tangent(d, v, grad, hess, step);
        double next = INFINITY;
        double length2 = INFINITY;
        if (!isfinite(size))
            break;
        for (int attempt = 0; attempt < 60 && !(next < value); attempt++) {
            if (newton_step(hess, size, damping, d, v, grad, factor, step)) {
                length2 = usph_dot(d, step, step);
                usph_sphere_retract((usph_shape){ 1, d }, v, 1, step, trial, NULL);
                if (length2 < 0.04) /* farther would leave its basin */
                    next = usph_potential_at(u, trial, NULL, NULL);
            }
            if (length2 < 1e-12 && !(next < value))
                break; /* what is left is rounding */
            if (!(next < value))
                damping = fmax(4 * damping, 1e-3 * size);
        }
        if (!(next < value)) {
            /* values end in rounding where the place has half its digits: the last
               undamped step gives the other half */
            if (length2 < 1e-12 && damping == 0)
                memcpy(v, trial, d * sizeof *v);
            break;
        }
        memcpy(v, trial, d * sizeof *v);
        damping = damping < 1e-6 * size ? 0 : damping / 8;
        value = usph_potential_at(u, v, grad, hess);
    }
    usph_workspace_release(ws, mark);
    return value;
}
