#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <fcntl.h>
#include <unistd.h>

#include "core/buffer.h"
#include "io/format.h"

enum {
    CHUNK_BYTES = 1 << 16, /* one read; well above the size of a pipe's page */
};

static usph_status out_of_memory(const char *file, usph_error *err)
{
    return usph_fail(err, USPH_ERR_NOMEM, "%s: not enough memory to read it", file);
}

usph_status usph_format_alloc(const char *file, usph_shape shape, usph_points *out,
                              usph_error *err)
{
    usph_error inner = { "" };
    const usph_status status = usph_points_alloc(shape, out, &inner);
    if (status == USPH_OK)
        return USPH_OK;
    if (status == USPH_ERR_NOMEM)
        return out_of_memory(file, err);
    return usph_fail(err, USPH_ERR_DATA, "%s: %s", file, inner.text);
}

/* Append all that fd gives, and a NUL that is not counted. */
static usph_status slurp(const char *file, int fd, usph_buffer *data, usph_error *err)
{
    char chunk[CHUNK_BYTES];
    ssize_t count = 1;
    while (count != 0) {
        count = read(fd, chunk, sizeof chunk);
        if (count < 0 && errno != EINTR)
            return usph_fail(err, USPH_ERR_IO, "%s: %s", file, strerror(errno));
        if (count > 0 && usph_buffer_append(data, chunk, (size_t)count) != USPH_OK)
            return out_of_memory(file, err);
    }
    if (usph_buffer_append(data, "", 1) != USPH_OK)
        return out_of_memory(file, err);
    data->size--;
    return USPH_OK;
}

static usph_status load(const char *path, usph_buffer *data, usph_error *err)
{
    if (strcmp(path, "-") == 0)
        return slurp("<stdin>", STDIN_FILENO, data, err);
    const int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return usph_fail(err, USPH_ERR_IO, "%s: %s", path, strerror(errno));
    const usph_status status = slurp(path, fd, data, err);
    (void)close(fd); /* read only: nothing to lose */
    return status;
}

/* Is the word one of a list separated by single spaces, whatever its case? */
static bool has_word(const char *list, const char *word)
{
    const size_t length = strlen(word);
    while (*list != '\0') {
        const size_t item = strcspn(list, " ");
        if (item == length && strncasecmp(list, word, length) == 0)
            return true;
        list += item + (list[item] == ' ');
    }
    return false;
}

static const usph_format *format_by_extension(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');
    for (size_t k = 0; dot != NULL && k < usph_formats.count; k++) {
        const usph_format *format = usph_format_of(usph_formats.items[k]);
        if (has_word(format->extensions, dot + 1))
            return format;
    }
    return usph_format_of(usph_registry_find(&usph_formats, "text", 4));
}

static const usph_format *format_by_content(const char *data, size_t size)
{
    for (size_t k = 0; k < usph_formats.count; k++) {
        const usph_format *format = usph_format_of(usph_formats.items[k]);
        if (format->probe != NULL && format->probe(data, size))
            return format;
    }
    return NULL;
}

static usph_status parse(const char *path, const usph_buffer *data, usph_points *out,
                         const usph_format **format, usph_error *err)
{
    const char *file = strcmp(path, "-") == 0 ? "<stdin>" : path;
    if (data->size == 0)
        return usph_fail(err, USPH_ERR_DATA, "%s: the file is empty", file);
    const usph_format *chosen = format_by_content(data->data, data->size);
    if (chosen == NULL)
        chosen = format_by_extension(path);
    USPH_TRY(chosen->parse(file, data->data, data->size, out, err));
    if (format != NULL)
        *format = chosen;
    return USPH_OK;
}

usph_status usph_points_read(const char *path, usph_points *out,
                             const usph_format **format, usph_error *err)
{
    usph_buffer data = { 0 };
    usph_status status = load(path, &data, err);
    if (status == USPH_OK)
        status = parse(path, &data, out, format, err);
    usph_buffer_free(&data);
    return status;
}

static usph_status read_only(const char *path, const usph_format *format,
                             usph_error *err)
{
    char names[256] = "";
    size_t used = 0;
    for (size_t k = 0; k < usph_formats.count && used < sizeof names; k++) {
        const usph_format *other = usph_format_of(usph_formats.items[k]);
        if (other->print != NULL) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     used > 0 ? ", " : "", other->entry.name);
        }
    }
    return usph_fail(err, USPH_ERR_ARG, "%s: format %s is read only; written are %s",
                     path, format->entry.name, names);
}

usph_status usph_points_write(const char *path, usph_shape shape, const double *x,
                              usph_error *err)
{
    const usph_format *format = format_by_extension(path);
    if (format->print == NULL)
        return read_only(path, format, err);
    usph_sink sink;
    USPH_TRY(usph_sink_open(path, &sink, err));
    const usph_status status = format->print(shape, x, &sink);
    if (status == USPH_OK)
        return usph_sink_commit(&sink);
    usph_sink_abort(&sink);
    return status;
}
