/** Forged stanzas and floods (rows S, D and the stream rows that a running client meets) in the real program, judged on screen and wire. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import {
  escapeXml,
  FRIEND,
  HOSTILE_ROWS,
  ME,
  ROOM,
  STRANGER,
  type Stage,
  startStage,
} from '../helpers/hostile-stage.js';

const FILL: Readonly<Record<string, string>> = {
  ME: `${ME}/here`,
  MEBARE: ME,
  FRIEND,
  STRANGER,
  ROOM,
  ROOM2: 'evil\u202enick',
  SERVERLOOKALIKE: 'chat.tesт',
  OLDCAROLMSG: 'carol-1',
  MYMSG: 'mine-1',
  MYMSGTOALICE: 'mine-2',
  OPENID: 'no-such-id',
  OPENQ: 'no-such-query',
};
/** The stanza of a row; what it says about a message of alice is about the one with the id of the row. */
const stanzaOf = (id: string): string =>
  (HOSTILE_ROWS.find(row => row.id === id)?.value ?? '').replace(/\{([A-Z0-9]+)\}/g, (whole, name: string) =>
    name === 'ALICEMSG' || name === 'ALICEID' ? `alice-${id}` : (FILL[name] ?? whole),
  );

let stage: Stage;
before(async () => {
  stage = await startStage();
  await stage.terminal.waitFor('welcome');
  await stage.sync();
  stage.taken();
});
after(() => stage.stop());

function harmless(id: string): void {
  const use = stage.taken();
  const screen = `${id}\n${stage.terminal.text()}`;
  assert.deepEqual(use.forbidden, [], screen);
  assert.deepEqual(use.modes, [], screen);
  assert.deepEqual(use.titles, [], screen);
}

/** Texts that would be on the screen, or in the bar of tabs, if the forgery had worked. */
const MUST_NOT_SHOW: Readonly<Record<string, RegExp>> = {
  S001: /FAKE/,
  S002: /FAKE/,
  S003: /FAKE/,
  S005: /FAKE/,
  S006: /FAKE/,
  S007: /FAKE/,
  S008: /FAKE/,
  S009: /evil@evil/,
  S010: /evil@evil/,
  S013: /friend invited you|from friend@/i,
  S014: /\bpw\b/,
  S029: /locked/,
  S032: /moderator mallory/,
  S037: /evil@rooms/,
  S043: /CLEAR TEXT/,
  M013: /OTHER TEXT/,
  M014: /pay mallory.*pay bob|pay bob.*pay mallory/,
};

