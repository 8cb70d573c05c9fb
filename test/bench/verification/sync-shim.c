/* Preloaded into a measured process: counts its syncs in the file SYNC_COUNT, and delays each by SYNC_DELAY_US. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef int (*sync_function)(int);

static sync_function real_fsync, real_fdatasync;
static _Atomic long *count;
static struct timespec delay;

__attribute__((constructor)) static void begin(void) {
  real_fsync = (sync_function)dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = (sync_function)dlsym(RTLD_NEXT, "fdatasync");
  const char *microseconds = getenv("SYNC_DELAY_US"), *file = getenv("SYNC_COUNT");
  if (microseconds != NULL) delay.tv_nsec = atol(microseconds) * 1000;
  int fd = file == NULL ? -1 : open(file, O_RDWR);
  if (fd < 0) return;
  void *memory = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory != MAP_FAILED) count = memory;
}

static void note(void) {
  if (count != NULL) ++*count;
  if (delay.tv_nsec > 0) nanosleep(&delay, NULL);
}

int fsync(int fd) {
  note();
  return real_fsync(fd);
}

int fdatasync(int fd) {
  note();
  return real_fdatasync(fd);
}
