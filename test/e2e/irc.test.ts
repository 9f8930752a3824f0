/** IRC channels through a real gateway (biboumi) on a real IRC server (ngircd), with an IRC client on the other side. */
import { after, before, describe, test } from 'node:test';
import {
  componentConfig,
  componentHost,
  GATEWAY,
  type Gateway,
  type IrcPerson,
  NETWORK,
  startGateway,
} from '../helpers/gateway.js';
import { flat, inTab } from '../helpers/look.js';
import { freePorts } from '../helpers/prosody.js';
import type { TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
let gateway: Gateway;
let ian: IrcPerson;
let alice: TestTerminal;

before(async () => {
  const [componentPort, ircPort] = await freePorts(2);
  world = await startWorld({
    users: { alice: 'pw' },
    extraConfig: componentConfig(componentPort),
    extraHosts: componentHost,
  });
  gateway = await startGateway(componentPort, ircPort);
  ian = await gateway.person('ian');
  ian.send('JOIN #tea');
  ian.send('TOPIC #tea :leaves and water');
  await ian.next(/TOPIC #tea/);
  alice = await world.account('alice', 'pw', { columns: 110, rows: 32 });
  await alice.waitFor('Connected as');
});
after(async () => {
  await gateway?.stop();
  await world?.stop();
});

describe('IRC through a gateway', () => {
  test('the gateway of the server is found, kept, and what it is stands in words', async () => {
    alice.enter('/irc');
    await alice.waitFor(/now in your settings/);
    await alice.waitFor('You are in no channel yet');
    alice.enter(`/disco ${GATEWAY}`);
    await alice.waitFor(inTab('disco', /gateway to IRC \(conference\/irc\)/));
    alice.enter('/close');
    await alice.waitGone(inTab('disco'));
  });

  test('a network that cannot be reached says so, with the way to its settings', async () => {
    alice.enter(`/join #tea ${NETWORK}`);
    await alice.waitFor(
      flat(/The gateway cannot connect to the IRC network localhost: Connection refused\. \/irc configure localhost/),
    );
  });

  test('port, encryption and nick of a network are set in its form', async () => {
    alice.enter(`/irc configure ${NETWORK}`);
    await alice.waitFor(/> Address: +localhost/);
    const fill = (text: string): void => {
      alice.key('Tab');
      alice.key('Ctrl-u');
      alice.type(text);
    };
    fill(String(gateway.ircPort));
    await alice.waitFor(new RegExp(`> Ports: ${gateway.ircPort}`));
    alice.key('Shift-Tab');
    await alice.waitFor(/> Address: +localhost/);
    // Backwards over the start: cancel, finish.
    alice.key('Shift-Tab');
    alice.key('Shift-Tab');
    alice.key('Enter');
    await alice.waitFor('Configuration successfully applied');
    alice.enter('/close');
    await alice.waitGone('Configuration successfully applied');
  });

  test('/join #channel network enters, under a name without the address', async () => {
    alice.enter(`/join #tea ${NETWORK}`);
    await ian.next(/^:alice!\S+ JOIN :?#tea/);
    await alice.waitFor(/You are alice in #tea: 2 people/);
    await alice.waitFor(/\[\d:#tea\]/);
    await alice.waitFor('leaves and water');
    await alice.waitFor(flat(/everybody there sees your nick and the gateway's host/));
  });

  test('talk goes both ways', async () => {
    alice.enter('hello from XMPP');
    await ian.next(/^:alice!\S+ PRIVMSG #tea :hello from XMPP/);
    ian.send('PRIVMSG #tea :hello from IRC');
    await alice.waitFor(/ian> hello from IRC/);
    alice.enter('/me waves');
    await ian.next(/PRIVMSG #tea :\x01ACTION waves\x01/);
  });

  test('a further channel of the network needs its name only, and has the same nick', async () => {
    alice.enter('/nick alicia');
    await ian.next(/^:alice!\S+ NICK :?alicia/);
    await alice.waitFor(/alice is now alicia/);
    alice.enter('/join #coffee');
    await alice.waitFor(/You are alicia in #coffee/);
    alice.enter('/irc');
    await alice.waitFor(/localhost +as alicia: #tea #coffee/);
    alice.enter('/close');
    await alice.waitFor(inTab('#tea'));
  });

  test('modes and lines for the network go to it as they are, and its answers stand in a tab of its own', async () => {
    ian.send('MODE #tea +o alicia');
    await alice.waitFor(inTab('#tea', 'moderators 2'));
    alice.enter('/mode +m');
    await ian.next(/^:alicia!\S+ MODE #tea :?\+m/);
    alice.enter('/mode +v ian');
    await ian.next(/^:alicia!\S+ MODE #tea :?\+v ian/);
    alice.enter('/quote WHOIS ian');
    alice.enter('/win localhost');
    await alice.waitFor(/End of WHOIS/i);
    await alice.waitFor('network of IRC');
    alice.enter('/win #tea');
    await alice.waitFor(/\[\d:#tea\]/);
  });

  test('private talk is named after the nick, whoever begins', async () => {
    alice.enter('/query ian');
    await alice.waitFor(/\[\d:ian\]/);
    alice.enter('psst');
    await ian.next(/^:alicia!\S+ PRIVMSG ian :psst/);
    ian.send('PRIVMSG alicia :what is it?');
    await alice.waitFor(/ian> what is it\?/);
    const eve = await gateway.person('eve');
    eve.send('PRIVMSG alicia :hello stranger');
    await alice.waitFor(/\d:eve/);
    alice.enter('/win eve');
    await alice.waitFor(/eve> hello stranger/);
    alice.enter('hello yourself');
    await eve.next(/^:alicia!\S+ PRIVMSG eve :hello yourself/);
    alice.enter('/close');
    alice.enter('/win #tea');
    await alice.waitFor(/\[\d:#tea\]/);
  });

  test('topic, kick and ban work as in a room', async () => {
    alice.enter('/topic milk first');
    await ian.next(/^:alicia!\S+ TOPIC #tea :milk first/);
    alice.enter('/kick ian too much tea');
    await ian.next(/^:alicia!\S+ KICK #tea ian :too much tea/);
    await alice.waitFor(flat(/ian \S+ was kicked by alicia \(too much ?tea\)/));
  });

  test('the channels of a network are listed, and leaving one is a PART', async () => {
    ian.send('JOIN #tea');
    await ian.next(/^:ian!\S+ JOIN :?#tea/);
    alice.enter('/list');
    await alice.waitFor(inTab('rooms', /#tea%localhost.*you are in/));
    alice.enter('/close');
    alice.enter('/win #tea');
    await alice.waitFor(inTab('#tea', 'milk first'));
    alice.enter('/part so long');
    await ian.next(/^:alicia!\S+ (?:PART #tea|QUIT) :?so long/);
  });
});
