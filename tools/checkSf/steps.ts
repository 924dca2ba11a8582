import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { salesforceAdmin } from "../../sandbox/accounts.ts";
import type { Delays } from "../../sandbox/delays.ts";
import type { SalesforceCli } from "./salesforceCli.ts";

/** What the steps work with: the CLI, the org, and a project in source format. */
export interface Bench extends SalesforceCli {
  orgUrl: string;
  /** Of the sandbox; a change counts at once. */
  delays: Delays;
  project: string;
}

/** One thing the Salesforce CLI does with the sandbox. */
export interface Step {
  title: string;
  /** Does and checks it; answers the evidence, or throws what went wrong. */
  run(bench: Bench): Promise<string>;
}

const ORG = ["--target-org", "sandbox"];
const SOURCE = join("force-app", "main", "default");
const TYPES = [
  "ExternalClientApplication",
  "ExtlClntAppGlobalOauthSettings",
  "ExtlClntAppOauthSettings",
  "ExtlClntAppOauthConfigurablePolicies",
  "ExtlClntAppConfigurablePolicies",
];

export const STEPS: readonly Step[] = [
  { title: "log in by access token", run: logIn },
  { title: "show the org's limits", run: showLimits },
  { title: "deploy in source format, as a dry run", run: dryRun },
  { title: "deploy in source format", run: (bench) => deploy(bench, "false") },
  { title: "deploy again, by REST", run: (bench) => deploy(bench, "true") },
  { title: "list metadata", run: listMetadata },
  { title: "query by SOQL", run: query },
  { title: "query the scopes by the Tooling API", run: queryScopes },
  { title: "retrieve, and compare with what was deployed", run: retrieve },
  { title: "cancel a deploy that waits", run: cancel },
  { title: "delete by destructive changes", run: destroy },
];

async function logIn({ sf, orgUrl }: Bench) {
  const env = { SF_ACCESS_TOKEN: salesforceAdmin.accessToken };
  const args = [
    "org",
    "login",
    "access-token",
    "--instance-url",
    orgUrl,
    "--alias",
    "sandbox",
    "--no-prompt",
  ];
  const { username } = (await sf(args, env)) as { username: string };
  equal(username, salesforceAdmin.username);
  return `as ${username}`;
}

async function showLimits({ sf }: Bench) {
  const limits = (await sf(["org", "list", "limits", ...ORG])) as { name: string; max: number }[];
  const daily = limits.find(({ name }) => name === "DailyApiRequests");
  ok(daily, "DailyApiRequests is not among the limits");
  return `${daily.max} API calls a day`;
}

interface Deployed {
  status: string;
  checkOnly: boolean;
  numberComponentsDeployed: number;
}

function startDeploy({ sf }: Bench, args: string[], env: Record<string, string> = {}) {
  return sf(["project", "deploy", "start", ...ORG, "--wait", "2", ...args], env) as Promise<Deployed>;
}

async function dryRun(bench: Bench) {
  const deployed = await startDeploy(bench, ["--source-dir", "force-app", "--dry-run"]);
  deepStrictEqual([deployed.status, deployed.checkOnly], ["Succeeded", true]);
  equal(await appsIn(bench), 0);
  return `${deployed.numberComponentsDeployed} components checked, none made`;
}

async function deploy(bench: Bench, byRest: "true" | "false") {
  const env = { SF_ORG_METADATA_REST_DEPLOY: byRest };
  const deployed = await startDeploy(bench, ["--source-dir", "force-app"], env);
  equal(deployed.status, "Succeeded");
  equal(deployed.numberComponentsDeployed, TYPES.length);
  equal(await appsIn(bench), 1);
  return `${deployed.numberComponentsDeployed} components, ${deployed.status}`;
}

/** The number of apps by the sandbox's own count. */
async function appsIn({ orgUrl }: Bench): Promise<number> {
  const counts = (await (await fetch(`${orgUrl}/_sandbox/objects`)).json()) as Record<string, number>;
  return counts.ExternalClientApplication ?? 0;
}

