#ifndef USPH_CORE_STATUS_H
#define USPH_CORE_STATUS_H

/** What a call can report; one list, so that codes and texts cannot drift apart. */
#define USPH_STATUS_LIST(X)                               \
    X(USPH_OK, "success")                                 \
    X(USPH_ERR_NOMEM, "out of memory")                    \
    X(USPH_ERR_ARG, "argument out of range")              \
    X(USPH_ERR_SHAPE, "shape not supported")              \
    X(USPH_ERR_NAME, "no entry of that name")             \
    X(USPH_ERR_PARSE, "malformed text")                   \
    X(USPH_ERR_DATA, "malformed or unusable data")        \
    X(USPH_ERR_IO, "read or write failed")                \
    X(USPH_ERR_DOMAIN, "value is not defined there")      \
    X(USPH_ERR_UNSUPPORTED, "not provided by this entry") \
    X(USPH_ERR_LAPACK, "LAPACK routine failed")           \
    X(USPH_ERR_STOPPED, "stopped by a limit")

#define USPH_STATUS_ENUM(code, text) code,
typedef enum usph_status {
    USPH_STATUS_LIST(USPH_STATUS_ENUM)
} usph_status;
#undef USPH_STATUS_ENUM

/** One line for a person: names the word at fault and what would be accepted. */
typedef struct usph_error {
    char text[768]; /* ends in NUL, no newline */
} usph_error;

#define USPH_MUST_CHECK __attribute__((warn_unused_result))

/** Text of a code, never NULL. */
const char *usph_status_text(usph_status status);

/**
 * Write the message into err (which may be NULL) and return status, so that a failing
 * check is one statement: return usph_fail(err, USPH_ERR_ARG, "n = %zu ...", n);
 */
usph_status usph_fail(usph_error *err, usph_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Return from the calling function unless the call gives USPH_OK. */
#define USPH_TRY(call)                              \
    do {                                            \
        const usph_status usph_try_status = (call); \
        if (usph_try_status != USPH_OK)             \
            return usph_try_status;                 \
    } while (0)

#endif
