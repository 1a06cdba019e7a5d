#ifndef USPH_CORE_BUFFER_H
#define USPH_CORE_BUFFER_H

#include <stddef.h>

#include "core/status.h"

/** A growing block of bytes, for input of unknown length. Zero-initialize it. */
typedef struct usph_buffer {
    char *data;      /* owned; NULL while empty */
    size_t size;     /* bytes used */
    size_t capacity; /* bytes allocated */
} usph_buffer;

/**
 * Append bytes; amortized O(count).
 *
 * Errors: USPH_ERR_NOMEM, with the buffer unchanged.
 */
usph_status usph_buffer_append(usph_buffer *buffer, const void *bytes,
                               size_t count) USPH_MUST_CHECK;

/** Free the block and zero the struct. */
void usph_buffer_free(usph_buffer *buffer);

#endif
