/** How words are compared: without capitals, without the accents of Latin letters, each character one code point. */

/** Latin letters with something on them, marks, and Korean in pieces. */
const COMPOSED = /[\u00c0-\u024f\u1100-\u11ff\u1e00-\u1eff]|[\u0300-\u036f]/;

/** The same for what is looked for and what is looked through; the index of SQLite folds like it. */
export function fold(text: string): string {
  const lower = text.toLowerCase().replaceAll('ς', 'σ');
  if (!COMPOSED.test(lower)) return lower;
  return lower
    .normalize('NFC')
    .replace(/[\u00c0-\u024f\u1e00-\u1eff]/g, letter => {
      const bare = letter.normalize('NFD');
      return /^[a-z]/.test(bare) ? bare.charAt(0) : letter;
    })
    .replace(/([a-z])[\u0300-\u036f]+/g, '$1');
}
