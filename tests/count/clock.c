/* A clock that is slower still than a program under valgrind. The host decides by time what is long; so it decides as it does at its
 * own speed, whatever else this machine is busy with. To be loaded before the C library. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

/* How many times slower. */
#define SLOW 1000

#define SECOND INT64_C(1000000000)

static int (*real_clock)(clockid_t, struct timespec *);
static long (*real_syscall)(long, ...);
static int64_t begun;

static int64_t nanoseconds(const struct timespec *time) { return time->tv_sec * SECOND + time->tv_nsec; }

static struct timespec timespec(int64_t time) {
    return (struct timespec){.tv_sec = time / SECOND, .tv_nsec = time % SECOND};
}

__attribute__((constructor)) static void begin(void) {
    struct timespec now;
    real_clock = dlsym(RTLD_NEXT, "clock_gettime");
    real_syscall = dlsym(RTLD_NEXT, "syscall");
    real_clock(CLOCK_MONOTONIC, &now);
    begun = nanoseconds(&now);
}

int clock_gettime(clockid_t id, struct timespec *time) {
    if (!real_clock) begin();
    int failed = real_clock(id, time);
    if (!failed && id == CLOCK_MONOTONIC) *time = timespec(begun + (nanoseconds(time) - begun) / SLOW);
    return failed;
}

/* Threads wait for a futex until a time of this clock. */
long syscall(long number, ...) {
    va_list list;
    long argument[6];
    struct timespec until;
    va_start(list, number);
    for (int i = 0; i < 6; i++) argument[i] = va_arg(list, long);
    va_end(list);
    if (!real_syscall) begin();
    if (number == SYS_futex && (argument[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET && argument[3]) {
        until = timespec(begun + (nanoseconds((const struct timespec *)argument[3]) - begun) * SLOW);
        argument[3] = (long)&until;
    }
    return real_syscall(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
}
