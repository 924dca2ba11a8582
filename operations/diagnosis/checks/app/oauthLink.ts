import { textFrom } from "../../../../providers/salesforce/metadata.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, type Facts, found, notRun, ok } from "../../check.ts";

export const oauthLink: Check = {
  id: "A22",
  title: "Link from the app to its OAuth client",
  severity: "critical",
  member: "ECA",
  looks: "whether the app and its OAuth components are there, and where oauthLink leads",
  story: {
    symptom: "Visitors cannot log in; in Setup the OAuth part of the app is empty.",
    cause:
      "The link of the app's OAuth settings leads to a client that is not there, typically after the refresh of a Salesforce sandbox.",
    detection:
      "App, OAuth settings and global settings must be there, and the consumer that oauthLink names must be the app's own. The form of oauthLink is an assumption; one of another form is not judged.",
    source: "Salesforce known issue a02Ka00000mn8S6; reports of packaged External Client Apps.",
  },
  fix: {
    byCode:
      "Replace the app: its new client id and secret go into the credential by themselves. Then give the page the new page contract.",
    byHand:
      "Delete the app and create it anew, without oauthLink in its metadata; put the new client id and secret into Genesys and the page.",
  },
  async look({ live, set }) {
    const app = memberOf(set, "ECA").id;
    const components = await live.app();
    if (components === undefined) return found("The External Client App is gone.", { app });
    const missing = (["oauth", "global"] as const).filter((part) => !components[part]).join(", ");
    if (missing !== "") return found("The app lacks a part of its OAuth settings.", { app, missing });
    const link = textFrom(components.oauth?.oauthLink) ?? "none";
    const linked = /^00D\w{12,15}:(888\w{12,15})$/.exec(link)?.[1];
    if (linked === undefined) return notRun("oauthLink has a form that is not known.", { oauthLink: link });
    const own = await ownConsumers({ live, set });
    const evidence = { oauthLink: link, "consumers of the app": own.join(" ") };
    return own.some((consumer) => isSameId(consumer, linked))
      ? ok(evidence)
      : found("oauthLink leads to a client that is not the app's.", evidence);
  },
};

/** As Salesforce lists them; where it does not, as the state records. */
async function ownConsumers({ live, set }: Pick<Facts, "live" | "set">): Promise<string[]> {
  const listed = await live.consumers().catch(() => []);
  return listed.length > 0 ? listed.map(({ id }) => id) : [String(memberOf(set, "ECA").outputs.consumerId)];
}

/** The last three of 18 characters are a checksum of the first 15. */
function isSameId(a: string, b: string): boolean {
  return a.slice(0, 15) === b.slice(0, 15);
}
