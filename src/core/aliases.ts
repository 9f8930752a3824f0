/** Aliases: a name for a line or for several lines, with `$1`, `$2-` and `$*` for what is typed behind it. */
import { splitWords } from './words.js';

/** Splits the definition at `;`, outside of quotes; what is typed behind the alias is never split. */
function linesOf(definition: string): readonly string[] {
  const lines: string[] = [];
  let current = '';
  let quote: string | undefined;
  for (let i = 0; i < definition.length; i++) {
    const char = definition[i] ?? '';
    if (char === '\\' && definition[i + 1] === ';') {
      current += ';';
      i++;
    } else if (char === quote) {
      quote = undefined;
      current += char;
    } else if (quote === undefined && char === '"') {
      quote = char;
      current += char;
    } else if (quote === undefined && char === ';') {
      lines.push(current);
      current = '';
    } else {
      current += char;
    }
  }
  return [...lines, current].map(line => line.trim()).filter(line => line !== '');
}

/** The lines that an alias stands for. Without a `$` in it the arguments are put behind the last line. */
export function expandAlias(definition: string, typed: string): readonly string[] {
  const all = typed.trim();
  const words = splitWords(all);
  const lines = linesOf(definition);
  if (!/\$(?:\d|\*)/.test(definition)) {
    return lines.map((line, i) => (i === lines.length - 1 && all !== '' ? `${line} ${all}` : line));
  }
  return lines.map(line =>
    line
      .replace(/\$(?:(\d)(-?)|\*)/g, (_, digit: string | undefined, dash: string | undefined) => {
        if (digit === undefined) return all;
        const word = words[Number(digit) - 1];
        if (word === undefined) return '';
        return dash === '-' ? all.slice(word.start) : all.slice(word.start, word.end);
      })
      .trimEnd(),
  );
}
