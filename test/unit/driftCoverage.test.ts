import { readFileSync } from "node:fs";
import { credentialKind } from "authenticated-messaging-providers/genesys/Credential.ts";
import { integrationKind } from "authenticated-messaging-providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "authenticated-messaging-providers/genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "authenticated-messaging-providers/genesys/MessengerDeployment.ts";
import { externalClientAppKind } from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import { expect, it } from "vitest";
import { z } from "zod";

/** Which engine tests change a kind by hand, and the inputs that nobody can change at the vendor. */
interface Coverage {
  kind: { noun: string; inputs: z.ZodObject };
  file: string;
  section: string;
  unchangeable: string[];
}

const kinds: Coverage[] = [
  {
    kind: externalClientAppKind,
    file: "driftSalesforce",
    section: "a change made by hand in Salesforce",
    // The one names the app: without it there is none. The other stands nowhere at Salesforce.
    unchangeable: ["developerName", "loginHost"],
  },
  { kind: credentialKind, file: "driftIntegration", section: "a change of the credential", unchangeable: [] },
  // Genesys has no request that changes the type of an integration.
  {
    kind: integrationKind,
    file: "driftIntegration",
    section: "a change of the integration",
    unchangeable: ["type"],
  },
  {
    kind: messengerConfigurationKind,
    file: "driftMessenger",
    section: "a change of the configuration",
    unchangeable: [],
  },
  {
    kind: messengerDeploymentKind,
    file: "driftMessenger",
    section: "a change of the deployment",
    unchangeable: [],
  },
];

it.each(kinds)(
  "every input of a $kind.noun is changed by hand in an engine test",
  ({ kind, file, section, unchangeable }) => {
    const changed = changesIn(readFileSync(`test/engine/${file}.test.ts`, "utf8"), section);
    const inputs = namesOf(kind.inputs).filter((name) => !unchangeable.includes(name));
    expect([...changed].toSorted()).toEqual(inputs.toSorted());
  },
);

/** The inputs of a schema; of those that are objects of known shape, their members. */
function namesOf({ shape }: z.ZodObject): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
    return inner instanceof z.ZodObject ? namesOf(inner).map((member) => `${name}.${member}`) : [name];
  });
}

/** What the tests of one `describe` change; "callbackUrls, one added" is a change of callbackUrls. */
function changesIn(source: string, section: string): Set<string> {
  const text = source.split(/^describe\(/m).find((part) => part.startsWith(`"${section}`)) ?? "";
  const titles = [...text.matchAll(/(?:^ *\{?\s*what: |^ {2}test\()"([\w.]+)/gm)];
  return new Set(titles.map(([, name = ""]) => name));
}
