#include "io/durable.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_LINKS = 40,  /* Linux's own limit on symbolic links in one path */
    MAX_TRIES = 100, /* left-overs of killed processes with our process id */
};

/* Report the system's last error, with what could not be done unless it is plain. */
static usph_status sink_fail(usph_sink *sink, const char *what)
{
    const int code = errno;
    sink->failed = true;
    return usph_fail(sink->err, USPH_ERR_IO, "%s: %s%s", sink->path, what,
                     strerror(code));
}

/* Length of the directory part with its slash: 0 for a bare name. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Put name, taken from the directory of base (unless absolute), into base itself. */
static bool path_sibling(char base[USPH_MAX_PATH], const char *name, size_t length)
{
    const size_t keep = name[0] == '/' ? 0 : directory_length(base);
    if (keep + length >= USPH_MAX_PATH) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(base + keep, name, length);
    base[keep + length] = '\0';
    return true;
}

/*
 * Replace a path by what it links to, so that renaming does not replace the link.
 * Not realpath, which refuses a link to a file that is still to be made.
 */
static bool follow_links(char path[USPH_MAX_PATH])
{
    char link[USPH_MAX_PATH];
    for (int step = 0; step < MAX_LINKS; step++) {
        const ssize_t length = readlink(path, link, sizeof link);
        if (length < 0)
            return errno == EINVAL || errno == ENOENT; /* no link; no file yet */
        if (!path_sibling(path, link, (size_t)length))
            return false;
    }
    errno = ELOOP;
    return false;
}

/* Make a file of an unused name beside the target. */
static bool open_temp(usph_sink *sink)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    errno = EEXIST;
    for (int k = 0; k < MAX_TRIES && sink->fd < 0 && errno == EEXIST; k++) {
        char name[64]; /* not made from the target's, which may have full length */
        const int length =
            snprintf(name, sizeof name, ".usphere-%ld-%d.tmp", (long)getpid(), k);
        memcpy(sink->temp, sink->target, sizeof sink->temp);
        if (!path_sibling(sink->temp, name, (size_t)length))
            break;
        sink->fd = open(sink->temp, flags, 0666);
    }
    if (sink->fd < 0)
        sink->temp[0] = '\0';
    return sink->fd >= 0;
}

/* Write aside; old is the file to be replaced, or NULL. */
static usph_status open_aside(usph_sink *sink, const struct stat *old)
{
    sink->target[0] = '\0';
    if (!path_sibling(sink->target, sink->path, strlen(sink->path)) ||
        !follow_links(sink->target)) {
        return sink_fail(sink, "");
    }
    /* renaming asks only the directory: so a write-protected file is refused here */
    if (old != NULL && eaccess(sink->target, W_OK) != 0)
        return sink_fail(sink, "");
    if (!open_temp(sink))
        return sink_fail(sink, "cannot make a temporary file beside it: ");
    if (old != NULL)
        (void)fchmod(sink->fd, old->st_mode & 07777); /* some file systems have none */
    return USPH_OK;
}

/* The standard stream that is this very file (/dev/stdout, redirected), or -1. */
static int standard_stream(const struct stat *file)
{
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        struct stat open_file;
        if (fstat(fd, &open_file) == 0 && open_file.st_dev == file->st_dev &&
            open_file.st_ino == file->st_ino) {
            return fd;
        }
    }
    return -1;
}

static usph_status open_existing(usph_sink *sink, const struct stat *file)
{
    sink->fd = standard_stream(file);
    sink->borrowed = sink->fd >= 0;
    if (sink->borrowed)
        return USPH_OK;
    if (S_ISREG(file->st_mode))
        return open_aside(sink, file);
    sink->fd = open(sink->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    return sink->fd >= 0 ? USPH_OK : sink_fail(sink, "");
}

usph_status usph_sink_open(const char *path, usph_sink *sink, usph_error *err)
{
    sink->path = path;
    sink->err = err;
    sink->fd = -1;
    sink->borrowed = false;
    sink->failed = false;
    sink->temp[0] = '\0';
    sink->used = 0;
    if (strcmp(path, "-") == 0) {
        sink->path = "<stdout>";
        sink->fd = STDOUT_FILENO;
        sink->borrowed = true;
        return USPH_OK;
    }
    struct stat file;
    if (stat(path, &file) == 0)
        return open_existing(sink, &file);
    return errno == ENOENT ? open_aside(sink, NULL) : sink_fail(sink, "");
}

/* Give the waiting bytes to the system. */
static usph_status sink_flush(usph_sink *sink)
{
    if (sink->failed)
        return USPH_ERR_IO;
    for (size_t done = 0; done < sink->used;) {
        const ssize_t count = write(sink->fd, sink->buffer + done, sink->used - done);
        if (count < 0 && errno != EINTR)
            return sink_fail(sink, "");
        done += count > 0 ? (size_t)count : 0;
    }
    sink->used = 0;
    return USPH_OK;
}

usph_status usph_sink_write(usph_sink *sink, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0) {
        if (sink->failed || sink->used == sizeof sink->buffer)
            USPH_TRY(sink_flush(sink));
        const size_t room = sizeof sink->buffer - sink->used;
        const size_t part = count < room ? count : room;
        memcpy(sink->buffer + sink->used, next, part);
        sink->used += part;
        next += part;
        count -= part;
    }
    return USPH_OK;
}

usph_status usph_sink_printf(usph_sink *sink, const char *format, ...)
{
    size_t length = 0;
    for (int attempt = 0; attempt < 2; attempt++) {
        const size_t room = sizeof sink->buffer - sink->used;
        va_list args;
        va_start(args, format);
        length = (size_t)vsnprintf(sink->buffer + sink->used, room, format, args);
        va_end(args);
        if (length < room && !sink->failed) {
            sink->used += length;
            return USPH_OK;
        }
        USPH_TRY(sink_flush(sink)); /* no room: once more, with all of it */
    }
    assert(length < sizeof sink->buffer);
    return USPH_ERR_IO;
}

static bool close_file(usph_sink *sink)
{
    const int fd = sink->fd;
    sink->fd = -1;
    return sink->borrowed || fd < 0 || close(fd) == 0;
}

/* A renamed file survives a crash only once its directory is on the disk too. */
static usph_status sync_directory(usph_sink *sink)
{
    char *path = sink->target;
    const size_t length = directory_length(path);
    memcpy(path + length, ".", 2);
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == EACCES)
        return USPH_OK; /* one may write in a directory without being let to list it */
    const bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    const usph_status status =
        synced ? USPH_OK : sink_fail(sink, "written, but its directory: ");
    if (fd >= 0)
        (void)close(fd); /* read only: nothing to lose */
    return status;
}

static usph_status replace_target(usph_sink *sink)
{
    if (fsync(sink->fd) != 0 || !close_file(sink) ||
        rename(sink->temp, sink->target) != 0) {
        return sink_fail(sink, "");
    }
    sink->temp[0] = '\0';
    return sync_directory(sink);
}

usph_status usph_sink_commit(usph_sink *sink)
{
    usph_status status = sink_flush(sink);
    if (status == USPH_OK && sink->temp[0] != '\0')
        status = replace_target(sink);
    else if (status == USPH_OK && !close_file(sink))
        status = sink_fail(sink, "");
    usph_sink_abort(sink);
    return status;
}

void usph_sink_abort(usph_sink *sink)
{
    (void)close_file(sink);
    if (sink->temp[0] != '\0')
        (void)unlink(sink->temp);
    sink->temp[0] = '\0';
    sink->failed = true;
}
