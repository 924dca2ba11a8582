import { credentials, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { dynamicProvider } from "authenticated-messaging-providers/dynamicProvider.ts";
import { CodedError } from "authenticated-messaging-providers/errors.ts";
import { credentialKind } from "authenticated-messaging-providers/genesys/Credential.ts";
import { answering } from "authenticated-messaging-providers/host/answers.ts";
import { IncompleteError, type Kind } from "authenticated-messaging-providers/lifecycle.ts";
import { provider } from "authenticated-messaging-providers/provider.ts";
import { afterAll, describe, expect, it, vi } from "vitest";

const circular: Record<string, unknown> = {};
circular.itself = circular;
const textless = Object.assign(new Error("never seen"), { message: circular });
const withoutText = Object.defineProperty(new Error(), "message", {
  get() {
    throw new Error("no text either");
  },
});
const itsOwnCause = new Error("its own cause");
itsOwnCause.cause = itsOwnCause;

/** What no code should throw, and what a person is to read of it. */
const thrown: [string, unknown, RegExp][] = [
  ["a text", "text", /^UNEXPECTED_ERROR: text$/],
  ["undefined", undefined, /^UNEXPECTED_ERROR: undefined$/],
  ["null", null, /^UNEXPECTED_ERROR: null$/],
  ["a number", 0, /^UNEXPECTED_ERROR: 0$/],
  ["a symbol", Symbol("odd"), /^UNEXPECTED_ERROR: Symbol\(odd\)$/],
  ["a function", () => "odd", /^UNEXPECTED_ERROR: /],
  ["an object that contains itself", circular, /^UNEXPECTED_ERROR: \[object Object\]$/],
  ["an object without a prototype", Object.create(null), /^UNEXPECTED_ERROR: a thrown object/],
  ["an error whose message is no text", textless, /^UNEXPECTED_ERROR: /],
  ["an error that does not tell its message", withoutText, /^UNEXPECTED_ERROR: a thrown object/],
  ["an error that causes itself", itsOwnCause, /^UNEXPECTED_ERROR: its own cause$/],
  ["half a character", new Error("half \ud83d of one"), /^UNEXPECTED_ERROR: half \ufffd of one$/],
  ["a text that no header holds as it is", new Error("a\r\n\0 % ö"), /^UNEXPECTED_ERROR: a\r\n\0 % ö$/],
  ["a text longer than any header", new Error("x".repeat(200_000)), /^UNEXPECTED_ERROR: x{20000}$/],
  ["an error with a code", new CodedError({ code: "ODD", what: "Odd.", next: "Look." }), /^ODD: Odd\./],
];

function throwing(reason: unknown) {
  return { ...credentialKind, open: () => Promise.reject(reason) } as unknown as typeof credentialKind;
}

const inputs = { owner: "o", name: "n", clientId: "i", clientSecret: "secret" };
const connections = { begun: new Set() } as never;

/** Our own host's way of answering, on a server of its own: the handshake is what throws. */
async function serve() {
  const { handshake } = ResourceProviderService;
  const server = new Server();
  let reason: () => Promise<never>;
  server.addService({ handshake } as never, { handshake: answering(() => reason()) } as never);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  afterAll(() => {
    client.close();
    server.forceShutdown();
  });
  return (call: () => Promise<never>) => {
    reason = call;
    const deadline = { deadline: Date.now() + 5_000 };
    return new Promise<string>((resolve) =>
      client.handshake(
        new messages.ProviderHandshakeRequest(),
        deadline as never,
        (error: ServiceError | null) => resolve(error?.details ?? "no error"),
      ),
    );
  };
}

const answerOf = await serve();
vi.spyOn(console, "error").mockImplementation(() => undefined);

describe("provider code that throws nonsense is answered", () => {
  it.each(thrown)("%s, by the stock host's adapter", async (_what, reason, text) => {
    const { create, read, update, delete: remove } = dynamicProvider(throwing(reason));
    const calls = [create(inputs), read?.("1", inputs), update?.("1", inputs, inputs), remove?.("1", inputs)];
    for (const call of calls) {
      const error = await call?.then(
        () => undefined,
        (rejected: unknown) => rejected,
      );
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toMatch(text);
    }
  });

  it.each(thrown)("%s, by our own host, over the wire", async (_what, reason, text) => {
    const kind = provider(throwing(reason), connections);
    expect(await answerOf(() => kind.create(inputs) as Promise<never>)).toMatch(text);
    // Also where nothing stands between the code and the answer.
    expect(await answerOf(() => Promise.reject(reason))).toMatch(text);
  });

  it("an object is recorded whatever kept it from being finished", async () => {
    const cut = new IncompleteError("id", { name: "n", odd: undefined }, Object.create(null));
    const failure = await provider(throwing(cut) as Kind<never, never>, connections)
      .create(inputs)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ made: { id: "id", outputs: { name: "n" } } });
  });
});
