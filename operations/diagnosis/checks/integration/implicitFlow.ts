import { type Check, found, notRun, ok } from "../../check.ts";

export const implicitFlow: Check = {
  id: "A18",
  title: "Flow that the integration expects",
  severity: "critical",
  member: "integration",
  looks: "the integration's property with 'implicit' in its name",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The integration expects ID tokens by the implicit flow, while the page sends codes; or the other way round.",
    detection:
      "The page of this set sends codes, so the property must not be on. Its name stands in no public source; it is found by the word 'implicit'.",
    source:
      "One third party's report (the property); Genesys API models (the exchange takes code or idToken).",
  },
  fix: {
    byCode:
      "Take the property out of integrationProperties, or set it to false there, then npx pulumi up --refresh.",
    byHand: "Admin, Integrations, properties of the integration: switch implicit flow support off.",
  },
  async look({ live }) {
    const documents = await live.integration();
    if (documents === undefined) return notRun("The integration is gone: that is A5.");
    const properties = Object.entries(documents.config?.properties ?? {});
    const [property = "none", value] = properties.find(([name]) => /implicit/i.test(name)) ?? [];
    const evidence = { property, value: value === undefined ? undefined : String(value) };
    return /^true$/i.test(String(value))
      ? found("The integration expects the implicit flow, the page sends codes.", evidence)
      : ok(evidence);
  },
};
