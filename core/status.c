#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *usph_status_text(usph_status status)
{
#define USPH_STATUS_TEXT(code, text) \
    case code: return text;
    switch (status) {
        USPH_STATUS_LIST(USPH_STATUS_TEXT)
    }
#undef USPH_STATUS_TEXT
    return "unknown status";
}

usph_status usph_fail(usph_error *err, usph_status status, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}