async function listMetadata({ sf }: Bench) {
  const args = ["org", "list", "metadata", "--metadata-type", "ExternalClientApplication", ...ORG];
  const listed = (await sf(args)) as { fullName: string; fileName: string }[];
  deepStrictEqual(
    listed.map(({ fileName }) => fileName),
    ["externalClientApps/Web_Messaging.eca"],
  );
  return listed.map(({ fullName }) => fullName).join(", ");
}

async function query({ sf }: Bench) {
  const soql =
    "SELECT Id, DeveloperName FROM ExternalClientApplication WHERE DeveloperName = 'Web_Messaging'";
  const { records } = (await sf(["data", "query", "--query", soql, ...ORG])) as { records: { Id: string }[] };
  equal(records.length, 1);
  return `id ${records[0]?.Id}`;
}

async function queryScopes({ sf }: Bench) {
  const soql = "SELECT OauthScopesOPENID, OauthScopesAPI FROM ExtlClntAppOauthSettings";
  const args = ["data", "query", "--use-tooling-api", "--query", soql, ...ORG];
  const { records } = (await sf(args)) as { records: Record<string, boolean>[] };
  deepStrictEqual([records[0]?.OauthScopesOPENID, records[0]?.OauthScopesAPI], [true, false]);
  return "openid yes, api no";
}

/** Everything that was deployed must come back the same; what the org has generated comes along. */
async function retrieve({ sf, project }: Bench) {
  const types = TYPES.flatMap((type) => ["--metadata", type]);
  await sf(["project", "retrieve", "start", ...ORG, "--wait", "2", "--output-dir", "retrieved", ...types]);
  const deployed = await componentsBelow(join(project, SOURCE));
  const retrieved = await componentsBelow(join(project, "retrieved"));
  deepStrictEqual([...retrieved.keys()].sort(), [...deployed.keys()].sort());
  for (const [path, fields] of deployed) {
    const back = Object.entries(retrieved.get(path) ?? {}).filter(([name]) => name in fields);
    deepStrictEqual(Object.fromEntries(back), fields, `${path} came back changed`);
  }
  const secrets = [...retrieved.values()].filter((fields) => "consumerSecret" in fields);
  equal(secrets.length, 0, "a secret came back");
  return `${retrieved.size} files, every deployed element the same, no secret`;
}

/** The elements of the component files below a folder, by their paths in it. */
async function componentsBelow(folder: string): Promise<Map<string, Record<string, unknown>>> {
  const parser = new XMLParser({ parseTagValue: false, ignoreDeclaration: true });
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith("-meta.xml"));
  const read = paths.map(async (path) => {
    const document = parser.parse(await readFile(join(folder, path), "utf8"));
    return [path, Object.values(document)[0] as Record<string, unknown>] as const;
  });
  return new Map(await Promise.all(read));
}

async function cancel({ sf, delays }: Bench) {
  const usual = delays.metadataTransferMs;
  delays.metadataTransferMs = 60_000;
  try {
    const start = ["project", "deploy", "start", ...ORG, "--source-dir", "force-app", "--async"];
    const { id } = (await sf(start)) as { id: string };
    const { status } = (await sf(["project", "deploy", "cancel", "--job-id", id])) as { status: string };
    equal(status, "Canceled");
    return `${id} ${status}`;
  } finally {
    delays.metadataTransferMs = usual;
  }
}

async function destroy(bench: Bench) {
  const deployed = await startDeploy(bench, [
    "--manifest",
    join("manifests", "package.xml"),
    "--post-destructive-changes",
    join("manifests", "destructiveChanges.xml"),
  ]);
  equal(deployed.status, "Succeeded");
  equal(await appsIn(bench), 0);
  return "the app is gone, with all that belonged to it";
}
