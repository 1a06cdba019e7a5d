#include "metrics/kernel.h"

#define USPH_ENTRY(name) extern const usph_kernel usph_kernel_##name;
#include "metrics/kernels/entries.h"
#undef USPH_ENTRY

static const usph_entry *const items[] = {
#define USPH_ENTRY(name) &usph_kernel_##name.entry,
#include "metrics/kernels/entries.h"
#undef USPH_ENTRY
};

const usph_registry usph_kernels = {
    .kind = "kernel",
    .items = items,
    .count = sizeof items / sizeof *items,
};
