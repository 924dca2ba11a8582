import type { Bundle, RequestIds } from "./bundle.ts";

/** What a bundle is about, for somebody at a vendor who has never seen one. */
const about = `A web page lets customers sign in to Genesys Cloud web messaging with their Salesforce accounts, by the OpenID
Connect authorization code flow with PKCE:

1. The browser gets an authorization code at Salesforce.
2. The page posts the code to Genesys, \`POST /api/v2/webdeployments/token/oauthcodegrantjwtexchange\`: **the exchange**.
3. Genesys redeems the code at Salesforce with the client id and secret of its credential, checks the ID token by the
   discovery document of its integration, and gives the browser a token for web messaging.

What is set up for it is called **the set** here:

| part | at | in the files |
| --- | --- | --- |
| External Client App: the OAuth client, with callback URLs and scopes | Salesforce | \`ECA\` |
| credential: Genesys's copy of the client id and secret | Genesys | \`credential\` |
| integration "OpenID Connect Messenger Configuration": discovery URL and credential | Genesys | \`integration\` |
| messenger configuration, in versions: names the integration | Genesys | \`configuration\` |
| messenger deployment: pins one version; its id is in the web page | Genesys | \`deployment\` |

The set was made by a program, through Pulumi, which records all that it has set up. Known causes of a sign-in that fails
have names such as A5; \`diagnosis.json\` has title, evidence and remedy of each. Names such as SIGN_IN_EXCHANGE_REFUSED are
error codes of the tool that made this bundle, not of a vendor.`;

const idsExplained =
  "`contextId` is in the body of what Genesys answers; the correlation id is a header: `inin-correlation-id` or " +
  "`genesys-correlation-id` of Genesys, `x-sfdc-request-id` of Salesforce. What is empty was not sent. " +
  "`[43 characters]` stands for a part of an address that may open something.";

const leftOut =
  "No secret: codes, tokens, passwords, client secrets and log-ins are left out, or shown by their length or a fingerprint. " +
  "The subject of the visitor is hashed. Persons are named by: the user name of a test user, the app's contact e-mail, and " +
  "the last writers that the vendors note on their objects.";

/** The file that explains a bundle, and has what support asks for first. */
export function readme({ madeAt, of, summary, facts, files, requests }: Bundle): string {
  return [
    "# Support bundle: sign-in to Genesys web messaging with Salesforce accounts",
    `Made on ${madeAt} (UTC) of \`${of}\`, a stack of Pulumi and the set in it.`,
    "## What happened",
    summary.map((sentence) => `- ${oneLine(sentence)}`).join("\n"),
    "## Where",
    table(["what", "value"], Object.entries(facts)),
    "## What this is about",
    about,
    "## Requests of the sign-in",
    ...requestsPart(requests),
    "## Files",
    table(
      ["file", "holds"],
      files.map((file) => [file.name, file.about]),
    ),
    "## What is not in it, and what is",
    leftOut,
    "",
  ].join("\n\n");
}

const signIns = { direct: "1, redeemed at Salesforce", throughGenesys: "2, redeemed by Genesys" } as const;

function requestsPart(requests: readonly RequestIds[]): string[] {
  if (requests.length === 0) return ["None was sent."];
  const somebodySignedIn = requests.some(({ signIn }) => signIn !== undefined);
  const rows = requests.map(({ signIn, at, request, status, contextId, correlationId }) => [
    ...(somebodySignedIn ? [signIn && signIns[signIn]] : []),
    ...[at, request, status ?? "no answer", contextId, correlationId],
  ]);
  const head = ["UTC", "request", "status", "contextId", "correlation id"];
  return [idsExplained, table(somebodySignedIn ? ["sign-in", ...head] : head, rows)];
}

type Cell = string | number | undefined;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => oneLine(String(cell ?? ""))).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
