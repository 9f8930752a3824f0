/** The background of the terminal: asked for once where that is harmless, or configured; what is drawn can be read on it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { colorOfText, contrast, type Rgb, readableColor, rgbOfIndex } from '../../src/lib/color.js';
import { TOKENS, type Token } from '../../src/lib/tokens.js';
import { createUi } from '../../src/ui/app.js';
import { backgroundIn, backgroundOf, knowsBackground } from '../../src/ui/device.js';
import { styleOf } from '../../src/ui/style.js';
import { resolveTheme } from '../../src/ui/theme.js';
import { createFakeLog, createFakeShell, fakeTab, logView } from '../helpers/expect-screen.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { createFakeTty } from '../helpers/fake-tty.js';

const QUESTION = '\x1b]11;?\x1b\\';
const folder = new URL('../../themes/', import.meta.url);
const themes: Record<string, unknown> = {};
for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
  themes[file.slice(0, -5)] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}

const REPLIES: readonly (readonly [reply: string, color: Rgb | undefined])[] = [
  ['\x1b]11;rgb:ffff/ffff/ffff\x1b\\', [255, 255, 255]],
  ['\x1b]11;rgb:fdfd/f6f6/e3e3\x07', [0xfd, 0xf6, 0xe3]],
  ['\x1b]11;rgb:1e/1e/2e\x07', [0x1e, 0x1e, 0x2e]],
  ['\x1b]11;rgba:0000/0000/0000/ffff\x1b\\', [0, 0, 0]],
  ['\x1b]11;rgb:f/0/8\x07', [255, 0, 136]],
  ['\x1b]10;rgb:ffff/ffff/ffff\x07', undefined],
  ['\x1b]11;white\x07', undefined],
  ['\x1b]11;rgb:ffff/ffff/ffff', undefined],
];
for (const [reply, color] of REPLIES)
  test(`the answer ${JSON.stringify(reply)}`, () => assert.deepEqual(backgroundIn(reply), color));

const TERMS: readonly (readonly [env: Readonly<Record<string, string>>, asked: boolean])[] = [
  [{ TERM: 'xterm-256color' }, true],
  [{ TERM: 'xterm-kitty' }, true],
  [{ TERM: 'tmux-256color', TMUX: '/tmp/x' }, true],
  [{ TERM: 'screen-256color', TMUX: '/tmp/x' }, true],
  [{ TERM: 'screen' }, false],
  [{ TERM: 'screen-256color' }, false],
  [{ TERM: 'linux' }, false],
  [{ TERM: 'vt100' }, false],
  [{ TERM: 'dumb' }, false],
  [{ TERM: 'rxvt-unicode-256color' }, false],
];
for (const [env, asked] of TERMS)
  test(`${JSON.stringify(env)} is ${asked ? '' : 'not '}asked`, async () => {
    assert.equal(knowsBackground(env), asked);
    const app = await start({}, env);
    assert.equal(app.output().includes(QUESTION), asked);
    app.ui.close();
  });

async function start(
  options: Readonly<Record<string, string>> = {},
  env = { TERM: 'xterm-256color' } as Record<string, string>,
) {
  const log = createFakeLog();
  log.say('ana', 'hello');
  const shell = createFakeShell([fakeTab(1, 'hall', logView(log))]);
  for (const [name, value] of Object.entries(options)) shell.options.set(name, value);
  const tty = createFakeTty(60, 8);
  const clock = createFakeClock(0);
  const ui = createUi({ shell, ...tty, env, clock, theme: undefined, themes, onQuit() {} });
  ui.start();
  let all = '';
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await new Promise(resolve => setImmediate(resolve));
      clock.advance(40);
    }
    await tty.rows();
    all += tty.takeOutput();
  };
  await settle();
  return {
    ui,
    shell,
    settle,
    output: () => all,
    async answer(reply: string) {
      tty.type(reply);
      await settle();
    },
    /** Background of the bar of tabs, in the last row but one: dark and light differ there. */
    bar: () => tty.screen.attributesAt(59, 6).background.value,
    rows: () => tty.rows(),
  };
}
const barOf = (name: string): unknown =>
  styleOf(resolveTheme(themes[name], { depth: 256, bases: themes }).attrOf('tab.bar')).bg;
const WHITE = '\x1b]11;rgb:ffff/ffff/ffff\x1b\\';
const BLACK = '\x1b]11;rgb:0000/0000/0000\x1b\\';

