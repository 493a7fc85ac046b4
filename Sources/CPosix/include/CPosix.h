#pragma once
// What Glibc's module map leaves out or imports in a form that Swift cannot call. Prototypes and one-line inlines only.
// _GNU_SOURCE is not defined on purpose: it would change types (fd_set) that Swift's Glibc module has imported without it.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// glibc >= 2.34, absent from Swift's Glibc module: closes everything from `from` upwards in the child.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int from);

// Wait macros: Swift does not import function-like macros.
static inline int upa_wifexited(int status) { return WIFEXITED(status); }
static inline int upa_wexitstatus(int status) { return WEXITSTATUS(status); }
static inline int upa_wifsignaled(int status) { return WIFSIGNALED(status); }
static inline int upa_wtermsig(int status) { return WTERMSIG(status); }

// memfd_create sits behind _GNU_SOURCE; signalfd's flags are enum constants of another type than it takes in Swift.
extern int memfd_create(const char *name, unsigned int flags);
static inline int upa_memfd(const char *name) { return memfd_create(name, 1U /* MFD_CLOEXEC */); }
static inline int upa_signalfd(const sigset_t *set) { return signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK); }

// The next signal waiting on a signalfd, or 0.
static inline int upa_signalfd_read(int fd) {
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}


// SOCK_CLOEXEC and SOCK_NONBLOCK are enum constants of another type than socket() takes in Swift.
static inline int upa_unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }
static inline int upa_unix_datagram_socket(void) { return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0); }
static inline int upa_socketpair(int pair[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair); }

// Clocks as one number: nanoseconds.
static inline int64_t upa_clock(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
static inline int64_t upa_monotonic_now(void) { return upa_clock(CLOCK_MONOTONIC); }
static inline int64_t upa_realtime_now(void) { return upa_clock(CLOCK_REALTIME); }

// errno is a macro; Glibc's accessor is fine, but a plain function keeps the call sites alike.
static inline int upa_errno(void) { return errno; }

// Open-file-description locks (fcntl(2)) sit behind _GNU_SOURCE: one byte of a file as a slot that its holder's death frees.
static inline int upa_try_lock_byte(int fd, long byte) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, 37 /* F_OFD_SETLK */, &lock);
}
static inline int upa_unlock_byte(int fd, long byte) {
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, 37 /* F_OFD_SETLK */, &lock);
}
