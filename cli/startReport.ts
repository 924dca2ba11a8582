import type { SignedIn } from "../operations/signIn/signIn.ts";
import type { RunningSandbox } from "../operations/start/sandbox.ts";
import {
  type StackOutputs,
  sandboxStack,
  shellVariables,
  variablesInTheWay,
} from "../operations/start/stack.ts";
import { CodedError } from "../providers/errors.ts";
import { visitor } from "../sandbox/accounts.ts";
import { table } from "./table.ts";

/** All that `npm start` came to know. */
export interface StartResult {
  sandbox: RunningSandbox;
  outputs: StackOutputs;
  signedIn: SignedIn;
}

/** The result for people. */
export function resultAsText(root: string, { sandbox, outputs, signedIn }: StartResult): string {
  const { salesforce, genesys, webPage } = sandbox.urls;
  return `
${membersTable(outputs)}

Page contract, all that the web page needs:
${JSON.stringify(outputs.pageContract, null, 2)}

Sign-in works: ${signedIn.subject ?? "a visitor"} was signed in through ${signedIn.steps.length} steps and out again.

  Web page     ${webPage}   sign in as ${visitor.username} / ${visitor.password}
  Salesforce   ${salesforce}
  Genesys      ${genesys}

What next: in a second terminal, while the sandbox runs${sandbox.startedHere ? " (here, or by `npm run sandbox`)" : ""},
${secondTerminal(root)}
  npx pulumi preview --refresh --diff --stack ${sandboxStack}      # has anything changed behind Pulumi's back?
  npx pulumi up --refresh --stack ${sandboxStack}                  # repair it
  npx pulumi destroy --stack ${sandboxStack}                       # take the set down; \`npm start\` builds it again
${ending(sandbox)}`;
}

/** The result for programs. `version` counts changes of this shape. */
export function resultAsJson({ sandbox, outputs, signedIn }: StartResult): string {
  const { members, pageContract } = outputs;
  const signIn = { ok: true, ...signedIn };
  return JSON.stringify({ version: 1, members, pageContract, urls: sandbox.urls, signIn }, null, 2);
}

/** What went wrong, for programs. */
export function errorAsJson(error: unknown): string {
  const parts =
    error instanceof CodedError
      ? { code: error.code, what: error.what, evidence: error.evidence, next: error.next }
      : { code: "START_FAILED", what: error instanceof Error ? error.message : String(error) };
  return JSON.stringify({ version: 1, error: parts }, null, 2);
}

function membersTable({ members }: StackOutputs): string {
  const rows = members.map(({ member, name, id, state }) => [member, name, id, state]);
  return table(["MEMBER", "NAME", "ID", "STATE"], rows);
}

function secondTerminal(root: string): string {
  const lines = Object.entries(shellVariables(root)).map(([name, value]) => `  export ${name}='${value}'`);
  const inTheWay = variablesInTheWay(process.env);
  if (inTheWay.length > 0) lines.push(`  unset ${inTheWay.join(" ")}      # they lead to a real org`);
  return [`  cd '${root}'`, ...lines].join("\n");
}

function ending({ startedHere }: RunningSandbox): string {
  if (!startedHere) return "\nThe sandbox was running before and keeps running.";
  return process.stdout.isTTY ? "\nCtrl-C stops the sandbox." : "\nThe sandbox stops now; its state is kept.";
}
