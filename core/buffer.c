#include "core/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

usph_status usph_buffer_append(usph_buffer *buffer, const void *bytes, size_t count)
{
    if (count > SIZE_MAX / 2 - buffer->size)
        return USPH_ERR_NOMEM;
    const size_t need = buffer->size + count;
    if (need > buffer->capacity) {
        const size_t grown = 2 * buffer->capacity;
        const size_t capacity = need > grown ? need : grown;
        char *data = realloc(buffer->data, capacity);
        if (data == NULL)
            return USPH_ERR_NOMEM;
        buffer->data = data;
        buffer->capacity = capacity;
    }
    if (count > 0)
        memcpy(buffer->data + buffer->size, bytes, count);
    buffer->size = need;
    return USPH_OK;
}

void usph_buffer_free(usph_buffer *buffer)
{
    free(buffer->data);
    *buffer = (usph_buffer){ 0 };
}
