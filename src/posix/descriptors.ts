/**
 * Functions that answer -1 for a descriptor that is not open, which one below 0 never is. Source: POSIX.1-2024, the
 * section ERRORS of each ("shall fail if … EBADF: the argument is not a valid open file descriptor") and RETURN VALUE.
 */
const FIRST = new Set(
  'close dup dup2 fchdir fchmod fchown fcntl fdatasync fstat fsync ftruncate ioctl lseek pread pwrite read readv write writev'.split(
    ' ',
  ),
);

/** Index of the descriptor among the arguments. The names for large files and large times are the same functions. */
export function descriptorOf(name: string): number | undefined {
  return FIRST.has(name.replace(/(64)?(_time64)?$/, '')) ? 0 : undefined;
}
