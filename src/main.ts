/** Composition root: the only file that knows every folder. Settings → accounts (each a wire and a core) → screen → plugins; stops in reverse. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAccountCore } from './account-core.js';
import { runBatch, untilHopeless } from './batch.js';
import { EXIT, type Intent, parseCommandLine } from './cli.js';
import { type Config, createConfig } from './config/config.js';
import { createState } from './config/state.js';
import { addressOf, type Opening, savedFor, wantedAccounts } from './core/account-wishes.js';
import { createAccounts } from './core/accounts.js';
import type { StartIntent } from './core/start.js';
import { writeCrashReport } from './crash.js';
import { loadDeclarations } from './declarations.js';
import { letGoOfTerminal } from './gone.js';
import { findDirs } from './lib/dirs.js';
import { errorText, UserError } from './lib/errors.js';
import { localOf, parseBareJid } from './lib/jid.js';
import { createLog } from './lib/log.js';
import { editText, openerOf, runProgram, startProgram } from './lib/programs.js';
import { cleanBody, cleanLine } from './lib/text.js';
import { systemClock } from './lib/time.js';
import { createWaking } from './lib/waking.js';
import { setAmbiguousWidth } from './lib/width.js';
import { createUi } from './ui/app.js';
import { checkTerminal, isUtf8, type QuitReason, SIGNALS } from './ui/device.js';
import type { Plain } from './ui/plain/plain.js';
import { readUserThemes } from './user-themes.js';

/** A polite goodbye may take so long; then the process ends anyway. */
const GOODBYE_MS = 1500;
/** Plugins that are loaded by then see the first screen. */
const PLUGINS_MS = 100;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** How we end; for plugins it is none of theirs. */
const exit: (code?: number) => never = process.exit.bind(process);

