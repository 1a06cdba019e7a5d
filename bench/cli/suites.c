#include "bench/cli/suites.h"

static const usph_suite_text SUITES[] = {
#include "bench/suite/suites_data.h"
};

size_t usph_suite_text_count(void)
{
    return sizeof SUITES / sizeof *SUITES;
}

const usph_suite_text *usph_suite_text_at(size_t i)
{
    return &SUITES[i];
}
