import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { destroy, up } from "../../operations/stack/update.ts";
import { checkout } from "../engine/stack.ts";

it("an update that Pulumi refuses is told in Pulumi's own words", async () => {
  const folder = await mkdtemp(join(tmpdir(), "no-stack-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "x",
  };
  const reference = { cwd: checkout, stack: "nowhere", env };
  const refusal =
    /STACK_UPDATE_FAILED: [\s\S]*no stack named 'nowhere' found[\s\S]*evidence: how exit[\s\S]*next: /;
  await expect(up(reference, {})).rejects.toThrow(refusal);
  await expect(destroy(reference, ["urn:pulumi:nowhere::p::t::n"])).rejects.toThrow(refusal);
});
