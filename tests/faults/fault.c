/*
 * Lets one file operation below a folder go wrong, in whatever program is started with this library in LD_PRELOAD.
 *
 * FAULT_ROOT  the folder, without a slash at its end
 * FAULT_OPS   letters of the operations that count: o a file is made, w written, t cut, s flushed, r renamed, u removed,
 *             m a folder is made, i read
 * FAULT_AT    the operation that goes wrong, counted from 1; 0: none
 * FAULT_HOW   kill (before it), half (after half of a write), short (half of a write, as the system may do it any time),
 *             or the number of an error
 * FAULT_STAYS 1: every later operation that counts goes wrong likewise, as on a full disk
 * FAULT_LOG   a file that gets the letter of each operation; operations on it do not count
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 4096

static const char *root, *ops, *how;
static size_t root_length;
static long at;
static int stays, log_file = -1;
static atomic_long count;
/* Whether a descriptor is of a file below the folder. */
static atomic_char below[MOST_FILES];

__attribute__((constructor)) static void start(void) {
  root = getenv("FAULT_ROOT");
  if (root == NULL) return;
  root_length = strlen(root);
  ops = getenv("FAULT_OPS");
  how = getenv("FAULT_HOW");
  const char *number = getenv("FAULT_AT");
  at = number == NULL ? 0 : atol(number);
  stays = getenv("FAULT_STAYS") != NULL;
  const char *log = getenv("FAULT_LOG");
  if (log != NULL) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_below(const char *path) {
  return root != NULL && path != NULL && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == 0);
}

static int is_open_below(int file) { return root != NULL && file >= 0 && file < MOST_FILES && below[file]; }

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* 0: go on; 1: do half of the write, then die; 2: do half of it; -1: errno says what is wrong. */
static int fault(char op) {
  if (ops == NULL || strchr(ops, op) == NULL) return 0;
  if (log_file >= 0) syscall(SYS_write, log_file, &op, 1);
  long now = atomic_fetch_add(&count, 1) + 1;
  if (at == 0 || how == NULL || now < at || (now > at && !stays)) return 0;
  if (strcmp(how, "kill") == 0) die();
  if (strcmp(how, "half") == 0) return 1;
  if (strcmp(how, "short") == 0) return 2;
  errno = atoi(how);
  return -1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void opened(int file, const char *path) {
  if (file >= 0 && file < MOST_FILES) below[file] = (char)is_below(path);
}

#define OPEN(name)                                                        \
  int name(const char *path, int flags, ...) {                            \
    va_list rest;                                                         \
    va_start(rest, flags);                                                \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                         \
    if ((flags & O_CREAT) && is_below(path) && fault('o') == -1) return -1; \
    int file = REAL(name)(path, flags, mode);                             \
    opened(file, path);                                                   \
    return file;                                                          \
  }
OPEN(open)
OPEN(open64)

int close(int file) {
  if (file >= 0 && file < MOST_FILES) below[file] = 0;
  return REAL(close)(file);
}

/* A part of a folder that is removed is opened and removed relative to it. */
static int is_folder_below(int folder, const char *path) {
  return path != NULL && (path[0] == '/' || folder == AT_FDCWD ? is_below(path) : is_open_below(folder));
}

#define OPENAT(name)                                                      \
  int name(int folder, const char *path, int flags, ...) {                \
    va_list rest;                                                         \
    va_start(rest, flags);                                                \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                         \
    int own = is_folder_below(folder, path);                              \
    if ((flags & O_CREAT) && own && fault('o') == -1) return -1;          \
    int file = REAL(name)(folder, path, flags, mode);                     \
    if (file >= 0 && file < MOST_FILES) below[file] = (char)own;          \
    return file;                                                          \
  }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *bytes, size_t length) {
  ssize_t (*real)(int, const void *, size_t) = REAL(write);
  if (!is_open_below(file)) return real(file, bytes, length);
  int wrong = fault('w');
  if (wrong == -1) return -1;
  if (wrong == 0 || length < 2) return real(file, bytes, length);
  ssize_t written = real(file, bytes, length / 2);
  if (wrong == 1) die();
  return written;
}

ssize_t read(int file, void *bytes, size_t length) {
  if (is_open_below(file) && fault('i') == -1) return -1;
  return REAL(read)(file, bytes, length);
}

#define ON_FILE(name, op, types, values)               \
  int name types {                                     \
    if (is_open_below(file) && fault(op) == -1) return -1; \
    return REAL(name) values;                          \
  }
ON_FILE(ftruncate, 't', (int file, off_t length), (file, length))
ON_FILE(ftruncate64, 't', (int file, off64_t length), (file, length))
ON_FILE(fsync, 's', (int file), (file))
ON_FILE(fdatasync, 's', (int file), (file))

#define ON_PATH(name, op, types, values, path)        \
  int name types {                                    \
    if (is_below(path) && fault(op) == -1) return -1; \
    return REAL(name) values;                         \
  }
ON_PATH(rename, 'r', (const char *from, const char *to), (from, to), to)
ON_PATH(unlink, 'u', (const char *path), (path), path)
ON_PATH(rmdir, 'u', (const char *path), (path), path)
ON_PATH(mkdir, 'm', (const char *path, mode_t mode), (path, mode), path)

int unlinkat(int folder, const char *path, int flags) {
  if (is_folder_below(folder, path) && fault('u') == -1) return -1;
  return REAL(unlinkat)(folder, path, flags);
}
