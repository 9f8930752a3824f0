/** XEP-0054 vcard-temp: what somebody wrote about themselves, as plain text. https://xmpp.org/extensions/xep-0054.html */
import type { Jid } from '../../lib/jid.js';
import { cleanBody, cleanLine, type Safe } from '../../lib/text.js';
import { defineXep } from '../xep.js';
import { childOf, type Element, elementsOf, xml } from '../xml.js';

const NS = 'vcard-temp';
const MAX_ROWS = 60;
const MAX_VALUE = 4_096;

/** Fields worth a line, with the name a person would use; pictures, keys and sounds are left out. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['FN', 'Name'],
  ['N', 'Full name'],
  ['NICKNAME', 'Nickname'],
  ['BDAY', 'Birthday'],
  ['ADR', 'Address'],
  ['LABEL', 'Address'],
  ['TEL', 'Phone'],
  ['EMAIL', 'Mail'],
  ['JABBERID', 'XMPP'],
  ['TZ', 'Time zone'],
  ['GEO', 'Place'],
  ['TITLE', 'Title'],
  ['ROLE', 'Role'],
  ['ORG', 'Organisation'],
  ['CATEGORIES', 'Categories'],
  ['NOTE', 'Note'],
  ['DESC', 'About'],
  ['URL', 'Link'],
]);

export interface VCardRow {
  readonly label: Safe;
  readonly value: Safe;
}
export interface VCardApi {
  /** In the order of the card; empty if there is nothing to read. */
  get(jid: Jid): Promise<readonly VCardRow[]>;
}
declare module '../../api.js' {
  interface XepApi {
    vcard: VCardApi;
  }
}

function textIn(field: Element): string {
  const parts = elementsOf(field);
  const texts = parts.length === 0 ? [field.getText()] : parts.map(part => part.getText());
  return texts
    .map(text => text.slice(0, MAX_VALUE).trim())
    .filter(text => text !== '')
    .join(' ');
}

export default defineXep({
  name: 'vcard',
  spec: 'XEP-0054',
  title: 'vcard-temp',
  install: context => ({
    vcard: {
      async get(jid) {
        const reply = await context.request(xml('iq', { type: 'get', to: jid }, xml('vCard', NS)));
        const rows: VCardRow[] = [];
        for (const field of elementsOf(childOf(reply, 'vCard', NS))) {
          const label = LABELS.get(field.getName());
          const value = label === undefined ? '' : textIn(field);
          if (label === undefined || value === '') continue;
          rows.push({
            label: cleanLine(label),
            value: label === 'About' || label === 'Note' ? cleanBody(value) : cleanLine(value),
          });
          if (rows.length >= MAX_ROWS) break;
        }
        return rows;
      },
    },
  }),
});
