import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Exchanged } from "./apiDescription.ts";

/** A server on loopback that passes everything on to `target` and keeps what was said; lives as long as the test. */
export async function startRecorder(target: string) {
  const exchanged: Exchanged[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const sent = await buffer(incoming);
    const passed = forward(new URL(url, target), {
      method,
      headers: { ...headers, host: new URL(target).host },
    });
    passed.end(sent);
    const [answer] = (await once(passed, "response")) as [IncomingMessage];
    const received = await buffer(answer);
    exchanged.push({
      method,
      path: url,
      body: parsed(sent, headers),
      status: answer.statusCode ?? 0,
      answer: parsed(received, answer.headers),
    });
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(received);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, exchanged };
}

function parsed(bytes: Buffer, headers: IncomingMessage["headers"]): unknown {
  const text = bytes.toString("utf8");
  if (text === "") return undefined;
  return headers["content-type"]?.startsWith("application/json") ? JSON.parse(text) : text;
}
