import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Form } from '../../src/model/form.js';
import { StanzaError } from '../../src/xmpp/errors.js';
import { openRegistration } from '../../src/xmpp/new-account.js';
import { type Ejabberd, startEjabberd } from '../helpers/ejabberd.js';
import { openSession } from '../helpers/wire-session.js';

let server: Ejabberd;
const folder = mkdtempSync(join(tmpdir(), 'causette-riddle-'));
before(async () => {
  const program = join(folder, 'riddle');
  // ejabberd gives the answer as the argument; the picture is not looked at here.
  writeFileSync(program, `#!/bin/sh\nprintf '%s' "$1" > ${folder}/answer\nprintf '\\211PNG\\r\\n\\032\\npicture'\n`);
  chmodSync(program, 0o755);
  server = await startEjabberd({ captcha: program });
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a new account: the form, a wrong answer to its riddle, the right one, a taken name, and then the login', async () => {
  const { domain, host, port, ca } = server;
  const made = await openRegistration({ domain, host, port, ca, tls: 'starttls' });
  const answers = (riddle: string): Map<string, readonly string[]> =>
    new Map([
      ['username', ['romeo']],
      ['password', ['r-secret']],
      ['ocr', [riddle]],
    ]);
  const solved = async (): Promise<{ form: Form; riddle: string }> => {
    const form = await made.form();
    // The picture, which a person opens in a browser, makes the program run.
    const url = form.fields.find(field => field.var === 'captcha-fallback-url')?.values[0] ?? '';
    await (await fetch(url)).arrayBuffer();
    return { form, riddle: readFileSync(join(folder, 'answer'), 'utf8') };
  };
  const refusedWith = (condition: string) => (error: unknown) =>
    error instanceof StanzaError && error.condition === condition;

  const first = await solved();
  assert.ok(first.form.fields.some(field => field.var === 'ocr' && field.required));
  await assert.rejects(made.submit(first.form, answers('wrong')), refusedWith('not-allowed'));
  const second = await solved();
  await made.submit(second.form, answers(second.riddle));
  const third = await solved();
  await assert.rejects(made.submit(third.form, answers(third.riddle)), refusedWith('conflict'));
  made.close();

  const wire = openSession(port, {
    domain,
    ca,
    tls: 'starttls',
    username: 'romeo',
    password: async () => 'r-secret',
  });
  await wire.first('online');
  assert.equal(wire.session.secure?.mechanism, 'SCRAM-SHA-512');
  assert.equal(wire.session.secure?.protocol, 'TLSv1.3');
  await wire.session.stop();
});
