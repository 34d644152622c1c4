/** Linux's numbers and Node.js's texts of the errors that disks and mounts give. */
export const errno = {
  EPERM: { number: 1, text: 'operation not permitted' },
  ENOENT: { number: 2, text: 'no such file or directory' },
  EIO: { number: 5, text: 'i/o error' },
  EACCES: { number: 13, text: 'permission denied' },
  EINVAL: { number: 22, text: 'invalid argument' },
  EMFILE: { number: 24, text: 'too many open files' },
  ENOSPC: { number: 28, text: 'no space left on device' },
  EROFS: { number: 30, text: 'read-only file system' },
  ENOTSUP: { number: 95, text: 'operation not supported on socket' },
  EDQUOT: { number: 122, text: 'disk quota exceeded' },
} as const;
