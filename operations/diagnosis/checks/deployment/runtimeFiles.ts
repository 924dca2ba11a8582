import { isUsable } from "../../../publicDocuments.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { mayLag } from "../../cdnLag.ts";
import { type Check, found, notRun, ok } from "../../check.ts";

export const runtimeFiles: Check = {
  id: "B2",
  title: "Region and deployment id",
  severity: "critical",
  member: "page",
  looks: "Genesys host and deployment id of the page contract, and whether the CDN serves that deployment",
  story: {
    symptom: "The messenger does not load, or the exchange does not know the deployment.",
    cause: "The page uses the snippet of another region, or the deployment id of another org.",
    detection:
      "The page contract must name the host that the stack logs in to and the id of the set's deployment, and the CDN of that region must serve it, 15 minutes after the last change at the latest. What stands in the page itself is seen in the browser only.",
    source:
      "The vendor's mobile SDK (address of config.json); a third party's measurement (403 for unknown ids).",
  },
  fix: {
    byCode: "npx pulumi up, then give the page the page contract and the snippet of this stack.",
    byHand: "Put the snippet of this deployment, from Admin, Messenger Deployments, into the page.",
  },
  follows: ["A4", "A6"],
  async look({ contract, live, set }) {
    const ofPage = `${contract.genesysApiUrl} ${contract.deploymentId}`;
    const ofStack = `${live.genesysApiUrl()} ${memberOf(set, "deployment").id}`;
    const evidence = { "page contract": ofPage, stack: ofStack };
    if (ofPage !== ofStack)
      return found("The page contract names another region or deployment than the stack has.", evidence);
    const deployment = await live.deployment();
    if (deployment === undefined) return notRun("The deployment is gone: that is A6.");
    const runtime = await live.runtimeConfig();
    const { url, status, contentType } = runtime;
    const served = { ...evidence, CDN: url, status, "content type": contentType };
    if (isUsable(runtime)) return ok(served);
    if (mayLag(deployment.dateModified))
      return notRun("The CDN does not serve the deployment yet, which was changed minutes ago.", served);
    return found("The vendor's CDN does not serve the deployment.", served, { member: "deployment" });
  },
};
