import { type Check, found, notRun, ok } from "../../check.ts";

export const propagation: Check = {
  id: "A21",
  title: "Client known at the token endpoint",
  severity: "critical",
  member: "ECA",
  looks: "what Salesforce's token endpoint says to the deployed client with a code that cannot be one",
  story: {
    symptom:
      'Right after set-up the exchange answers 401 "Failed to identify user for token", perhaps now and then.',
    cause: "Salesforce needs some minutes until all its servers know a new client.",
    detection:
      "The token endpoint looks at the client before it looks at the code: a client that it knows gets invalid_grant, one that it does not know invalid_client_id. Salesforce says up to 15 minutes; after that it is no propagation any more. One server may know what another does not, so run it more than once.",
    source: "Salesforce's OAuth error codes and documentation; public reports.",
  },
  fix: {
    byCode: "Wait up to 15 minutes and run the command again; do not rebuild. If it stays, replace the app.",
    byHand: "Wait up to 15 minutes.",
  },
  follows: ["A2", "A22"],
  async look({ assumptions, live }) {
    if (!assumptions.invalidCodeShowsClient)
      return notRun("The assumption invalidCodeShowsClient is switched off.");
    const client = await live.client();
    if (client === undefined) return notRun("No discovery document names a token endpoint: that is A8.");
    const { client_secret_post: answer } = client;
    const evidence = { error: answer?.error, said: answer?.description };
    return answer?.error === "invalid_client_id"
      ? found("Salesforce's token endpoint does not know the client.", evidence)
      : ok(evidence);
  },
};
