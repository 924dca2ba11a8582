import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** Serves the style sheets and scripts that lie beside the module `from`, each as `/{name}`. */
export function addFiles(app: FastifyInstance, from: string, names: readonly string[]): void {
  for (const name of names) app.get(`/${name}`, (_request, reply) => send(reply, from, name));
}

/** Sends a page that lies beside the module `from`; its scripts may talk to their own origin and to `others`. */
export function sendPage(
  reply: FastifyReply,
  from: string,
  name: string,
  others: readonly string[] = [],
): FastifyReply {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    `connect-src ${["'self'", ...others].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return send(reply.header("content-security-policy", policy.join("; ")), from, name);
}

function send(reply: FastifyReply, from: string, name: string): FastifyReply {
  return reply
    .headers({
      "content-type": types[extname(name)],
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      // Another version of the sandbox may listen here next.
      "cache-control": "no-store",
    })
    .send(readFileSync(new URL(name, from), "utf8"));
}
