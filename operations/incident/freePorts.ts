import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { SandboxPorts } from "../start/sandbox.ts";

/** Three ports of 127.0.0.1 at which nothing listens now. */
export async function freePorts(): Promise<SandboxPorts> {
  const servers = [createServer(), createServer(), createServer()];
  const ports = servers.map(async (server) => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  });
  const [salesforce = 0, genesys = 0, webPage = 0] = await Promise.all(ports);
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  return { salesforce, genesys, webPage };
}
