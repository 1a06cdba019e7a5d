#include "metrics/bounds/bound.h"

#define USPH_ENTRY(name) extern const usph_bounder usph_bound_##name;
#include "metrics/bounds/entries.h"
#undef USPH_ENTRY

static const usph_entry *const items[] = {
#define USPH_ENTRY(name) &usph_bound_##name.entry,
#include "metrics/bounds/entries.h"
#undef USPH_ENTRY
};

const usph_registry usph_bounds = {
    .kind = "bound",
    .items = items,
    .count = sizeof items / sizeof *items,
};
