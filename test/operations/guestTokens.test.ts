import { expect, it } from "vitest";
import { GuestTokenApi } from "../../operations/signIn/guestTokens.ts";
import { redactor } from "../../providers/redaction.ts";
import { startProvider } from "./provider.ts";

it("an answer to a refresh that holds no token is told as odd, not taken for success", async () => {
  const { contract } = await startProvider({});
  const url = new URL(contract.genesysApiUrl);
  const empty = async () => ({ url, status: 200, headers: new Headers(), text: "{}" });
  const api = new GuestTokenApi(contract, empty, redactor([]));
  await expect(api.refresh("a-refresh-token")).rejects.toThrow(/SIGN_IN_REFRESH_ODD: [\s\S]*next: /);
});
