import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { within } from "authenticated-messaging-providers/operation.ts";
import { expect, onTestFinished, test } from "vitest";
import { fetchDocument, runtimeFile } from "../../operations/publicDocuments.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Repeats nothing. */
const impatiently = <T>(work: () => Promise<T>) =>
  within({ signal: new AbortController().signal, patienceMs: 0, tell: () => {}, warn: () => {} }, work);

test("a server's own error is no document, and says what to do", async () => {
  const url = await serve((_request, response) => response.writeHead(503).end());
  await expect(impatiently(() => fetchDocument(url))).rejects.toThrow(
    /SIGN_IN_UNAVAILABLE[\s\S]*status 503[\s\S]*next: /,
  );
});

test("a web page in between is passed over when the document comes", async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked++;
    if (asked === 1) response.writeHead(200, { "content-type": "text/html" }).end("<h1>Maintenance</h1>");
    else response.writeHead(200, { "content-type": "application/json" }).end('{"issuer":"i"}');
  });
  expect(await fetchDocument(url)).toMatchObject({ status: 200, body: { issuer: "i" } });
  expect(asked).toBe(2);
});

test("the CDN is beside the API, or the gateway itself", () => {
  const at = (genesysApiUrl: string) => runtimeFile(genesysApiUrl, "d", "config.json");
  expect(at("https://api.mypurecloud.de")).toBe(
    "https://api-cdn.mypurecloud.de/webdeployments/v1/deployments/d/config.json",
  );
  expect(at("http://127.0.0.1:1")).toBe("http://127.0.0.1:1/webdeployments/v1/deployments/d/config.json");
});
