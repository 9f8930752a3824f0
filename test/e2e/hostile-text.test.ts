/** Text of strangers (rows T, L, U, M) through every field of a stanza, judged on the bytes that reached the terminal. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  DOMAIN,
  escapeXml,
  expandRow,
  FRIEND,
  HOSTILE_ROWS,
  type HostileRow,
  isXmlText,
  ROOM,
  STRANGER,
  type Stage,
  startStage,
} from '../helpers/hostile-stage.js';

/** Hands on what XML cannot carry: the body names a row, the plugin puts the text of the row in its place. */
const SMUGGLER = `import { readFileSync } from 'node:fs';
const rows = JSON.parse(readFileSync(process.env.HOSTILE_ROWS, 'utf8'));
export default { name: 'smuggler', api: 1, setup(api) {
  api.filter('message:receive', message => {
    const id = /^@@row (\\w+)$/.exec(message.body ?? '')?.[1];
    return id === undefined ? message : { ...message, body: rows[id], raw: rows[id] };
  });
} };
`;

const rowsOf = (...places: readonly string[]): readonly HostileRow[] =>
  HOSTILE_ROWS.filter(row => /^[TLUM]/.test(row.id) && places.includes(row.where));
/** Longer than this is no stanza that a server would deliver. */
const MAX_BODY = 900_000;

let home: string;
let stage: Stage;
before(async () => {
  home = mkdtempSync(join(tmpdir(), 'causette-hostile-'));
  const plugins = join(home, '.config', 'causette', 'plugins');
  mkdirSync(plugins, { recursive: true });
  writeFileSync(join(plugins, 'smuggler.js'), SMUGGLER);
  const table = join(home, 'rows.json');
  writeFileSync(
    table,
    JSON.stringify(Object.fromEntries(HOSTILE_ROWS.map(row => [row.id, expandRow(row.value).slice(0, MAX_BODY)]))),
  );
  stage = await startStage({ terminal: { home, env: { HOSTILE_ROWS: table } } });
  await stage.terminal.waitFor('welcome');
  stage.terminal.enter('/plugin load smuggler');
  await stage.terminal.waitFor(/smuggler/);
  await stage.sync();
  stage.taken();
});
after(async () => {
  await stage.stop();
  rmSync(home, { recursive: true, force: true });
});

/** The last screens: what stood there may be sent once more when it moves. */
let seen: readonly string[] = [];

/** What holds after every row, whatever it was. */
async function judge(id: string, options: { readonly room?: boolean; readonly bells?: boolean } = {}): Promise<void> {
  const { terminal } = stage;
  const screen = `${id}\n${terminal.text()}`;
  const use = stage.taken();
  assert.deepEqual(use.forbidden, [], screen);
  assert.deepEqual(use.modes, [], screen);
  assert.deepEqual(use.titles, [], screen);
  seen = [terminal.text(), ...seen.slice(0, 4)];
  if (!/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(seen.join())) assert.equal(use.isolates, 0, screen);
  if (options.bells !== true) assert.equal(use.bells, 0, screen);
  for (const link of use.links) assert.match(link, /^(?:https?|xmpp|mailto|geo):/, screen);
  const { alternateScreen, bracketedPaste, mouse } = terminal.modes();
  assert.deepEqual([alternateScreen, bracketedPaste, mouse], [true, true, false], screen);
  if (options.room !== false) judgeColumns(screen);
}

/** The log begins each row with a time or blanks, and the line before the side list stands where it stood. */
function judgeColumns(screen: string): void {
  const { terminal } = stage;
  const column = 81;
  const last = terminal.screen().findLastIndex(line => line.includes('sync-'));
  for (let row = 1; row <= last; row++) {
    assert.equal(terminal.attributesAt(column, row).text, '│', `row ${row} of ${screen}`);
    const line = terminal.screen()[row] ?? '';
    assert.match(line, /^(?:\d\d:\d\d[ !]| {6}|─)/, `row ${row} of ${screen}`);
  }
}

/** The text that stands behind this name in the log, the rows it was broken into joined. */
function shownBehind(name: string): string {
  const rows = stage.terminal.screen().map(line => line.slice(0, line.lastIndexOf('│')).trimEnd());
  const from = rows.findLastIndex(line => line.includes(`${name}> `));
  if (from < 0) return '';
  const first = rows[from]!.slice(rows[from]!.indexOf(`${name}> `) + name.length + 2);
  return first;
}

const displayOf = (row: HostileRow): string | undefined => /display == "([^"]*)"/.exec(row.must)?.[1];

