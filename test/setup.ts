/** Sees to it that the programs which the suites drive (Prosody, Python for the pty, OpenSSL for a CA) are on this machine. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Tool {
  /** The program that must be found, or the absolute path of a file that only the package brings. */
  readonly program: string;
  /** The Debian package that brings it. */
  readonly debianPackage: string;
  readonly purpose: string;
}

const TOOLS: readonly Tool[] = [
  { program: 'prosody', debianPackage: 'prosody', purpose: 'the real XMPP server of the end-to-end suites' },
  {
    program: '/usr/lib/prosody/modules/mod_muc_moderation',
    debianPackage: 'prosody-modules',
    purpose: 'modules of Prosody that are not in its own package',
  },
  { program: 'python3', debianPackage: 'python3', purpose: 'opens the pseudo-terminal that the program is driven in' },
  { program: 'profanity', debianPackage: 'profanity', purpose: 'a client by other people, in rooms with ours' },
  {
    program: '/usr/lib/python3/dist-packages/slixmpp',
    debianPackage: 'python3-slixmpp',
    purpose: 'one more client by other people',
  },
  { program: 'ejabberdctl', debianPackage: 'ejabberd', purpose: 'another real server, for logins and rooms' },
  { program: 'biboumi', debianPackage: 'biboumi', purpose: 'the gateway of the IRC suite' },
  { program: 'ngircd', debianPackage: 'ngircd', purpose: 'the IRC server behind it' },
  {
    program: '/usr/share/ejabberd',
    debianPackage: 'ejabberd',
    purpose: 'a second XMPP server, for logins and new accounts',
  },
  { program: 'tmux', debianPackage: 'tmux', purpose: 'a terminal with widths of its own, for golden screens' },
  { program: 'openssl', debianPackage: 'openssl', purpose: 'makes the throwaway certificate authority' },
];

// Installing Prosody must not start the distribution's service: we run our own, in a throwaway folder.
// deb-systemd-invoke asks policy-rc.d only, invoke-rc.d under sysvinit heeds RUNLEVEL too.
const INSTALL_SCRIPT = `
set -e
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "$@"
`;

/** Makes the tools available, installing them where apt and the rights for it are there; throws a sentence that says what to install. */
export function ensureTools(): void {
  const missing = missingTools();
  if (missing.length === 0) return;
  const packages = missing.map(tool => tool.debianPackage);
  console.log(`Installing what the tests need: ${packages.join(' ')}`);
  const outcome = install(packages);
  const still = missingTools();
  if (still.length === 0) return;
  throw new Error(
    [
      `The tests need programs that are not here${outcome === undefined ? '' : ` (${outcome})`}:`,
      ...still.map(tool => `  ${tool.program}: ${tool.purpose}`),
      `Install them, on Debian with: apt-get install --no-install-recommends ${still.map(tool => tool.debianPackage).join(' ')}`,
    ].join('\n'),
  );
}

function missingTools(): readonly Tool[] {
  return TOOLS.filter(tool => !isHere(tool.program));
}

function isHere(program: string): boolean {
  return program.startsWith('/') ? existsSync(program) : findProgram(program) !== undefined;
}

/** The path of a program, looked for in PATH and, because a plain user's PATH often lacks them, in the sbin folders. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/usr/local/sbin', '/sbin');
  return folders
    .filter(folder => folder !== '')
    .map(folder => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs apt; the answer is what went wrong, in a few words. */
function install(packages: readonly string[]): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'there is no apt-get on this system';
  const asRoot = process.getuid?.() === 0;
  if (!asRoot && findProgram('sudo') === undefined) return 'not root, and there is no sudo';
  const prefix = asRoot ? [] : ['sudo', '-n'];
  const [command = 'sh', ...args] = [...prefix, 'sh', '-c', INSTALL_SCRIPT, 'install', ...packages];
  const run = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.error !== undefined) return run.error.message;
  return run.status === 0
    ? undefined
    : `${asRoot ? 'apt-get' : 'sudo -n apt-get'} ended with ${run.status ?? run.signal}`;
}
