import type { SoapCall } from "./componentCalls.ts";
import { deployResult } from "./deployResult.ts";
import { cancelDeploy, deployOptions, findDeploy, startDeploy } from "./deploys.ts";
import { parsePackage } from "./packages.ts";
import { retrieveResult, startRetrieve } from "./retrieves.ts";
import { child, textIn, texts } from "./xml.ts";

/** The file-based calls, which start work or ask how far it is; each answers what comes as `result`. */
export const TRANSFER_CALLS: Record<string, (call: SoapCall) => unknown[]> = {
  deploy: (call) => {
    const told = child(call.body, "DeployOptions");
    const options = deployOptions((name) => (name === "runTests" ? texts(told, name) : textIn(told, name)));
    const { id } = startDeploy(call, textIn(call.body, "ZipFile") ?? "", options);
    return [{ done: false, id, state: "Queued" }];
  },
  checkDeployStatus: ({ org, body }) => {
    const includeDetails = textIn(body, "includeDetails") === "true";
    return [deployResult(org, findDeploy(org, textIn(body, "asyncProcessId")), includeDetails)];
  },
  cancelDeploy: (call) => {
    // The WSDL names the element `String`; jsforce, and with it the Salesforce CLI, names it `id`.
    const id = textIn(call.body, "String") ?? textIn(call.body, "id");
    const deploy = findDeploy(call.org, id);
    cancelDeploy(call, deploy);
    return [{ done: deploy.outcome !== undefined, id: deploy.id }];
  },
  retrieve: (call) => {
    const request = child(call.body, "request");
    const { types, version = textIn(request, "apiVersion") } = parsePackage(child(request, "unpackaged"));
    const { id } = startRetrieve(call, { types, version }, textIn(request, "singlePackage") === "true");
    return [{ done: false, id, state: "Queued" }];
  },
  checkRetrieveStatus: (call) => {
    const includeZip = textIn(call.body, "includeZip") !== "false";
    return [retrieveResult(call, textIn(call.body, "asyncProcessId"), includeZip)];
  },
};
