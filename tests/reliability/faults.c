/* A library to preload: makes chosen calls of the system fail below one folder.
 *
 * Counted are calls that write, sync, truncate, rename, link, or make a file or a folder there.
 * The n-th fails, alone or with all that follow; or writing fails once so many bytes were written.
 * A write that fails leaves half of its bytes, as a full disk does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char prefix[PATH_MAX];
static long countdown;      /* the call that fails; 0: none does */
static long counted;        /* calls so far */
static long fired;          /* failures so far */
static long budget = -1;    /* bytes that may be written; -1: any */
static int code, lasting;

void faults_arm(const char *folder, long n, int error, int stays, long bytes) {
    snprintf(prefix, sizeof prefix, "%s", folder);
    counted = fired = 0;
    countdown = n;
    code = error;
    lasting = stays;
    budget = bytes;
}
void faults_disarm(void) { prefix[0] = 0; countdown = 0; budget = -1; }
long faults_fired(void) { return fired; }
long faults_counted(void) { return counted; }

static int below(const char *path) {
    char whole[PATH_MAX];
    if (!prefix[0] || !path) return 0;
    if (path[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here)) return 0;
        if (snprintf(whole, sizeof whole, "%s/%s", here, path) >= (int)sizeof whole) return 0;
        path = whole;
    }
    return strncmp(path, prefix, strlen(prefix)) == 0;
}
static int below_at(int dir, const char *path) {
    char link[64], base[PATH_MAX], whole[PATH_MAX];
    if (!prefix[0] || !path) return 0;
    if (path[0] == '/' || dir == AT_FDCWD) return below(path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    ssize_t n = readlink(link, base, sizeof base - 1);
    if (n < 0) return 0;
    base[n] = 0;
    if (snprintf(whole, sizeof whole, "%s/%s", base, path) >= (int)sizeof whole) return 0;
    return below(whole);
}
static int of_file(int fd) {
    char link[64], path[PATH_MAX];
    if (!prefix[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return strncmp(path, prefix, strlen(prefix)) == 0;
}
static int fails(void) {
    if (!countdown) return 0;
    long n = __sync_add_and_fetch(&counted, 1);
    if (n == countdown || (lasting && n > countdown)) {
        __sync_add_and_fetch(&fired, 1);
        errno = code;
        return 1;
    }
    return 0;
}
static int too_many(size_t size) {
    if (budget < 0) return 0;
    if (__sync_sub_and_fetch(&budget, (long)size) >= 0) return 0;
    budget = 0;
    __sync_add_and_fetch(&fired, 1);
    errno = ENOSPC;
    return 1;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (of_file(fd) && (fails() || too_many(size))) {
        int kept = errno;
        if (size > 1 && real(fd, data, size / 2) < 0) { /* torn, as far as it goes */ }
        errno = kept;
        return -1;
    }
    return real(fd, data, size);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    size_t size = 0;
    for (int i = 0; i < count; i++) size += parts[i].iov_len;
    return of_file(fd) && (fails() || too_many(size)) ? -1 : real(fd, parts, count);
}
static ssize_t torn(ssize_t (*real)(int, const void *, size_t, off_t), int fd, const void *data,
                    size_t size, off_t at) {
    if (of_file(fd) && (fails() || too_many(size))) {
        int kept = errno;
        if (size > 1 && real(fd, data, size / 2, at) < 0) { }
        errno = kept;
        return -1;
    }
    return real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return torn(real, fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    return torn(real, fd, data, size, at);
}
#define ON_FILE(name) \
    int name(int fd) { \
        REAL(int, #name, int); \
        return of_file(fd) && fails() ? -1 : real(fd); \
    }
ON_FILE(fsync)
ON_FILE(fdatasync)
#define TRUNCATE(name) \
    int name(int fd, off_t size) { \
        REAL(int, #name, int, off_t); \
        return of_file(fd) && fails() ? -1 : real(fd, size); \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)
#define TWO_PATHS(name) \
    int name(const char *from, const char *to) { \
        REAL(int, #name, const char *, const char *); \
        return below(to) && fails() ? -1 : real(from, to); \
    }
TWO_PATHS(rename)
TWO_PATHS(link)
int renameat(int from_dir, const char *from, int dir, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    return below_at(dir, to) && fails() ? -1 : real(from_dir, from, dir, to);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return below(path) && fails() ? -1 : real(path, mode);
}
#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, #name, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = va_arg(rest, mode_t); \
        va_end(rest); \
        return (flags & O_CREAT) && below(path) && fails() ? -1 : real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
#define OPEN_AT(name) \
    int name(int dir, const char *path, int flags, ...) { \
        REAL(int, #name, int, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = va_arg(rest, mode_t); \
        va_end(rest); \
        return (flags & O_CREAT) && below_at(dir, path) && fails() ? -1 : real(dir, path, flags, mode); \
    }
OPEN_AT(openat)
OPEN_AT(openat64)
