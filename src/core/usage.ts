/** How a command is written, computed from its declaration. */
import type { Arg, Command } from '../api.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import type { Row } from '../model/view.js';

export function argLabel(name: string, arg: Arg): Safe {
  if (arg.type === 'flag') return safe`[-${cleanIdentifier(name)}]`;
  const label =
    arg.type === 'choice' && arg.choices !== undefined && arg.choices.length <= 4
      ? cleanIdentifier(arg.choices.join('|'))
      : cleanIdentifier(name);
  const tail = arg.type === 'rest' ? safe`…` : safe``;
  return arg.optional ? safe`[${label}${tail}]` : safe`<${label}${tail}>`;
}

/** ` <nick> [reason…]`, from one argument on if it is named. */
export function argLabels(command: Command, from?: string): Safe {
  const args = Object.entries(command.args ?? {});
  const start = from === undefined ? 0 : args.findIndex(([name]) => name === from);
  return args
    .slice(Math.max(0, start))
    .map(([name, arg]) => safe` ${argLabel(name, arg)}`)
    .join('') as Safe;
}

/** `/kick <nick> [reason…]` */
export function usageOf(command: Command): Safe {
  return safe`/${cleanIdentifier(command.name)}${argLabels(command)}`;
}

/** The same as a row with the argument being typed emphasised, and its help behind it. */
export function hintRow(command: Command, current: string | undefined): Row {
  const row = [span('input.command', safe`/${cleanIdentifier(command.name)}`)];
  for (const [name, arg] of Object.entries(command.args ?? {})) {
    row.push(span(name === current ? 'text.strong' : 'input.hint', safe` ${argLabel(name, arg)}`));
  }
  const help = current === undefined ? command.summary : command.args?.[current]?.help;
  if (help !== undefined && help !== '') row.push(span('input.hint', safe`  ${cleanIdentifier(help)}`));
  return row;
}
