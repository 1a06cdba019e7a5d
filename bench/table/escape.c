#include "bench/table/escape.h"

#include <string.h>

usph_status usph_put_escaped(usph_sink *sink, const char *text,
                             const usph_escape *escapes)
{
    for (; *text != '\0'; text++) {
        const usph_escape *e = escapes;
        while (e->plain != '\0' && e->plain != *text)
            e++;
        const char *out = e->plain != '\0' ? e->text : text;
        const size_t len = e->plain != '\0' ? strlen(e->text) : 1;
        USPH_TRY(usph_sink_write(sink, out, len));
    }
    return USPH_OK;
}
