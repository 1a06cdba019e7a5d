#include <stdlib.h>
#include <string.h>

#include "bench/table/table.h"

enum {
    DIGITS = 17, /* read back to the same double */
};

static usph_status json_print(const usph_report *report, usph_sink *sink)
{
    const size_t count = json_array_size(report->documents);
    for (size_t i = 0; i < count; i++) {
        char *text = json_dumps(json_array_get(report->documents, i),
                                JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
        if (text == NULL)
            return USPH_ERR_NOMEM;
        usph_status status = usph_sink_write(sink, text, strlen(text));
        free(text);
        if (status == USPH_OK)
            status = usph_sink_printf(sink, "\n");
        USPH_TRY(status);
    }
    return USPH_OK;
}

/** JSON: one document a line, with a `schema` field. */
const usph_writer usph_writer_json = {
    .entry = {
        .name = "json",
        .title = "JSON",
        .formula = "one document a line, schema usphere.COMMAND/1",
    },
    .print = json_print,
};
