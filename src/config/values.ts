/** Text ⇄ value of an option, and the check of values that come from the file. Pure. */
import { UserError } from '../lib/errors.js';
import { cleanIdentifier } from '../lib/text.js';
import type { OptionDefinition, OptionValue } from './schema.js';

const TRUE = new Set(['on', 'true', 'yes', '1']);
const FALSE = new Set(['off', 'false', 'no', '0']);

/** What a person typed, as a value; throws UserError with the allowed values. */
export function parseValue(name: string, option: OptionDefinition, text: string): OptionValue {
  const typed = text.trim();
  switch (option.type) {
    case 'boolean':
      if (TRUE.has(typed.toLowerCase())) return true;
      if (FALSE.has(typed.toLowerCase())) return false;
      throw new UserError(`${name} is on or off, not "${shorten(typed)}".`, `/set ${name} on`);
    case 'integer':
      return checked(name, option, /^[+-]?\d{1,15}$/.test(typed) ? Number(typed) : typed);
    case 'list':
      return parseList(typed);
    case 'choice':
    case 'string':
      return checked(name, option, typed);
  }
}

/** `a, b c` or a TOML-like `["a", "b"]`. */
function parseList(text: string): readonly string[] {
  if (text.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list) && list.every(item => typeof item === 'string')) return list;
    } catch {
      // not JSON: fall through to the plain form
    }
  }
  return text.split(/\s*,\s*/u).filter(item => item !== '');
}

/** The value if it fits the option; throws UserError otherwise. */
export function checked(name: string, option: OptionDefinition, value: unknown): OptionValue {
  switch (option.type) {
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'integer': {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = option;
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
      throw new UserError(`${name} is a whole number from ${min} to ${max}, not ${quote(value)}.`, `/help ${name}`);
    }
    case 'choice':
      if (typeof value === 'string' && (option.choices ?? []).includes(value)) return value;
      throw new UserError(
        `${name} is one of ${(option.choices ?? []).join(', ')}, not ${quote(value)}.`,
        `/help ${name}`,
      );
    case 'string':
      if (typeof value === 'string' && !/[\0-\x1f\x7f-\x9f]/.test(value)) {
        if (option.shape === 'nick' && cleanIdentifier(value) !== value)
          throw new UserError(`${name} has characters that cannot be seen, so it cannot be a nick.`, `/help ${name}`);
        if (option.shape === 'name' && !/^[\w-]{1,64}$/.test(value))
          throw new UserError(`${name} is a name of letters, digits, _ and -, not ${quote(value)}.`, `/help ${name}`);
        if (option.shape === 'background' && !/^(?:auto|dark|light|#[0-9a-f]{6})$/i.test(value))
          throw new UserError(`${name} is auto, dark, light or #rrggbb, not ${quote(value)}.`, `/help ${name}`);
        return value;
      }
      throw new UserError(`${name} is a line of text without control characters.`, `/help ${name}`);
    case 'list':
      // A table of words is a list of pairs: easier to write in the file.
      if (isTable(value)) return Object.entries(value).map(([key, word]) => `${key}=${word}`);
      if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value as readonly string[];
      break;
  }
  throw new UserError(`${name} is a ${option.type}, not ${quote(value)}.`, `/help ${name}`);
}

/** A value as a person would type it. */
export function printValue(value: OptionValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object') return value.join(', ');
  return String(value);
}

function quote(value: unknown): string {
  return `"${shorten(typeof value === 'object' ? JSON.stringify(value) : String(value))}"`;
}

function shorten(text: string): string {
  const clean = text.replace(/[\0-\x1f\x7f-\x9f]/g, '?');
  return clean.length > 40 ? `${clean.slice(0, 39)}…` : clean;
}

function isTable(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(word => typeof word === 'string')
  );
}
