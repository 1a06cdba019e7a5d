#include "points/generator.h"

#define USPH_ENTRY(name) extern const usph_generator usph_generator_##name;
#include "points/entries.h"
#undef USPH_ENTRY

static const usph_entry *const items[] = {
#define USPH_ENTRY(name) &usph_generator_##name.entry,
#include "points/entries.h"
#undef USPH_ENTRY
};

const usph_registry usph_generators = {
    .kind = "generator",
    .items = items,
    .count = sizeof items / sizeof *items,
};
