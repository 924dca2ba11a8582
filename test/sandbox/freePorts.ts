import { once } from "node:events";
import { createServer } from "node:net";

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The first of so many ports that were free a moment ago, one after the other. */
export async function portsInARow(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const [first = 0] = await freePorts(1);
    const servers = Array.from({ length: count }, (_, distance) =>
      createServer().listen(first + distance, "127.0.0.1"),
    );
    const listening = await Promise.allSettled(servers.map((server) => once(server, "listening")));
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    if (listening.every(({ status }) => status === "fulfilled")) return first;
  }
  throw new Error(`There are no ${count} free ports in a row.`);
}
