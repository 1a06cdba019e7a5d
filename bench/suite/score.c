#include "bench/suite/score.h"

#include <math.h>

static const double TOLERANCE = 1e-9; /* of Q above 1 */

static void choose_best(usph_score *score)
{
    if (!isnan(score->bound.value) && score->bound.tight) {
        score->best = score->bound.value;
        score->best_kind = USPH_BEST_TIGHT;
    } else if (!isnan(score->known_value)) {
        score->best = score->known_value;
        score->best_kind = USPH_BEST_KNOWN;
    } else if (!isnan(score->bound.value)) {
        score->best = score->bound.value;
        score->best_kind = USPH_BEST_BOUND;
    } else {
        score->best = NAN;
        score->best_kind = NULL;
    }
}

static double q_of(const usph_score *score, double value, double best)
{
    const double range = score->iid.value - best;
    if (!(fabs(range) >= 1e-12 * fmax(1, fabs(score->iid.value))))
        return NAN;
    return (score->iid.value - value) / range;
}

bool usph_is_impossible(const usph_bound *bound, usph_better better, double value)
{
    const double sign = better == USPH_LOWER ? 1 : -1;
    const double slack = TOLERANCE * fmax(fabs(bound->value), 1e-3) + bound->slack;
    return sign * (value - bound->value) < -slack; /* NAN is not */
}

usph_status usph_score_of(usph_baselines *baselines, const usph_metric_spec *m,
                          usph_shape shape, double value, usph_scoring how,
                          usph_score *out, usph_error *err)
{
    usph_score score = {
        .known = usph_known_find(m, shape),
        .known_value = NAN,
    };
    USPH_TRY(usph_baseline_of(baselines, m, shape, how.threads, &score.iid, err));
    score.bound = usph_baseline_bound(baselines, m, shape, how.bounds);
    if (score.known != NULL)
        score.known_value = usph_known_value(score.known, m);
    choose_best(&score);
    score.q = q_of(&score, value, score.best);
    score.gap = usph_bound_gap(&score.bound, usph_metric_of(m)->better, value);
    score.impossible =
        usph_is_impossible(&score.bound, usph_metric_of(m)->better, value);
    if (score.known != NULL) {
        const double sign = usph_metric_of(m)->better == USPH_HIGHER ? -1 : 1;
        const double scale = score.known_value / score.known->value;
        const double gain = sign * (score.known_value - value);
        score.record = q_of(&score, value, score.known_value) > 1 + TOLERANCE &&
                       gain > fabs(scale) * score.known->precision;
    }
    *out = score;
    return USPH_OK;
}
