import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Answer } from "./fault.ts";

/**
 * Holds an answer back until it is complete, and sends what `alter` makes of it. Works on the bare response, since
 * the identity provider's library writes its answers past fastify.
 */
export function intercept(
  response: ServerResponse,
  alter: (answer: Answer) => Answer | Promise<Answer>,
): void {
  const { writeHead, write, end } = response;
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === "string") {
      chunks.push(Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8"));
    } else if (chunk instanceof Uint8Array) {
      chunks.push(Buffer.from(chunk));
    }
  };
  const held = {
    writeHead(status: number, ...rest: unknown[]) {
      response.statusCode = status;
      const headers = (rest.at(-1) ?? {}) as OutgoingHttpHeaders;
      for (const [name, value] of Object.entries(headers)) {
        if (value !== undefined) response.setHeader(name, value);
      }
      return response;
    },
    write(chunk: unknown, encoding?: unknown) {
      keep(chunk, encoding);
      return true;
    },
    end(chunk?: unknown, encoding?: unknown) {
      keep(chunk, encoding);
      Object.assign(response, { writeHead, write, end });
      const answer = { status: response.statusCode, headers: headersOf(response), body: textOf(chunks) };
      Promise.resolve(answer)
        .then(alter)
        .then(
          (altered) => send(response, altered),
          (error: unknown) => {
            // A mistake in a fault, not one on purpose: say so where its developer looks.
            console.error("Sandbox fault:", error);
            breakConnection(response);
          },
        );
      return response;
    },
  };
  Object.assign(response, held);
}

const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");

function headersOf(response: ServerResponse): Answer["headers"] {
  const { "transfer-encoding": _, ...headers } = response.getHeaders();
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = ""]) => [name, Array.isArray(value) ? value : String(value)]),
  );
}

function send(response: ServerResponse, { status, headers, body, sent }: Answer): void {
  if (sent === "nothing") {
    breakConnection(response);
    return;
  }
  const bytes = Buffer.from(body, "utf8");
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, { ...headers, ...(hasBody && { "content-length": bytes.length }) });
  if (sent === undefined) response.end(hasBody ? bytes : undefined);
  else response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroy());
}

/** As when a machine on the way dies: the client sees its connection reset. */
export function breakConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}
