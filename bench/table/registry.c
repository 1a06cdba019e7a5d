#include "bench/table/table.h"

#define USPH_ENTRY(name) extern const usph_writer usph_writer_##name;
#include "bench/table/entries.h"
#undef USPH_ENTRY

static const usph_entry *const items[] = {
#define USPH_ENTRY(name) &usph_writer_##name.entry,
#include "bench/table/entries.h"
#undef USPH_ENTRY
};

const usph_registry usph_writers = {
    .kind = "output format",
    .items = items,
    .count = sizeof items / sizeof *items,
};
