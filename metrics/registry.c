#include "metrics/metric.h"

#define USPH_ENTRY(name) extern const usph_metric usph_metric_##name;
#include "metrics/entries.h"
#undef USPH_ENTRY

static const usph_entry *const items[] = {
#define USPH_ENTRY(name) &usph_metric_##name.entry,
#include "metrics/entries.h"
#undef USPH_ENTRY
};

const usph_registry usph_metrics = {
    .kind = "metric",
    .items = items,
    .count = sizeof items / sizeof *items,
};