/** Words on a terminal that was not taken yet, or was given back. */
function say(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${cleanBody(text)}\n`);
}

function refuse(error: unknown, code: number): never {
  say(process.stderr, `causette: ${errorText(error)}`);
  if (error instanceof UserError && error.hint !== undefined) say(process.stderr, error.hint);
  exit(code);
}

/** Those of the command line; one that the settings know is opened as they say. */
function openings(config: Config, { jid, further }: Intent): readonly Opening[] {
  const known = (address: string): Opening | undefined => {
    const kept = savedFor(config, address);
    return kept === undefined ? undefined : { kept };
  };
  const others = further.map(address => {
    const parsed = parseBareJid(address);
    if (parsed !== undefined && localOf(parsed) !== undefined) return known(address) ?? { jid: parsed };
    return refuse(
      new UserError(`"${address}" is not the address of an account.`, 'It looks like you@server.'),
      EXIT.usage,
    );
  });
  return [(jid === undefined ? undefined : known(jid)) ?? 'main', ...others];
}

async function run(intent: Intent): Promise<void> {
  // Everything we make is for its owner only.
  process.umask(0o077);
  const { env } = process;
  const dirs = findDirs(env);
  const waking = createWaking(systemClock);
  const { clock } = waking;
  process.on('SIGCONT', waking.wake);
  const log = createLog();
  if (intent.debug !== undefined) log.open(intent.debug);

  let complain: (sentence: string) => void = () => {};
  const config = createConfig({
    file: intent.config ?? join(dirs.config, 'config.toml'),
    clock,
    onProblem: sentence => complain(sentence),
  });
  if (intent.checkConfig) {
    for (const problem of config.problems) say(process.stdout, problem);
    if (config.problems.length === 0) say(process.stdout, `${config.file}: nothing to complain about.`);
    exit(config.problems.length > 0 ? EXIT.config : EXIT.ok);
  }
  // Whom the command line names goes before what the settings want; a demo, a guest visit and a script are alone.
  const alone = intent.demo || intent.server !== undefined || intent.jid !== undefined;
  const [first = 'main', ...further] = alone ? openings(config, intent) : wantedAccounts(config);
  const account = intent.jid ?? (intent.server === undefined ? addressOf(config, first) : '');
  const lasting = !intent.noLog && !intent.demo;
  if (lasting && account !== '' && intent.rooms.length > 0 && intent.exec.length === 0 && !intent.plain) {
    const { handOver } = await import('./hand-over.js');
    const { rooms, nick } = intent;
    const wish = { rooms, ...(nick !== undefined && { nick }) };
    const pid = await handOver({ runtime: dirs.runtime, data: dirs.data, account }, wish).catch(() => undefined);
    if (pid !== undefined) {
      say(
        process.stdout,
        `Causette runs already for ${account} (process ${pid}): ${rooms.join(', ')} is opened there.`,
      );
      exit(EXIT.ok);
    }
  }
  // A script that says what to run needs no terminal.
  const batch = !intent.plain && intent.exec.length > 0 && !(process.stdin.isTTY && process.stdout.isTTY);
  if (!batch && !intent.plain) checkTerminal(env);
  if (intent.color !== undefined) config.override('ui.color', intent.color);
  if (intent.accessible) {
    config.override('ui.accessible', true);
  }
  if (intent.lowBandwidth) config.override('ui.low_bandwidth', true);
  setAmbiguousWidth(config.get('ui.ambiguous_width') === 2 ? 2 : 1);

  const declarations = await loadDeclarations();
  const themes = {
    ...declarations.themes,
    ...readUserThemes(join(dirs.config, 'themes'), sentence => complain(sentence)),
  };
  const state = createState(
    intent.noLog || intent.demo ? undefined : join(dirs.state, 'state.json'),
    sentence => complain(sentence),
    clock,
  );
  const { host, port, tls, caFile } = intent;
  const accounts = createAccounts({
    settings: config,
    state,
    route: {
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(tls !== undefined && { tls }),
      ...(caFile !== undefined && { caFile }),
    },
    make: links =>
      createAccountCore(
        {
          config,
          declarations,
          themes,
          state,
          dirs,
          waking,
          log,
          lasting,
          version,
          programs: {
            run: runProgram,
            edit: text => editText(text, env),
            async open(address, program) {
              const opener = program.length > 0 ? program : openerOf(env);
              if (opener !== undefined) await startProgram(opener, address);
              return opener !== undefined;
            },
          },
          answersStay: intent.plain,
          pluginFolder: join(dirs.config, 'plugins'),
          debugFile: intent.debug,
          onQuit: message => void stop(EXIT.ok, message),
        },
        links,
      ),
  });
  const core = accounts.open(first);
  process.exit = code => {
    const owner = accounts.ownerOf();
    if (owner !== 'core')
      throw new Error(`${owner.replace(/^plugin:/, '')} wants to end the program; /quit is for that`);
    return exit(typeof code === 'number' ? code : undefined);
  };
  const onQuit = (reason: QuitReason | 'end', code: number, error?: unknown): void => {
    if (reason === 'crash') {
      accounts.keepDrafts();
      const path = writeCrashReport({ error, version, recent: log.recent(), folder: dirs.state, now: new Date() });
      say(process.stderr, `causette: something went wrong: ${errorText(error)}`);
      if (path !== undefined) say(process.stderr, `What is known about it is in ${path}.`);
      exit(EXIT.crashed);
    }
    if (reason === 'hangup') process.once('exit', letGoOfTerminal);
    void stop(code);
  };
  const isContained = (error: unknown): boolean => accounts.handleStray(error);
  let plain: Plain | undefined;
  if (intent.plain) {
    const { createPlain } = await import('./ui/plain/plain.js');
    const { shell, news } = accounts;
    const run = (line: string): Promise<boolean> => shell.run(line);
    plain = createPlain({ shell, news, env, clock, run, isContained, onQuit });
  }
  const theme = String(config.get('ui.theme'));
  const ui =
    batch || intent.plain
      ? undefined
      : createUi({
          shell: accounts.shell,
          env,
          clock,
          theme: theme === 'auto' ? undefined : (themes[theme] ?? themes['dark']),
          themes,
          isContained,
          onQuit,
        });

  let stopping = false;
  let demo: { stop(): Promise<void> } | undefined;
  const stop = async (code: number, message?: string): Promise<void> => {
    if (stopping) exit(code);
    stopping = true;
    // The screen gives its handlers back; a second signal during the goodbye would end us without it, and with another code.
    for (const [signal] of SIGNALS) process.on(signal, () => {});
    ui?.close();
    const printed = plain?.close();
    const impatient = setTimeout(() => exit(code), GOODBYE_MS);
    await Promise.allSettled([accounts.stop(message), config.flush(), printed]);
    await demo?.stop();
    clearTimeout(impatient);
    log.close();
    exit(code);
  };

  const screen = ui?.port ?? plain?.port;
  if (screen !== undefined) accounts.attachScreen(screen);
  complain = sentence => accounts.shown.api.ui.notice(cleanLine(sentence), { level: 'warning' });
  for (const problem of config.problems) complain(problem);
  if (!batch && config.get('ui.ascii') === 'auto' && !isUtf8(env)) {
    complain(
      'This locale is not UTF-8, so only ASCII is shown. LANG=C.UTF-8 shows all; /set ui.ascii on says no more.',
    );
  }
  // A plugin that takes long is waited for on a screen that is there.
  const plugins = core.loadPlugins();
  await Promise.race([plugins, new Promise(resolve => clock.after(PLUGINS_MS, () => resolve(undefined)))]);
  ui?.start();
  plain?.start();
  await plugins;

  const set = accounts.intentOf(core);
  let start: StartIntent = { ...set, ...intent, rooms: [...intent.rooms, ...set.rooms] };

  if (intent.demo) {
    const { startDemoServer } = await import('./demo/server.js');
    const server = await startDemoServer();
    demo = server;
    const { host, port, domain, firstRoom } = server;
    start = { ...intent, rooms: [firstRoom], server: domain, host, port, allowPlaintext: true };
  }
  const beside = (): void => {
    for (const one of further) {
      try {
        const core = accounts.open(one);
        accounts.begin(core).catch((error: unknown) => core.api.ui.error(cleanLine(errorText(error))));
      } catch (error) {
        complain(errorText(error));
      }
    }
  };
  if (batch) {
    // A script says itself which further ones it needs.
    if (alone) beside();
    const { api } = core;
    const asked = { api, shell: accounts.shell, start: core.start };
    const { code, message } = await runBatch(asked, start, text => say(process.stdout, text));
    await stop(code, message);
    return;
  }
  const started = core.start(start);
  beside();
  // Whoever writes into a pipe does not wait for better times.
  if (plain !== undefined && !process.stdin.isTTY) {
    void untilHopeless(core).code.then(code => {
      if (!stopping) void stop(code);
    });
  }
  await started;
  plain?.ready(true);
}

const parsed = parseCommandLine(process.argv.slice(2), version);
if (parsed.kind === 'print') {
  process.stdout.write(parsed.text);
} else if (parsed.kind === 'usage') {
  say(process.stderr, `causette: ${parsed.sentence}`);
  say(process.stderr, 'causette --help lists what there is.');
  process.exitCode = EXIT.usage;
} else {
  // Not awaited here: the build makes a script of this, whose compiled code can be kept.
  run(parsed).catch((error: unknown) => refuse(error, EXIT.failed));
}
