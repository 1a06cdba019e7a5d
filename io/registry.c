#include "io/format.h"

#define USPH_ENTRY(name) extern const usph_format usph_format_##name;
#include "io/entries.h"
#undef USPH_ENTRY

#define USPH_ENTRY(name) &usph_format_##name.entry,
static const usph_entry *const items[] = {
#include "io/entries.h"
};
#undef USPH_ENTRY

const usph_registry usph_formats = {
    .kind = "format",
    .items = items,
    .count = sizeof items / sizeof items[0],
};
