/** Names of specifications behind feature namespaces, as people know them. https://xmpp.org/registrar/disco-features.html */

/** One line per specification: number, title, namespaces (a trailing `*` stands for anything). */
const TABLE = `
RFC 6120|Core|urn:ietf:params:xml:ns:xmpp-sasl urn:ietf:params:xml:ns:xmpp-tls urn:ietf:params:xml:ns:xmpp-bind urn:ietf:params:xml:ns:xmpp-session urn:ietf:params:xml:ns:xmpp-stanzas
RFC 6121|Roster|jabber:iq:roster urn:xmpp:features:rosterver urn:xmpp:features:pre-approval
XEP-0004|Data Forms|jabber:x:data
XEP-0009|Jabber-RPC|jabber:iq:rpc
XEP-0012|Last Activity|jabber:iq:last
XEP-0013|Flexible Offline Message Retrieval|http://jabber.org/protocol/offline
XEP-0016|Privacy Lists|jabber:iq:privacy
XEP-0020|Feature Negotiation|http://jabber.org/protocol/feature-neg
XEP-0022|Message Events|jabber:x:event
XEP-0023|Message Expiration|jabber:x:expire
XEP-0027|OpenPGP (historical)|jabber:x:encrypted jabber:x:signed
XEP-0030|Service Discovery|http://jabber.org/protocol/disco http://jabber.org/protocol/disco#*
XEP-0033|Extended Stanza Addressing|http://jabber.org/protocol/address
XEP-0039|Statistics Gathering|http://jabber.org/protocol/stats
XEP-0045|Multi-User Chat|http://jabber.org/protocol/muc http://jabber.org/protocol/muc#*
XEP-0045|Room is hidden|muc_hidden
XEP-0045|Room is public|muc_public
XEP-0045|Room is for members only|muc_membersonly
XEP-0045|Room is open|muc_open
XEP-0045|Room is moderated|muc_moderated
XEP-0045|Room is not moderated|muc_unmoderated
XEP-0045|Room shows addresses to everybody|muc_nonanonymous
XEP-0045|Room shows addresses to moderators only|muc_semianonymous
XEP-0045|Room needs a password|muc_passwordprotected
XEP-0045|Room needs no password|muc_unsecured
XEP-0045|Room is kept|muc_persistent
XEP-0045|Room vanishes with its last occupant|muc_temporary
XEP-0047|In-Band Bytestreams|http://jabber.org/protocol/ibb
XEP-0048|Bookmarks (private storage)|storage:bookmarks storage:bookmarks+notify urn:xmpp:bookmarks-conversion:0
XEP-0049|Private XML Storage|jabber:iq:private
XEP-0050|Ad-Hoc Commands|http://jabber.org/protocol/commands
XEP-0054|vcard-temp|vcard-temp
XEP-0055|Jabber Search|jabber:iq:search
XEP-0059|Result Set Management|http://jabber.org/protocol/rsm
XEP-0060|Publish-Subscribe|http://jabber.org/protocol/pubsub http://jabber.org/protocol/pubsub#*
XEP-0065|SOCKS5 Bytestreams|http://jabber.org/protocol/bytestreams
XEP-0066|Out of Band Data|jabber:x:oob jabber:iq:oob
XEP-0070|Verifying HTTP Requests|http://jabber.org/protocol/http-auth
XEP-0071|XHTML-IM|http://jabber.org/protocol/xhtml-im
XEP-0072|SOAP over XMPP|http://jabber.org/protocol/soap
XEP-0077|In-Band Registration|jabber:iq:register
XEP-0078|Non-SASL Authentication|jabber:iq:auth
XEP-0079|Advanced Message Processing|http://jabber.org/protocol/amp
XEP-0080|User Location|http://jabber.org/protocol/geoloc http://jabber.org/protocol/geoloc+notify
XEP-0083|Nested Roster Groups|roster:delimiter
XEP-0084|User Avatar|urn:xmpp:avatar:metadata urn:xmpp:avatar:metadata+notify urn:xmpp:avatar:data
XEP-0085|Chat State Notifications|http://jabber.org/protocol/chatstates
XEP-0090|Legacy Entity Time|jabber:iq:time
XEP-0091|Legacy Delayed Delivery|jabber:x:delay
XEP-0092|Software Version|jabber:iq:version
XEP-0094|Agent Information|jabber:iq:agents
XEP-0095|Stream Initiation|http://jabber.org/protocol/si
XEP-0096|SI File Transfer|http://jabber.org/protocol/si/profile/file-transfer
XEP-0100|Gateway Interaction|jabber:iq:gateway
XEP-0106|JID Escaping|jid\\20escaping
XEP-0107|User Mood|http://jabber.org/protocol/mood http://jabber.org/protocol/mood+notify
XEP-0108|User Activity|http://jabber.org/protocol/activity http://jabber.org/protocol/activity+notify
XEP-0114|Component Protocol|jabber:component:accept
XEP-0115|Entity Capabilities|http://jabber.org/protocol/caps http://jabber.org/protocol/caps#*
XEP-0118|User Tune|http://jabber.org/protocol/tune http://jabber.org/protocol/tune+notify
XEP-0122|Data Forms Validation|http://jabber.org/protocol/xdata-validate
XEP-0124|BOSH|http://jabber.org/protocol/httpbind
XEP-0128|Service Discovery Extensions|http://jabber.org/network/serverinfo
XEP-0131|Stanza Headers and Internet Metadata|http://jabber.org/protocol/shim
XEP-0133|Service Administration|http://jabber.org/protocol/admin
XEP-0136|Message Archiving|urn:xmpp:archive*
XEP-0137|Publishing Stream Initiation Requests|http://jabber.org/protocol/sipub
XEP-0138|Stream Compression|http://jabber.org/features/compress
XEP-0141|Data Forms Layout|http://jabber.org/protocol/xdata-layout
XEP-0144|Roster Item Exchange|http://jabber.org/protocol/rosterx
XEP-0145|Annotations|storage:rosternotes
XEP-0152|Reachability Addresses|urn:xmpp:reach:0 urn:xmpp:reach:0+notify
XEP-0153|vCard-Based Avatars|vcard-temp:x:update
XEP-0155|Stanza Session Negotiation|urn:xmpp:ssn
XEP-0156|Alternative Connection Methods|urn:xmpp:alt-connections:*
XEP-0157|Contact Addresses|http://jabber.org/network/serverinfo#contact
XEP-0158|CAPTCHA Forms|urn:xmpp:captcha
XEP-0160|Offline Messages|msgoffline
XEP-0163|Personal Eventing|http://jabber.org/protocol/pep
XEP-0166|Jingle|urn:xmpp:jingle:1 urn:xmpp:jingle:errors:*
XEP-0167|Jingle RTP Sessions|urn:xmpp:jingle:apps:rtp:*
XEP-0172|User Nickname|http://jabber.org/protocol/nick http://jabber.org/protocol/nick+notify
XEP-0174|Serverless Messaging|http://jabber.org/protocol/serverless
XEP-0176|Jingle ICE-UDP|urn:xmpp:jingle:transports:ice-udp:*
XEP-0177|Jingle Raw UDP|urn:xmpp:jingle:transports:raw-udp:*
XEP-0184|Message Delivery Receipts|urn:xmpp:receipts
XEP-0186|Invisible Command|urn:xmpp:invisible:*
XEP-0191|Blocking Command|urn:xmpp:blocking
XEP-0198|Stream Management|urn:xmpp:sm:*
XEP-0199|XMPP Ping|urn:xmpp:ping
XEP-0202|Entity Time|urn:xmpp:time
XEP-0203|Delayed Delivery|urn:xmpp:delay
XEP-0206|XMPP over BOSH|urn:xmpp:xbosh
XEP-0215|External Service Discovery|urn:xmpp:extdisco:*
XEP-0220|Server Dialback|urn:xmpp:features:dialback
XEP-0221|Data Forms Media Element|urn:xmpp:media-element
XEP-0224|Attention|urn:xmpp:attention:0
XEP-0227|Portable Import/Export|urn:xmpp:pie:0
XEP-0231|Bits of Binary|urn:xmpp:bob
XEP-0232|Software Information|urn:xmpp:dataforms:softwareinfo
XEP-0234|Jingle File Transfer|urn:xmpp:jingle:apps:file-transfer:*
XEP-0237|Roster Versioning|urn:xmpp:features:rosterver
XEP-0242|Client Compliance|urn:xmpp:compliance:*
XEP-0245|The /me Command|urn:xmpp:me-command
XEP-0248|PubSub Collection Nodes|http://jabber.org/protocol/pubsub#collections
XEP-0249|Direct MUC Invitations|jabber:x:conference
XEP-0256|Last Activity in Presence|urn:xmpp:presence-last
XEP-0258|Security Labels|urn:xmpp:sec-label:*
XEP-0260|Jingle SOCKS5 Bytestreams|urn:xmpp:jingle:transports:s5b:*
XEP-0261|Jingle In-Band Bytestreams|urn:xmpp:jingle:transports:ibb:*
XEP-0277|Microblogging|urn:xmpp:microblog:0 urn:xmpp:microblog:0+notify
XEP-0280|Message Carbons|urn:xmpp:carbons:2 urn:xmpp:carbons:rules:0
XEP-0288|Bidirectional Server Connections|urn:xmpp:bidi urn:xmpp:features:bidi
XEP-0292|vCard4|urn:xmpp:vcard4 urn:ietf:params:xml:ns:vcard-4.0
XEP-0293|Jingle RTP Feedback|urn:xmpp:jingle:apps:rtp:rtcp-fb:0
XEP-0297|Stanza Forwarding|urn:xmpp:forward:0
XEP-0300|Cryptographic Hash Functions|urn:xmpp:hashes:* urn:xmpp:hash-function-text-names:*
XEP-0301|In-Band Real Time Text|urn:xmpp:rtt:0
XEP-0308|Last Message Correction|urn:xmpp:message-correct:0
XEP-0312|PubSub Since|http://jabber.org/protocol/pubsub#since
XEP-0313|Message Archive Management|urn:xmpp:mam:*
XEP-0317|Hats|urn:xmpp:hats:* xmpp:prosody.im/protocol/hats:1
XEP-0319|Last User Interaction|urn:xmpp:idle:1
XEP-0320|DTLS-SRTP in Jingle|urn:xmpp:jingle:apps:dtls:0
XEP-0322|Efficient XML Interchange|http://jabber.org/protocol/compress/exi
XEP-0323|Internet of Things: Sensor Data|urn:xmpp:iot:*
XEP-0333|Displayed Markers|urn:xmpp:chat-markers:0
XEP-0334|Message Processing Hints|urn:xmpp:hints
XEP-0338|Jingle Grouping|urn:xmpp:jingle:apps:grouping:0
XEP-0339|Source-Specific Media in Jingle|urn:xmpp:jingle:apps:rtp:ssma:0
XEP-0343|WebRTC Data Channels in Jingle|urn:xmpp:jingle:transports:dtls-sctp:1
XEP-0352|Client State Indication|urn:xmpp:csi:0
XEP-0353|Jingle Message Initiation|urn:xmpp:jingle-message:*
XEP-0355|Namespace Delegation|urn:xmpp:delegation:*
XEP-0356|Privileged Entity|urn:xmpp:privilege:*
XEP-0357|Push Notifications|urn:xmpp:push:0
XEP-0359|Unique and Stable Stanza IDs|urn:xmpp:sid:0
XEP-0363|HTTP File Upload|urn:xmpp:http:upload urn:xmpp:http:upload:*
XEP-0369|MIX|urn:xmpp:mix:*
XEP-0372|References|urn:xmpp:reference:0
XEP-0373|OpenPGP for XMPP|urn:xmpp:openpgp:0 urn:xmpp:openpgp:0:public-keys+notify
XEP-0377|Spam Reporting|urn:xmpp:reporting:*
XEP-0380|Explicit Message Encryption|urn:xmpp:eme:0
XEP-0384|OMEMO Encryption|eu.siacs.conversations.axolotl eu.siacs.conversations.axolotl.* urn:xmpp:omemo:*
XEP-0385|Stateless Inline Media Sharing|urn:xmpp:sims:1
XEP-0386|Bind 2|urn:xmpp:bind:0
XEP-0388|Extensible SASL Profile|urn:xmpp:sasl:2
XEP-0391|Jingle Encrypted Transports|urn:xmpp:jingle:jet:0
XEP-0393|Message Styling|urn:xmpp:styling:0
XEP-0394|Message Markup|urn:xmpp:markup:0
XEP-0398|User Avatar to vCard Conversion|urn:xmpp:pep-vcard-conversion:0
XEP-0401|Ad-hoc Account Invitation|urn:xmpp:invite
XEP-0402|PEP Native Bookmarks|urn:xmpp:bookmarks:1 urn:xmpp:bookmarks:1+notify urn:xmpp:bookmarks:1#*
XEP-0410|MUC Self-Ping|http://jabber.org/protocol/muc#self-ping-optimization
XEP-0413|Order-By|urn:xmpp:order-by:1
XEP-0420|Stanza Content Encryption|urn:xmpp:sce:*
XEP-0421|Occupant Identifiers|urn:xmpp:occupant-id:0
XEP-0422|Message Fastening|urn:xmpp:fasten:0
XEP-0424|Message Retraction|urn:xmpp:message-retract:*
XEP-0425|Moderated Message Retraction|urn:xmpp:message-moderate:*
XEP-0426|Character Counting|urn:xmpp:char-count:0
XEP-0428|Fallback Indication|urn:xmpp:fallback:0 urn:xmpp:feature-fallback:0
XEP-0433|Extended Channel Search|urn:xmpp:channel-search:0:search
XEP-0437|Room Activity Indicators|urn:xmpp:rai:0
XEP-0440|SASL Channel-Binding Type Capability|urn:xmpp:sasl-cb:0
XEP-0441|MAM Preferences|urn:xmpp:mam:prefs:2
XEP-0442|Pubsub MAM|urn:xmpp:mam:2#pubsub
XEP-0444|Message Reactions|urn:xmpp:reactions:0 urn:xmpp:reactions:0:restrictions
XEP-0445|Pre-Authenticated Registration|urn:xmpp:invite urn:xmpp:ibr-token:0
XEP-0446|File Metadata Element|urn:xmpp:file:metadata:0
XEP-0447|Stateless File Sharing|urn:xmpp:sfs:0
XEP-0449|Stickers|urn:xmpp:stickers:0
XEP-0450|Automatic Trust Management|urn:xmpp:atm:1
XEP-0452|MUC Mention Notifications|urn:xmpp:mmn:0
XEP-0454|OMEMO Media sharing|urn:xmpp:omemo-media:0
XEP-0455|Service Outage Status|urn:xmpp:sos:0
XEP-0461|Message Replies|urn:xmpp:reply:0
XEP-0463|MUC Affiliations Versioning|urn:xmpp:muc:affiliations:1
XEP-0466|Ephemeral Messages|urn:xmpp:ephemeral:0
XEP-0472|Pubsub Social Feed|urn:xmpp:pubsub-social-feed:*
XEP-0474|SASL SCRAM Downgrade Protection|urn:xmpp:ssdp:0
XEP-0482|Call Invites|urn:xmpp:call-invites:0
XEP-0484|Fast Authentication|urn:xmpp:fast:0
XEP-0485|PubSub Server Information|urn:xmpp:serverinfo:0
XEP-0488|MUC Token Invite|urn:xmpp:muc-token-invite:0
XEP-0490|Message Displayed Synchronization|urn:xmpp:mds:displayed:0 urn:xmpp:mds:displayed:0+notify
`;

let exact: Map<string, string> | undefined;
let prefixes: readonly (readonly [string, string])[] = [];

// Built when somebody first looks at a list of features.
function build(): Map<string, string> {
  const names = new Map<string, string>();
  const open: [string, string][] = [];
  for (const line of TABLE.trim().split('\n')) {
    const [spec, title, namespaces] = line.split('|');
    if (spec === undefined || title === undefined || namespaces === undefined) continue;
    for (const ns of namespaces.split(' ')) {
      if (ns.endsWith('*')) open.push([ns.slice(0, -1), `${title} (${spec})`]);
      else if (!names.has(ns)) names.set(ns, `${title} (${spec})`);
    }
  }
  prefixes = open;
  return names;
}

/** `Multi-User Chat (XEP-0045)` for `http://jabber.org/protocol/muc`. */
export function featureName(feature: string): string | undefined {
  exact ??= build();
  return exact.get(feature) ?? prefixes.find(([prefix]) => feature.startsWith(prefix))?.[1];
}
