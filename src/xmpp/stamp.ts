/** Times on the wire: XEP-0082 profiles, read strictly. https://xmpp.org/extensions/xep-0082.html */

// Four-digit years only: the date parser of the platform knows years nobody can have meant.
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** XMPP is of 1999. */
const EARLIEST = Date.UTC(1999, 0, 1);

/** Milliseconds of a DateTime; `undefined` if it is none. */
export function parseStamp(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 64) return undefined;
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const at = Date.parse(
    `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}${(match[7] ?? '').slice(0, 4)}${match[8]}`,
  );
  return Number.isFinite(at) && at >= EARLIEST ? at : undefined;
}

/** DateTime in UTC, so that it tells nothing about where we are. */
export function printStamp(at: number): string {
  return new Date(at).toISOString();
}