describe('a forged stanza', () => {
  for (const row of HOSTILE_ROWS.filter(one => one.where === 'stanza')) {
    test(`${row.id} fools nobody, and what comes after it arrives`, async () => {
      const sent = stage.client().log.length;
      stage.send(
        `<message type='groupchat' from='${ROOM}/alice' to='${ME}/here' id='alice-${row.id}'><body>said before ${row.id}</body></message>`,
      );
      stage.send(stanzaOf(row.id));
      const word = await stage.sync();
      const { terminal } = stage;
      harmless(row.id);
      const wrong = MUST_NOT_SHOW[row.id];
      if (wrong !== undefined) assert.doesNotMatch(terminal.text(), wrong, row.must);
      // What alice said is still what she said.
      assert.ok(terminal.text().includes(`said before ${row.id}`), terminal.text());
      if (row.id === 'S025' || row.id === 'S026') assert.doesNotMatch(terminal.text(), /Invalid|NaN/);
      if (row.id === 'S030') assert.ok(!/Server notice.*password new/.test(terminal.text().split(word)[0] ?? ''));
      const answers = stage.client().log.slice(sent).join('\n');
      assert.doesNotMatch(answers, /urn:xmpp:receipts|chat-markers|muc#user.*evil|jabber:iq:version.*<name>/, row.must);
      if (row.id === 'S041' || row.id === 'S042') assert.match(answers, /service-unavailable|forbidden/);
      if (row.id === 'S031') assert.doesNotMatch(answers, /type="subscribed"/);
      // Whatever the row was, the stage is as it was for the next one.
      stage.enter('alice');
      stage.enter('mallory');
      await stage.sync();
    });
  }
});

describe('floods', () => {
  test('D022: five thousand come in and one key is still answered at once', async () => {
    for (let i = 0; i < 5000; i++) stage.enter(`guest${i}`);
    stage.terminal.type('typed meanwhile');
    await stage.terminal.waitFor('typed meanwhile');
    stage.terminal.key('Ctrl-c');
    await stage.sync();
    harmless('D022');
    assert.ok(stage.terminal.screen().filter(line => /guest\d+.*(joined|entered|came)/i.test(line)).length <= 8);
    for (let i = 0; i < 5000; i++) stage.leave(`guest${i}`);
    await stage.sync();
    harmless('D022');
  });

  test('D023 D024: presence and nicks that change all the time', async () => {
    for (let i = 0; i < 2000; i++) stage.enter('mallory', `<show>${i % 2 === 0 ? 'away' : 'dnd'}</show>`);
    for (let i = 0; i < 200; i++) {
      const [from, to] = [i === 0 ? 'mallory' : `m${i - 1}`, `m${i}`];
      stage.send(
        `<presence type='unavailable' from='${ROOM}/${from}' to='${ME}/here'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant' nick='${to}'/><status code='303'/></x></presence>`,
      );
      stage.enter(to);
    }
    stage.leave('m199');
    stage.enter('mallory');
    await stage.sync();
    harmless('D024');
  });

  test('D025: two thousand messages, all read, few frames, and the key is answered', async () => {
    const bytes = stage.terminal.bytesWritten();
    for (let i = 0; i < 2000; i++) stage.say('mallory', `flood ${i}`);
    stage.terminal.type('typed meanwhile');
    await stage.terminal.waitFor('typed meanwhile');
    await stage.sync();
    stage.terminal.key('Ctrl-c');
    harmless('D025');
    assert.ok(stage.terminal.bytesWritten() - bytes < 400_000, 'frames are left out, not messages');
    assert.ok(stage.terminal.text().includes('flood 1999'));
  });

  test('D020: ten thousand contacts with names of a thousand characters', async () => {
    const { terminal } = stage;
    for (let i = 0; i < 10_000; i++) {
      const item = `<item jid='c${i}@chat.test' name='${i} ${'N'.repeat(1000)}' subscription='both'/>`;
      stage.send(`<iq type='set' id='r${i}'><query xmlns='jabber:iq:roster'>${item}</query></iq>`);
      if (i % 2500 === 2499) await stage.sync();
    }
    terminal.enter('/roster');
    await terminal.waitFor(/10[,.]?00\d contacts/);
    const bytes = terminal.bytesWritten();
    const top = terminal.screen().find(line => line.includes('NNN')) ?? '';
    const at = (what: (line: string | undefined) => boolean) => (lines: readonly string[]) =>
      what(lines.find(line => line.includes('NNN')));
    terminal.key('End');
    await terminal.waitFor(at(line => line !== undefined && line !== top));
    // Names are cut so that each contact has one row, its address too.
    const names = terminal.screen().filter(line => line.includes('NNN'));
    assert.ok(names.length > 10, terminal.text());
    for (const line of names) assert.match(line, /N…\s+c\d+@chat\.test/);
    terminal.key('Home');
    await terminal.waitFor(at(line => line === top));
    harmless('D020');
    terminal.enter('/close');
    await stage.sync();
    assert.ok(terminal.bytesWritten() - bytes < 20_000, 'screens of cut names, not ten thousand');
  });

  test('D019 S031: a name never stands without its address', async () => {
    stage.send(
      `<iq type='set' id='rx'><query xmlns='jabber:iq:roster'><item jid='mallory@evil.test' name='Friend' subscription='both'/></query></iq>`,
    );
    stage.send(
      `<message type='chat' from='mallory@evil.test/x' to='${ME}/here' id='dx'><body>it is me</body></message>`,
    );
    stage.terminal.enter('/query mallory@evil.test');
    await stage.terminal.waitFor(/mallory@evil\.test/);
    await stage.terminal.waitFor('it is me');
    stage.terminal.enter('/close');
    await stage.sync();
    harmless('D019');
  });
});

describe('answers of services', () => {
  /** Opens a page, waits for it, closes it. */
  const page = async (id: string, line: string, ready: string | RegExp, form = false): Promise<string> => {
    stage.terminal.enter(line);
    await stage.terminal.waitFor(ready);
    const text = stage.terminal.text();
    harmless(id);
    if (form) stage.terminal.key('Shift-Tab');
    stage.terminal.enter('/close');
    await stage.sync();
    harmless(id);
    return text;
  };
  const queryOf = (iq: { readonly children: readonly unknown[] }): { ns: string } => {
    const child = iq.children.find(one => typeof one === 'object') as { attrs: Record<string, string> } | undefined;
    return { ns: child?.attrs['xmlns'] ?? '' };
  };
  const withForm = (form: string): void => {
    stage.answer = iq =>
      queryOf(iq).ns === 'http://jabber.org/protocol/commands'
        ? `<command xmlns='http://jabber.org/protocol/commands' node='n' sessionid='s' status='executing'><x xmlns='jabber:x:data' type='form'>${form}</x></command>`
        : undefined;
  };
  const field = (i: number | string, more = '', type = 'text-single'): string =>
    `<field var='${i}' type='${type}' label='label ${i}'>${more}</field>`;
  const options = Array.from({ length: 4000 }, (_, i) => `<option label='o${i}'><value>${i}</value></option>`).join('');
  const FORMS: readonly (readonly [id: string, form: string])[] = [
    ['D001', field('p', '', 'text-private')],
    ['D002', Array.from({ length: 5000 }, (_, i) => field(i)).join('')],
    ['D003', field('l', `<value>3</value>${options}`, 'list-single')],
    ['D004', field('a') + field('a') + field('') + field('__proto__')],
    ['D005', `<field var='FORM_TYPE' type='hidden'><value>x</value></field>`.repeat(2) + field('a')],
    ['D006', field('a', `<value>${'v'.repeat(900_000)}</value>`)],
    ['D007', field('j', `<value>a@b\n/quit</value>`, 'jid-single')],
    [
      'D008',
      `<instructions>http://evil.test/x</instructions><field var='m' label='label m'><media xmlns='urn:xmpp:media-element'><uri type='image/png'>http://evil.test/i.png</uri></media></field>`,
    ],
    ['D009', field('r', '<required/>')],
    ['D010', `<title>one</title><title>two</title>${field('a')}`],
  ];
  for (const [id, form] of FORMS) {
    test(`${id}: a form`, async () => {
      withForm(form);
      const text = await page(id, '/adhoc svc.test n', /label/, true);
      assert.ok(text.includes('svc.test'), 'it says who asks');
      stage.answer = undefined;
    });
  }
  test('D009: what is required is asked for before it is sent', async () => {
    withForm(field('r', '<required/>'));
    stage.terminal.enter('/adhoc svc.test n');
    await stage.terminal.waitFor('label r');
    const sent = stage.client().log.length;
    stage.terminal.key('Tab', 'Enter');
    await stage.terminal.waitFor(/not complete|must be|required|needed/i);
    assert.equal(
      stage
        .client()
        .log.slice(sent)
        .some(line => line.includes('submit')),
      false,
    );
    stage.terminal.key('Shift-Tab', 'Shift-Tab');
    stage.terminal.key('Alt-1');
    stage.answer = undefined;
    await stage.sync();
    harmless('D009');
  });

  const DISCO: readonly (readonly [id: string, items: string, identity: string])[] = [
    ['D011', Array.from({ length: 9000 }, (_, i) => `<item jid='i${i}@s.test' name='n'/>`).join(''), ''],
    ['D012', "<item jid=''/><item/><item jid='a@b@c'/><item jid='x@s.test'/>", ''],
    ['D013', "<item jid='svc.test'/>", ''],
    ['D014', "<item jid='x@s.test' node='\u009b31m&#10;'/>", ''],
    ['D015', '', "<identity category='server' type='im' name='Official Support (verified)'/>"],
    ['D016', '', Array.from({ length: 300 }, (_, i) => `<feature var='urn:all:${i}'/>`).join('')],
    ['D021', "<item jid='x@s.test' name='#general'/>", ''],
  ];
  for (const [id, items, identity] of DISCO) {
    test(`${id}: what a service says about itself`, async () => {
      stage.answer = iq => {
        const { ns } = queryOf(iq);
        if (iq.attrs['to'] === ROOM) return undefined;
        if (ns.endsWith('#items')) return `<query xmlns='${ns}'>${items}</query>`;
        if (ns.endsWith('#info')) return `<query xmlns='${ns}'>${identity}<feature var='urn:end:${id}'/></query>`;
        return undefined;
      };
      const text = await page(id, '/disco svc.test', /svc\.test[\s\S]*(identity|feature|Feature|item|Official|urn:)/i);
      assert.ok(text.includes('svc.test'));
      if (id === 'D021') {
        const list = await page(id, '/list svc.test', '#general');
        assert.match(list, /\bx\b.*#general|#general.*\bx\b/, list);
      }
      stage.answer = undefined;
    });
  }
  test('D017 D018: a card is text and is never fetched', async () => {
    stage.answer = iq =>
      queryOf(iq).ns === 'vcard-temp'
        ? `<vCard xmlns='vcard-temp'><FN>card</FN><URL>javascript:alert(1)</URL><TEL><NUMBER>"; rm -rf ~</NUMBER></TEL><PHOTO><BINVAL>${'A'.repeat(700_000)}</BINVAL></PHOTO></vCard>`
        : undefined;
    stage.terminal.enter(`/vcard ${FRIEND}`);
    await stage.terminal.waitFor('rm -rf');
    await stage.sync();
    harmless('D017');
    stage.answer = undefined;
  });
  test('S010 S011 S012: answers that are none', async () => {
    for (const answer of ['', '<error/>']) {
      stage.answer = iq =>
        `<iq type='${answer === '' ? 'result' : 'error'}' id='${escapeXml(String(iq.attrs['id']))}' from='svc.test'/>`;
      stage.terminal.enter('/disco svc.test');
      await stage.terminal.waitFor(/svc\.test/);
      stage.terminal.enter('/close');
      await stage.sync();
    }
    stage.answer = undefined;
    harmless('S011');
  });
});

describe('a stream that is not XML', () => {
  test('T011 X001: an escape in a body ends the connection, not the program; the client comes back', async () => {
    for (const raw of ['A\u001b[31mRED\u001b]0;PWN\u0007B', 'a&nbsp;b']) {
      const { number } = stage.client();
      stage.send(`<message type='groupchat' from='${ROOM}/mallory'><body>${raw}</body></message>`);
      await stage.until(() => {
        const last = stage.server.clients.at(-1);
        return last !== undefined && last.number > number && last.log.some(line => line.includes(`${ROOM}/`));
      });
      await stage.sync();
      const use = stage.taken();
      assert.deepEqual(use.forbidden, [], stage.terminal.text());
      assert.deepEqual(use.titles, []);
      assert.equal(stage.terminal.text().includes('RED'), false);
    }
  });
});

test('after all that the program answers, and the log of it holds no secret and no control', async () => {
  stage.terminal.enter('still here');
  await stage.terminal.waitFor(/nemo> still here/);
  const log = readFileSync(stage.debugFile, 'utf8');
  assert.doesNotMatch(log, /[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  assert.doesNotMatch(log, /hunter2/);
  stage.terminal.enter('/quit');
  const end = await stage.terminal.waitExit();
  assert.equal(end.code, 0);
  assert.ok(end.sttyRestored);
});
