import { genesysSettings } from "../../providers/genesys/settings.ts";
import { salesforceSettings } from "../../providers/salesforce/settings.ts";
import { factsOf } from "../../providers/settings.ts";

/** Environment variables that go before the configuration of every stack: with them, two stacks lead to one org. */
export function sharedSettings(environment: NodeJS.ProcessEnv): string[] {
  const schemas = { ...salesforceSettings.shape, ...genesysSettings.shape };
  return Object.values(schemas)
    .map((schema) => factsOf(schema).env ?? "")
    .filter((name) => environment[name]);
}
