/** Why a disk did not take something, for people. */

/** A sentence that goes on: “the disk is full.” */
export function diskReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const text = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'the disk is full.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'its folder may not be written to.';
    case 'ELOOP':
      return 'a file of it is a symbolic link.';
  }
  // SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY have sentences only.
  if (/disk is full/i.test(text)) return 'the disk is full.';
  if (/disk I\/O error/i.test(text)) return 'the disk cannot be written to.';
  if (/readonly database/i.test(text)) return 'its folder may not be written to.';
  return text.replace(/\.?$/, '.');
}
