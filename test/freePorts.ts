import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that the system gives out by itself: no other test's server gets one of these meanwhile. */
const range = { from: 20_000, to: 30_000 };

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = await portsInARow(1);
    if (!ports.includes(port)) ports.push(port);
  }
  return ports;
}

/** The first of so many ports that were free a moment ago, one after the other. */
export async function portsInARow(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = range.from + Math.floor(Math.random() * (range.to - range.from - count));
    const servers = Array.from({ length: count }, (_, distance) =>
      createServer().listen(first + distance, "127.0.0.1"),
    );
    const listening = await Promise.allSettled(servers.map((server) => once(server, "listening")));
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    if (listening.every(({ status }) => status === "fulfilled")) return first;
  }
  throw new Error(`There are no ${count} free ports in a row.`);
}
