"""A client by other people, on slixmpp: enters a room, prints what it sees and hears, says what it reads."""
import asyncio
import sys

import slixmpp

ADDRESS, PASSWORD, HOST, PORT, CA_FILE, ROOM, NICK = sys.argv[1:]


class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(ADDRESS, PASSWORD)
        self.ca_certs = CA_FILE
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0045")
        self["xep_0030"].add_identity(category="client", itype="bot", name="slixmpp")
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("groupchat_message", lambda it: self.tell(f"{it['mucnick']}: {it['body']}"))
        self.add_event_handler("groupchat_subject", lambda it: self.tell(f"subject: {it['subject']}"))
        self.add_event_handler("groupchat_presence", self.presence)

    def tell(self, text):
        print(text, flush=True)

    def presence(self, it):
        muc = it["muc"]
        self.tell(f"{it['type']} {muc['nick']} {muc['affiliation']} {muc['role']}")

    async def start(self, _event):
        self.send_presence()
        await self.get_roster()
        await self["xep_0045"].join_muc_wait(ROOM, NICK)
        self.tell("entered")
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            self.send_message(mto=ROOM, mbody=line.strip(), mtype="groupchat")


client = Client()
client.connect((HOST, int(PORT)))
client.process(forever=True)
