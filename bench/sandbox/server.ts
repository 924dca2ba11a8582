/** The sandbox that is measured: a process of its own, told what to do by the one that measures it. */
import { genesysClient, salesforceAdmin } from "../../sandbox/accounts.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { addSets, addTokens, type SetIds } from "./sets.ts";

/** What the measuring process must know to send requests. */
export interface Ready {
  genesysUrl: string;
  salesforceUrl: string;
  sets: SetIds[];
  genesysTokens: string[];
  salesforceToken: string;
}

const [count = "0", tokens = "0", data] = process.argv.slice(2);
const { genesys, salesforce, genesysUrl, salesforceUrl } = await startSandbox({ data: data || undefined });
const sets = addSets(genesys.store.state, salesforce.store.state, Number(count));
const genesysTokens = addTokens(genesys.store.state, genesysClient.clientId, Number(tokens));
genesys.store.save();
salesforce.store.save();

/** Answers with the processor time that it has used, in milliseconds. */
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1000);
});
process.on("disconnect", () => process.exit());
const { accessToken: salesforceToken } = salesforceAdmin;
process.send?.({ genesysUrl, salesforceUrl, sets, genesysTokens, salesforceToken } satisfies Ready);