test('without an answer the theme is dark; a light background brings the light one, and is asked for once', async () => {
  const app = await start();
  assert.equal(app.bar(), barOf('dark'));
  await app.answer(WHITE);
  assert.equal(app.bar(), barOf('light'));
  // Whatever comes later, from a terminal that was attached instead for instance, changes nothing and is typed nowhere.
  await app.answer(BLACK);
  assert.equal(app.bar(), barOf('light'));
  assert.doesNotMatch((await app.rows()).join('\n'), /rgb|0000/);
  assert.equal(app.output().split(QUESTION).length, 2);
  app.ui.close();
});

test('a dark background costs not one byte', async () => {
  const app = await start();
  const before = app.output().length;
  await app.answer(BLACK);
  assert.equal(app.output().length, before);
  app.ui.close();
});

for (const [wish, theme] of [
  ['light', 'light'],
  ['dark', 'dark'],
  ['#fdf6e3', 'light'],
  ['#002b36', 'dark'],
] as const)
  test(`ui.background = ${wish}: ${theme}, and nothing is asked`, async () => {
    const app = await start({ 'ui.background': wish });
    assert.equal(app.bar(), barOf(theme));
    assert.ok(!app.output().includes(QUESTION));
    await app.answer(theme === 'dark' ? WHITE : BLACK);
    assert.equal(app.bar(), barOf(theme));
    app.ui.close();
  });

test('a theme that was chosen stays, whatever the background is', async () => {
  const app = await start();
  app.ui.port.theme(themes['dark']);
  await app.answer(WHITE);
  assert.equal(app.bar(), barOf('dark'));
  app.ui.port.theme(undefined);
  await app.settle();
  assert.equal(app.bar(), barOf('light'));
  app.ui.close();
});

const GROUNDS: readonly (readonly [name: string, ground: Rgb])[] = [
  ['black', [0, 0, 0]],
  ['white', [255, 255, 255]],
  ['solarized dark', [0x00, 0x2b, 0x36]],
  ['solarized light', [0xfd, 0xf6, 0xe3]],
  ['gruvbox', [0x28, 0x28, 0x28]],
  ['nord', [0x2e, 0x34, 0x40]],
  ['purple of a default terminal', [0x30, 0x0a, 0x24]],
  ['dark blue', [0, 0, 0x8b]],
  ['grey', [0xc0, 0xc0, 0xc0]],
];
const LINES = new Set<Token>(['list.border', 'bar.separator']);
for (const [name, ground] of GROUNDS) {
  for (const depth of [256, 16777216] as const) {
    test(`on ${name} every theme and every nick can be read with ${depth} colours (4.5:1)`, () => {
      const poor: string[] = [];
      const look = (what: string, fg: number | Rgb | undefined): void => {
        if (fg === undefined) return;
        const ratio = contrast(typeof fg === 'number' ? rgbOfIndex(fg) : fg, ground);
        if (ratio < 4.5) poor.push(`${what} ${ratio.toFixed(2)}`);
      };
      for (const [theme, json] of Object.entries(themes)) {
        const resolved = resolveTheme(json, { depth, bases: themes, ground });
        for (const token of Object.keys(TOKENS) as Token[]) {
          const style = styleOf(resolved.attrOf(token));
          if (style.bg === undefined && !LINES.has(token)) look(`${theme} ${token}`, style.fg);
        }
      }
      for (let i = 0; i < 300; i++) look(`nick ${i}`, colorOfText(`nick ${i}`, depth, ground));
      assert.deepEqual(poor, []);
    });
  }
}

test('what can be read is left as it is', () => {
  assert.deepEqual(readableColor([255, 255, 0], [0, 0, 0]), [255, 255, 0]);
  assert.notDeepEqual(readableColor([255, 255, 0], [255, 255, 255]), [255, 255, 0]);
});

const ENVIRONMENTS: readonly (readonly [said: string | undefined, color: Rgb | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['0;15', [255, 255, 255]],
  ['0;default;15', [255, 255, 255]],
  ['0;7', [255, 255, 255]],
  ['15;0', [0, 0, 0]],
  ['7;default;8', [0, 0, 0]],
  ['0;default', undefined],
  ['0;99', undefined],
];
for (const [said, color] of ENVIRONMENTS) {
  test(`COLORFGBG=${said} is ${color?.join() ?? 'nothing'}`, () => {
    assert.deepEqual(backgroundOf(said === undefined ? {} : { COLORFGBG: said }), color);
  });
}

test('a terminal that cannot be asked is believed what it says in the environment', async () => {
  const outputIn = async (COLORFGBG: string): Promise<string> => {
    const app = await start({}, { TERM: 'rxvt-unicode-256color', COLORFGBG });
    const output = app.output();
    app.ui.close();
    return output;
  };
  const light = await outputIn('0;default;15');
  assert.ok(!light.includes(QUESTION));
  assert.notEqual(light, await outputIn('15;default;0'));
});