describe('a body', () => {
  for (const row of rowsOf('body', 'url', 'file name')) {
    test(`${row.id} ${isXmlText(row.value) ? '' : '(what XML can carry of it)'}`, async () => {
      const value = expandRow(row.value).slice(0, MAX_BODY);
      stage.say('mallory', value);
      await stage.sync();
      const display = displayOf(row);
      if (display !== undefined && row.where !== 'file name')
        assert.equal(shownBehind('mallory'), display, stage.terminal.text());
      await judge(row.id);
    });
  }
});

describe('a body that a parser should have refused, handed to the screen as it is', () => {
  for (const row of rowsOf('body')) {
    test(row.id, async () => {
      stage.say('mallory', `@@row ${row.id}`);
      await stage.sync();
      await judge(`${row.id} smuggled`);
    });
  }
});

describe('a nick', () => {
  for (const row of rowsOf('nick', 'file name')) {
    test(row.id, async () => {
      const value = expandRow(row.value);
      stage.enter(value);
      stage.say(value, `said by ${row.id}`);
      stage.enter(value, '<show>away</show><status>gone</status>');
      stage.send(
        `<message type='groupchat' from='${ROOM}/${escapeXml(value)}'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
      );
      await stage.sync();
      await judge(row.id);
      const line = stage.terminal.screen().find(text => text.includes(`said by ${row.id}`));
      if (line !== undefined && value !== '') {
        const display = displayOf(row)?.replace('…', '');
        if (display !== undefined) assert.ok(line.includes(display.slice(0, 12)), line);
        assert.match(line, /^\d\d:\d\d[ !] *\S.*> said by/, 'the name is visible and cut');
      }
      stage.leave(value);
      await stage.sync();
      await judge(row.id);
    });
  }
});

describe('a subject', () => {
  for (const row of rowsOf('subject')) {
    test(row.id, async () => {
      stage.send(
        `<message type='groupchat' from='${ROOM}/mallory'><subject>${escapeXml(expandRow(row.value))}</subject></message>`,
      );
      await stage.sync();
      await judge(row.id);
      stage.terminal.enter('/topic');
      stage.terminal.enter(`/echo that was ${row.id}`);
      await stage.terminal.waitFor(new RegExp(`-- that was ${row.id}`));
      await stage.sync();
      await judge(row.id);
      stage.send(`<message type='groupchat' from='${ROOM}/alice'><subject>quiet again</subject></message>`);
      await stage.sync();
      await judge(row.id);
    });
  }
});

describe('a status', () => {
  for (const row of rowsOf('status')) {
    test(row.id, async () => {
      const status = `<show>away</show><status>${escapeXml(expandRow(row.value))}</status>`;
      stage.enter('mallory', status);
      stage.send(`<presence from='${FRIEND}/a' to='${stage.client().jid}'>${status}</presence>`);
      stage.terminal.enter('/whois mallory');
      await stage.terminal.waitFor(/presence:/);
      await stage.sync();
      await judge(row.id);
      stage.terminal.enter('/roster');
      await stage.terminal.waitFor(/Friend/);
      await judge(row.id, { room: false });
      stage.terminal.enter('/close');
      await stage.sync();
      stage.leave('mallory');
      stage.enter('mallory');
      stage.send(`<presence from='${FRIEND}/a' to='${stage.client().jid}' type='unavailable'/>`);
      await stage.sync();
      await judge(row.id);
    });
  }
});

describe('an error text', () => {
  for (const row of rowsOf('error text')) {
    test(row.id, async () => {
      const text = `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${escapeXml(row.value)}</text>`;
      const error = `<error type='cancel'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${text}</error>`;
      stage.answer = iq => {
        const id = String(iq.attrs['id']);
        return iq.attrs['to'] === 'svc.test' ? `<iq type='error' id='${id}' from='svc.test'>${error}</iq>` : undefined;
      };
      stage.terminal.enter('/version svc.test');
      await stage.terminal.waitFor(/svc\.test/);
      stage.send(`<message type='error' from='${STRANGER}' id='nobody-asked'>${error}</message>`);
      stage.send(`<presence type='error' from='${ROOM}/nemo'>${error}</presence>`);
      await stage.sync();
      await judge(row.id);
      // Only an error of ours is told: nobody may put sentences on the screen.
      stage.answer = undefined;
    });
  }
});

describe('names that services give', () => {
  const page = async (id: string, line: string, ready: string | RegExp): Promise<void> => {
    stage.terminal.enter(line);
    await stage.terminal.waitFor(ready);
    await judge(id, { room: false });
    // In a form what is typed goes into its fields: away from them, to the last button.
    if (ready instanceof RegExp) stage.terminal.key('Shift-Tab');
    stage.terminal.enter('/close');
    await stage.sync();
    await judge(id);
  };
  const rows = [...rowsOf('disco', 'room name', 'form', 'vcard', 'roster name'), ...rowsOf('nick').slice(0, 6)];
  for (const row of rows) {
    test(`${row.id} in identities, items, forms and cards`, async () => {
      const value = escapeXml(expandRow(row.value));
      stage.answer = iq => {
        const query = iq.children.find(child => typeof child !== 'string');
        const ns = typeof query === 'object' ? String(query.attrs['xmlns']) : '';
        const node = typeof query === 'object' ? query.attrs['node'] : undefined;
        if (iq.attrs['to'] === ROOM && ns !== 'http://jabber.org/protocol/muc#owner') return undefined;
        const form = `<x xmlns='jabber:x:data' type='form'><title>${value}</title><instructions>${value}</instructions><field type='fixed'><value>${value}</value></field><field var='a' label='${value}' type='text-single'><value>${value}</value><desc>${value}</desc></field><field var='b' label='${value}' type='list-single'><value>v</value><option label='${value}'><value>v</value></option></field><field var='c' type='text-multi' label='${value}'><value>${value}</value></field></x>`;
        switch (ns) {
          case 'http://jabber.org/protocol/disco#info':
            return `<query xmlns='${ns}'><identity category='conference' type='text' name='${value}'/><feature var='${value}'/><feature var='http://jabber.org/protocol/muc'/></query>`;
          case 'http://jabber.org/protocol/disco#items':
            return node === undefined
              ? `<query xmlns='${ns}'><item jid='a@svc.test' name='${value}'/><item jid='b@svc.test' node='${value}' name='END-${row.id}'/></query>`
              : `<query xmlns='${ns}' node='${escapeXml(String(node))}'><item jid='svc.test' node='n' name='${value}'/><item jid='svc.test' node='m' name='END-${row.id}'/></query>`;
          case 'http://jabber.org/protocol/muc#owner':
            return `<query xmlns='${ns}'>${form}</query>`;
          case 'http://jabber.org/protocol/commands':
            return `<command xmlns='${ns}' node='n' sessionid='s' status='executing'><note type='info'>${value}</note>${form}</command>`;
          case 'vcard-temp':
            return `<vCard xmlns='vcard-temp'><FN>${value}</FN><NICKNAME>${value}</NICKNAME><ORG><ORGNAME>${value}</ORGNAME></ORG><DESC>${value}</DESC><TEL><NUMBER>${value}</NUMBER></TEL><URL>END-${row.id}</URL></vCard>`;
          default:
            return undefined;
        }
      };
      stage.send(
        `<iq type='set' id='p-${row.id}'><query xmlns='jabber:iq:roster'><item jid='${FRIEND}' name='${value}' subscription='both'><group>${value}</group></item></query></iq>`,
      );
      await page(row.id, '/roster', FRIEND);
      await page(row.id, '/disco svc.test', `END-${row.id}`);
      await page(row.id, '/list svc.test', `END-${row.id}`);
      await page(row.id, '/adhoc svc.test', `END-${row.id}`);
      await page(row.id, '/adhoc svc.test n', /Cancel|cancel/);
      await page(row.id, '/configure', /Cancel|cancel/);
      stage.terminal.enter(`/vcard ${FRIEND}`);
      await stage.terminal.waitFor(`END-${row.id}`);
      await stage.sync();
      await judge(row.id);
      stage.answer = undefined;
      stage.send(
        `<iq type='set' id='q-${row.id}'><query xmlns='jabber:iq:roster'><item jid='${FRIEND}' name='Friend' subscription='both'/></query></iq>`,
      );
      await stage.sync();
    });
  }
});

test('T002 T023 T030 M006: after all that the title, the screen and the connection are what they were', async () => {
  assert.equal(stage.terminal.title(), '');
  stage.terminal.enter('still here, and typing works');
  await stage.terminal.waitFor(/nemo> still here/);
  assert.equal(stage.server.clients.length, 1, 'the connection was never lost');
  assert.equal(stage.server.bodies.includes('/quit'), false);
});

test('what was written to disk is readable by its owner only and commands no terminal', () => {
  let files = 0;
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        walk(path);
        continue;
      }
      if (path.endsWith('rows.json') || path.endsWith('smuggler.js')) continue;
      files += 1;
      const text = readFileSync(path, 'utf8');
      // The database holds what was received as it was received.
      if (!/history\.db/.test(path))
        assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/, path);
      assert.doesNotMatch(text, /hunter2/, path);
      assert.equal(statSync(path).mode & 0o077, 0, path);
    }
  };
  walk(home);
  assert.ok(files > 0);
  assert.ok(readFileSync(stage.debugFile, 'utf8').includes(DOMAIN));
});
