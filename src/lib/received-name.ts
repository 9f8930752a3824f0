/** The name under which a file of somebody else is kept: one part of a path, harmless in a shell, on a screen and in a folder. */

/** Room for a number within the 255 bytes of a name. */
const MAX_BYTES = 200;
const MAX_EXTENSION = 16;
/** A longer one is none. */
const MAX_RAW = 8192;
/** Controls, marks of direction and all else that is not seen, what separates, half characters. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** What shells, and the file systems of others, read otherwise. */
const SPECIAL = /["*:<>?|]/g;
/** Names that some systems take for devices, whatever follows a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const sizeOf = (text: string): number => Buffer.byteLength(text);

/** At most so many bytes, no character in half. */
function cut(text: string, bytes: number): string {
  let out = '';
  let left = bytes;
  for (const character of text) {
    left -= sizeOf(character);
    if (left < 0) break;
    out += character;
  }
  return out;
}

/** Everything before the last dot, and the rest with it. */
function partsOf(name: string): readonly [stem: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot <= 0 || name.length - dot > MAX_EXTENSION ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}

/** `raw`: the last part of a path, or what a header says; percent signs are decoded once, and only then is the path cut off. */
export function receivedName(raw: string | undefined): string {
  const last =
    decoded((raw ?? '').slice(0, MAX_RAW))
      .split(/[/\\]/)
      .at(-1) ?? '';
  const plain = last
    .replace(INVISIBLE, '')
    .replace(SPECIAL, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (plain === '') return 'file';
  const safe = plain.startsWith('-') || DEVICE.test(plain) ? `_${plain}` : plain;
  if (sizeOf(safe) <= MAX_BYTES) return safe;
  const [stem, extension] = partsOf(safe);
  return `${cut(stem, MAX_BYTES - sizeOf(extension))}${extension}`;
}

/** The next name to try if that one is taken: `report (1).txt`. */
export function numberedName(name: string, number: number): string {
  const [stem, extension] = partsOf(name);
  return number === 0 ? name : `${stem} (${number})${extension}`;
}
