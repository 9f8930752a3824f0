/** An address as the name of a file or folder: one to one, never decoded, safe on any file system. */
import { createHash } from 'node:crypto';

/** Room for an ending within the 255 bytes of a name. */
const MAX_NAME = 180;
/** Names that some systems take for devices, whatever follows a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=[.@]|$)/;

const percent = (text: string): string =>
  [...Buffer.from(text, 'utf8')].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');

/**
 * Small letters, digits, `@`, `_`, `-` and single dots inside stay; everything else is percent-encoded, capitals too because
 * some file systems know no difference. A name that would be too long ends in a hash behind `~`, which stands nowhere else.
 */
export function fileNameOf(address: string): string {
  const encoded = address
    .replace(/[^a-z0-9@_.-]/gu, percent)
    .replace(/^[.-]|\.$|(?<=\.)\./g, percent)
    .replace(DEVICE, (name: string) => percent(name[0] ?? '') + name.slice(1));
  if (encoded.length <= MAX_NAME && encoded !== '') return encoded;
  const hash = createHash('sha256').update(address).digest('hex').slice(0, 32);
  return `${encoded.slice(0, MAX_NAME - 33).replace(/%.?$/, '')}~${hash}`;
}
