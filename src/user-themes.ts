/** Themes of the person: JSON files in a folder. What cannot be read is said and left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode, errorText } from './lib/errors.js';

const MAX_BYTES = 64 * 1024;

export function readUserThemes(folder: string, complain: (sentence: string) => void): Record<string, unknown> {
  const themes: Record<string, unknown> = {};
  let files: string[];
  try {
    files = readdirSync(folder).filter(name => /^[a-z0-9_-]+\.json$/.test(name));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') complain(`The themes in ${folder} cannot be read: ${errorText(error)}`);
    return themes;
  }
  for (const file of files.toSorted()) {
    try {
      const text = readFileSync(join(folder, file), 'utf8');
      if (text.length > MAX_BYTES) throw new Error('it is too large');
      themes[basename(file, '.json')] = JSON.parse(text);
    } catch (error) {
      complain(`The theme ${file} cannot be used: ${errorText(error)}`);
    }
  }
  return themes;
}
