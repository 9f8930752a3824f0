/** A change of a room's subject as rows. */

import type { Span } from '../../lib/span.js';
import { clip, type Safe, safe } from '../../lib/text.js';
import type { SubjectEntry } from '../../model/types.js';
import { bodySpans } from './body.js';
import { MAX_ROWS, nickCells, type RowContext } from './context.js';
import { entryLines, timeAndGutter } from './entry.js';
import type { Line } from './line.js';
import { levelSign } from './notice.js';

export function subjectLines(entry: SubjectEntry, context: RowContext): Line[] {
  const body: Span[] = [];
  const gone = entry.text.trim() === '';
  if (entry.name !== undefined) {
    body.push({
      text: clip(entry.name, nickCells(context)),
      token: 'nick.other',
      hue: context.hue?.({ name: entry.name }) ?? entry.name,
    });
    body.push({ text: (gone ? ' removed the subject' : ' set the subject: ') as Safe, token: 'room.change' });
  } else body.push({ text: gone ? safe`There is no subject.` : safe`The subject is: `, token: 'room.change' });
  if (!gone) body.push(...bodySpans(entry.text, 'room.subject', context.expand));
  return entryLines(
    {
      prefix: [...timeAndGutter(entry.at, context, undefined), levelSign('info', context.spoken)],
      flush: 1,
      text: true,
      body,
      ...(context.expand ? {} : { maxRows: MAX_ROWS }),
    },
    context,
  );
}
