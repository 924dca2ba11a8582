import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readOutputs, upStack } from "../../operations/start/stack.ts";
import { givePageContract } from "../../operations/start/webPage.ts";
import { deadAddress } from "../deadAddress.ts";
import { json, scriptedServer } from "../unit/scriptedServer.ts";
import { startProvider } from "./provider.ts";

describe("npm start", () => {
  it("shows what Pulumi says when the set cannot be built", async () => {
    const folder = await mkdtemp(join(tmpdir(), "start-errors-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const url = deadAddress;
    const urls = { salesforce: url, genesys: url, webPage: url };
    const failing = upStack({ root: resolve("."), folder, urls });
    await expect(failing).rejects.toThrow(/START_UP_FAILED: [\s\S]*SALESFORCE_UNREACHABLE[\s\S]*next: /);
  }, 120_000);

  it("does not take the outputs of another program for its own", () => {
    const outputs = JSON.stringify({ members: [{ member: "ECA" }] });
    expect(() => readOutputs(outputs)).toThrow(
      /START_ODD_OUTPUTS: [\s\S]*pageContract[\s\S]*program\/index\.ts/,
    );
  });

  it("says when the web page does not take the page contract", async () => {
    const page = await scriptedServer((_request, response) =>
      json(response, 400, { message: "no deploymentId" }),
    );
    onTestFinished(page.stop);
    const { contract } = await startProvider({});
    await expect(givePageContract(page.url, contract)).rejects.toThrow(
      /START_PAGE_CONTRACT_REFUSED: [\s\S]*status 400[\s\S]*no deploymentId/,
    );
  });
});
