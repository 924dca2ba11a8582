import { dirname, join } from "node:path";
import type { SignedIn } from "../operations/signIn/signIn.ts";
import {
  type RunningSandbox,
  type SandboxOptions,
  sandboxFlags,
  usualPorts,
} from "../operations/start/sandbox.ts";
import {
  configFile,
  type StackOutputs,
  type StackPlace,
  sandboxStack,
  shellVariables,
  variablesInTheWay,
} from "../operations/start/stack.ts";
import { visitor } from "../sandbox/accounts.ts";
import { table } from "./table.ts";
import { labelled, wrapped } from "./wrap.ts";

/** All that `npm start` came to know. */
export interface StartResult {
  sandbox: RunningSandbox;
  outputs: StackOutputs;
  signedIn: SignedIn;
}

/** The checkout, the folder that keeps the state, and where the sandbox listens. */
export type StartPlace = StackPlace & SandboxOptions;

/** The result for people. */
export function resultAsText(place: StartPlace, { sandbox, outputs, signedIn }: StartResult): string {
  const { salesforce, genesys, webPage } = sandbox.urls;
  const stack = `--stack ${sandboxStack}${configFlag(place)}`;
  return `
${membersTable(outputs)}

Page contract, all that the web page needs:
${JSON.stringify(outputs.pageContract, null, 2)}

${wrapped(`Sign-in works: ${signedIn.subject ?? "a visitor"} was signed in through ${signedIn.steps.length} steps and out again.`)}

${labelled("  Web page     ", `${webPage}   sign in as ${visitor.username} / ${visitor.password}`)}
  Salesforce   ${salesforce}
  Genesys      ${genesys}

What next: in a second terminal, while the sandbox runs${process.stdout.isTTY ? "" : ` (${sandboxCommand(place)})`},
${secondTerminal(place)}
  # has anything changed behind Pulumi's back?
  npx pulumi preview --refresh --diff ${stack}
  # repair it
  npx pulumi up --refresh ${stack}
  # take the set down; \`npm start\` builds it again
  npx pulumi destroy ${stack}
${ending(sandbox)}`;
}

/** The result for programs. `version` counts changes of this shape. */
export function resultAsJson({ sandbox, outputs, signedIn }: StartResult): string {
  const { members, pageContract } = outputs;
  const signIn = { ok: true, ...signedIn };
  return JSON.stringify({ version: 1, members, pageContract, urls: sandbox.urls, signIn }, null, 2);
}

function membersTable({ members }: StackOutputs): string {
  const rows = members.map(({ member, name, id, state }) => [member, name, id, state]);
  return table(["MEMBER", "NAME", "ID", "STATE"], rows);
}

function secondTerminal(place: StackPlace): string {
  const lines = Object.entries(shellVariables(place)).map(([name, value]) => `  export ${name}='${value}'`);
  const inTheWay = variablesInTheWay(process.env);
  if (inTheWay.length > 0) lines.push(`  unset ${inTheWay.join(" ")}      # they lead to a real org`);
  return [`  cd '${place.root}'`, ...lines].join("\n");
}

/** How to run this sandbox alone; its options are told only where they are not the usual ones. */
function sandboxCommand({ root, folder, ports }: StartPlace): string {
  const flags = (options: Pick<StartPlace, "folder" | "ports">) =>
    sandboxFlags(options)
      .map((flag) => (flag.startsWith("/") ? `'${flag}'` : flag))
      .join(" ");
  const wanted = flags({ folder, ports });
  const usual = flags({ folder: join(root, ".sandbox"), ports: usualPorts });
  return wanted === usual ? "`npm run sandbox`" : `\`npm run sandbox -- ${wanted}\``;
}

/** Pulumi finds the committed configuration by itself, but not the one for other ports. */
function configFlag(place: StackPlace): string {
  const file = configFile(place);
  return dirname(file) === place.root ? "" : ` --config-file '${file}'`;
}

function ending({ startedHere }: RunningSandbox): string {
  if (!startedHere) return "\nThe sandbox was running before and keeps running.";
  return process.stdout.isTTY ? "\nCtrl-C stops the sandbox." : "\nThe sandbox stops now; its state is kept.";
}
