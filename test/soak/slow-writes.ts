import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { workplace } from "../bench/harness/bundle.ts"

/** Delays every write to a file of a database, and every sync, of the process that preloads it. */
const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <stdio.h>
#include <unistd.h>

static void delay(int fd) {
  char link[64], file[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, file, sizeof file - 1);
  if (length < 0) return;
  file[length] = 0;
  if (!strstr(file, ".sqlite")) return;
  const char *milliseconds = getenv("SOAK_WRITE_DELAY");
  if (milliseconds) usleep(atoi(milliseconds) * 1000);
}

#define SLOW(type, name, parameters, arguments) \\
  type name parameters { \\
    static type (*next) parameters; \\
    if (!next) next = (type (*) parameters) dlsym(RTLD_NEXT, #name); \\
    delay(fd); \\
    return next arguments; \\
  }

SLOW(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
SLOW(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
SLOW(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
SLOW(int, fsync, (int fd), (fd))
SLOW(int, fdatasync, (int fd), (fd))
`

/** The environment of a process whose writes take so many milliseconds more; a reason if there is no C compiler. */
export function slowWrites(milliseconds: number): { env: Record<string, string> } | { reason: string } {
  if (process.platform !== "linux") return { reason: "only Linux preloads libraries" }
  const [file, library] = [join(workplace, "slow-writes.c"), join(workplace, "slow-writes.so")]
  writeFileSync(file, source)
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-o", library, file, "-ldl"], { stdio: "pipe" })
  } catch (error) {
    return {
      reason: `cc did not compile the library: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    }
  }
  return { env: { LD_PRELOAD: library, SOAK_WRITE_DELAY: String(milliseconds) } }
}
