import { fingerprints } from "../../../fingerprints.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, type Facts, found, notRun, type Outcome, ok } from "../../check.ts";
import { shownClientId } from "../../credentialFields.ts";

export const clientSecret: Check = {
  id: "A1",
  title: "Client secret in Genesys",
  severity: "critical",
  member: "credential",
  looks:
    "the secret at Salesforce and the one that was written to Genesys, and who wrote the credential last",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The client secret that Genesys has is not the present one at Salesforce: it was rotated, pasted with a space, or belongs to another app.",
    detection:
      "Genesys never gives the secret back. So the present secret at Salesforce is compared with the one that was written, by fingerprint, and the date of the credential's last writing with the recorded one. A writing by somebody else may have changed the secret or the client id (A2): unless the org shows the client id, they look the same. A copy that went wrong although nobody wrote it cannot be seen: then signing in at Salesforce works, and through Genesys it does not.",
    source: "Genesys API models (the fields of a credential are write-only); user reports.",
  },
  fix: {
    byCode: "npx pulumi up --refresh: it writes the present client id and secret into the credential.",
    byHand:
      "Copy consumer key and secret from the External Client App in Salesforce Setup into the credential of the Genesys integration, without spaces, and save.",
  },
  look: async (facts) =>
    (await otherCredential(facts)) ?? (await writtenByOthers(facts)) ?? (await compareSecrets(facts)),
};

/** Undefined when the integration uses this set's credential. */
async function otherCredential({ live, set }: Facts): Promise<Outcome | undefined> {
  const { id } = memberOf(set, "credential");
  const key = String(memberOf(set, "integration").outputs.credentialKey);
  const integration = await live.integration();
  const used = integration?.config?.credentials?.[key]?.id;
  if (integration && used !== id) {
    const evidence = { uses: used ?? "none", "of this set": id };
    const member = "integration" as const;
    return found("The integration uses another credential than this set's.", evidence, { member });
  }
  return (await live.credential()) === undefined
    ? found("The credential is gone.", { credential: id })
    : undefined;
}

/** Undefined when nobody else wrote the credential. */
async function writtenByOthers({ live, set, assumptions, visit }: Facts): Promise<Outcome | undefined> {
  if (!assumptions.credentialDateMarksWrites) return undefined;
  const { id, outputs } = memberOf(set, "credential");
  const listed = (await live.credentials()).find((credential) => credential.id === id);
  // Where Genesys does not tell the date, nobody can say who wrote last.
  if (!listed?.modifiedDate || listed.modifiedDate === outputs.modifiedDate) return undefined;
  const evidence = {
    "written by the stack": String(outputs.modifiedDate),
    "written last": listed.modifiedDate,
  };
  const clientId = await shownClientId(live);
  if (clientId !== undefined && clientId !== outputs.clientId)
    return notRun("The credential has another client id: that is A2.", evidence);
  // Whoever wrote it wrote what is right.
  if ((await visit?.signIn())?.ok) return ok({ ...evidence, "sign-in through Genesys": "works" });
  const alternatives = clientId === undefined ? (["A2"] as const) : [];
  return found("Somebody else wrote the credential since the stack did.", evidence, { alternatives });
}

async function compareSecrets({ live, set }: Facts): Promise<Outcome> {
  const { clientId, clientSecret: deployed } = memberOf(set, "credential").outputs;
  const key = (await live.app())?.global?.consumerKey;
  if (key !== clientId) return notRun("Salesforce has another client id: that is A2 or A22.");
  const present = await live.consumerSecret();
  if (present === undefined) return notRun("Salesforce does not give the secret: that is D2.");
  const fingerprint = fingerprints();
  const evidence = { "at Salesforce": fingerprint(present), "in Genesys": fingerprint(String(deployed)) };
  if (present === deployed) return ok(evidence);
  return found("The secret at Salesforce is another than the one that was written to Genesys.", evidence, {
    member: "ECA",
  });
}
