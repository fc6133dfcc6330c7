/* Stands between the program and the C library, and lets the N-th change to a folder go wrong.
 *
 * FAULT_ROOT: the folder, absolute and real; the program runs in it.   FAULT_AT: N, counted over all threads; 0 for none.
 * FAULT_KIND: kill (the process dies before the change), eio (this one change fails), enospc (this and all later ones
 * that need room fail), torn (nothing fails).   FAULT_COUNT: where to write how many changes there were.
 *
 * FAULT_FILE with FAULT_NEW: each of the first FAULT_TEARS times that the program begins to read the first, it gets half
 * of it, and then the second is written over it; with FAULT_TIME the file's modification time is set back after that.
 * FAULT_NOLINKS: no symbolic link can be made, as on file systems that have none.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long done;
static atomic_long torn;
static const char *root, *kind, *torn_file, *torn_new;
static long at, tears;

__attribute__((constructor)) static void start(void) {
  root = getenv("FAULT_ROOT");
  kind = getenv("FAULT_KIND");
  at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
  torn_file = getenv("FAULT_FILE");
  torn_new = getenv("FAULT_NEW");
  tears = getenv("FAULT_TEARS") ? atol(getenv("FAULT_TEARS")) : 0;
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("FAULT_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) { fprintf(file, "%ld\n", atomic_load(&done)); fclose(file); }
}

static int below(const char *path) {
  return root && (path[0] != '/' || strncmp(path, root, strlen(root)) == 0);
}

static int below_fd(int fd) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return path[0] == '/' && below(path);
}

/* Whether this change fails; `grows` tells whether it needs room. */
static int fails(int counts, int grows) {
  if (!counts || !kind || !root) return 0;
  long n = atomic_fetch_add(&done, 1) + 1;
  if (at == 0 || n < at) return 0;
  if (strcmp(kind, "kill") == 0) { kill(getpid(), SIGKILL); for (;;) pause(); }
  if (strcmp(kind, "eio") == 0 && n == at) { errno = EIO; return 1; }
  if (strcmp(kind, "enospc") == 0 && grows) { errno = ENOSPC; return 1; }
  return 0;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

static int opens(const char *name, const char *path, int flags, mode_t mode) {
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
  int writes = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
  return fails(writes && below(path), (flags & O_CREAT) != 0) ? -1 : real(path, flags, mode);
}
#define MODE va_list list; va_start(list, flags); mode_t mode = (flags & O_CREAT) ? va_arg(list, mode_t) : 0; va_end(list)
int open(const char *path, int flags, ...) { MODE; return opens("open", path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; return opens("open64", path, flags, mode); }

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  if (fails(below_fd(fd), 1)) {
    return -1;
  }
  return real(fd, bytes, count);
}
int fsync(int fd) { REAL(int, "fsync", int); return fails(below_fd(fd), 0) ? -1 : real(fd); }
int ftruncate64(int fd, off64_t size) {
  REAL(int, "ftruncate64", int, off64_t);
  return fails(below_fd(fd), 0) ? -1 : real(fd, size);
}
int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  return fails(below(to), 1) ? -1 : real(from, to);
}
int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  return fails(below(path), 1) ? -1 : real(path, mode);
}
int symlink(const char *target, const char *path) {
  REAL(int, "symlink", const char *, const char *);
  if (getenv("FAULT_NOLINKS")) { errno = EPERM; return -1; }
  return fails(below(path), 1) ? -1 : real(target, path);
}
int unlink(const char *path) { REAL(int, "unlink", const char *); return fails(below(path), 0) ? -1 : real(path); }
int rmdir(const char *path) { REAL(int, "rmdir", const char *); return fails(below(path), 0) ? -1 : real(path); }
int unlinkat(int fd, const char *path, int flags) {
  REAL(int, "unlinkat", int, const char *, int);
  int counts = fd == AT_FDCWD ? below(path) : below_fd(fd);
  return fails(counts, 0) ? -1 : real(fd, path, flags);
}
int chmod(const char *path, mode_t mode) {
  REAL(int, "chmod", const char *, mode_t);
  return fails(below(path), 0) ? -1 : real(path, mode);
}

/* Writes the new content over the file, in place, as a program does that saves without a file beside. */
static void overwrite(void) {
  struct stat found;
  stat(torn_file, &found);
  int from = open(torn_new, O_RDONLY), to = open(torn_file, O_WRONLY);
  char bytes[1 << 16];
  ssize_t got = pread(from, bytes, sizeof bytes, 0);
  if (got <= 0 || pwrite(to, bytes, got, 0) != got) abort();
  if (getenv("FAULT_TIME")) futimens(to, (struct timespec[2]){found.st_atim, found.st_mtim});
  close(from);
  close(to);
}

ssize_t read(int fd, void *bytes, size_t count) {
  REAL(ssize_t, "read", int, void *, size_t);
  if (!torn_file || !torn_new || count < 2) return real(fd, bytes, count);
  struct stat this, file;
  int same = fstat(fd, &this) == 0 && stat(torn_file, &file) == 0 && this.st_ino == file.st_ino && this.st_dev == file.st_dev;
  if (!same || lseek(fd, 0, SEEK_CUR) != 0 || atomic_fetch_add(&torn, 1) >= tears) return real(fd, bytes, count);
  ssize_t got = real(fd, bytes, count / 2);
  overwrite();
  return got;
}
