#include "solvers/solver.h"

#define USPH_ENTRY(name) extern const usph_solver usph_solver_##name;
#include "solvers/entries.h"
#undef USPH_ENTRY

static const usph_entry *const items[] = {
#define USPH_ENTRY(name) &usph_solver_##name.entry,
#include "solvers/entries.h"
#undef USPH_ENTRY
};

const usph_registry usph_solvers = {
    .kind = "solver",
    .items = items,
    .count = sizeof items / sizeof *items,
};
