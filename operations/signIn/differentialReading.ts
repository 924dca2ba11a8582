import type { MemberName } from "../stack/messagingSet.ts";
import type { FailedStep, SignInVerdict } from "./check.ts";
import type { DifferentialVerdict } from "./differential.ts";
import type { IdTokenFlaw } from "./idToken.ts";

/**
 * What two sign-ins say together:
 * - `bothWork`: the set is healthy
 * - `genesysAlone`: Salesforce gives tokens, Genesys refuses
 * - `idToken`: Salesforce gives tokens with an ID token that does not stand the check, Genesys refuses
 * - `registration`: neither can redeem a code
 * - `lenientGenesys`: Genesys takes what the check does not
 * - `recordedClient`: Genesys can redeem a code, the client that the state records cannot
 * - `noCode`: Salesforce gave no code
 * - `untold`: one of the two says nothing
 */
export type Reading =
  | "bothWork"
  | "genesysAlone"
  | "idToken"
  | "registration"
  | "lenientGenesys"
  | "recordedClient"
  | "noCode"
  | "untold";

type Story = Pick<DifferentialVerdict, "what" | "causes" | "members" | "next">;

/** The two by two, with the causes narrowed by what Salesforce said. */
export function readingOf(
  direct: SignInVerdict,
  throughGenesys: SignInVerdict | undefined,
): DifferentialVerdict {
  const reading = kindOf(direct, throughGenesys);
  const ok = direct.ok && throughGenesys?.ok === true;
  const tried = direct.tried && throughGenesys?.tried !== false;
  return { ok, tried, reading, ...storyOf(reading, direct.failed, throughGenesys?.failed) };
}

function kindOf(direct: SignInVerdict, throughGenesys: SignInVerdict | undefined): Reading {
  if (!direct.tried || throughGenesys?.tried === false) return "untold";
  if (throughGenesys === undefined) return "noCode";
  const isExchanged = throughGenesys.steps.some(({ name, ok }) => name === "exchange" && ok);
  const isRedeemed = direct.steps.some(({ name, ok }) => name === "redemption" && ok);
  if (direct.ok) return isExchanged ? "bothWork" : "genesysAlone";
  if (isRedeemed) return isExchanged ? "lenientGenesys" : "idToken";
  return isExchanged ? "recordedClient" : "registration";
}

function storyOf(reading: Reading, direct: FailedStep | undefined, genesys: FailedStep | undefined): Story {
  switch (reading) {
    case "bothWork":
      return genesys === undefined ? healthy : afterExchange(genesys);
    case "genesysAlone":
      return {
        what: "Salesforce redeems a code with the deployed client id and secret and gives a valid ID token; Genesys alone refuses: what it holds of the set differs from the program, or the fault is inside it.",
        causes: ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A18"],
        members: ["credential", "integration", "configuration", "ECA", "deployment"],
        next: "Write the credential again, then replace credential and integration, with a sign-in after each. It does not clear the External Client App: in the one public case all direct calls worked, and replacing the app cured it.",
      };
    case "idToken":
      return {
        what: "Salesforce redeems a code, but its ID token does not stand the check, and Genesys refuses it too.",
        causes: causesOfToken(direct),
        members: ["ECA", "integration"],
        next: direct?.next ?? "",
      };
    case "registration":
      return {
        what: "Neither this check nor Genesys can redeem a code: the app at Salesforce, or what was entered for it, is at fault, not Genesys.",
        ...registration(direct),
        next: "Compare the app with the program: `npx pulumi preview --refresh --diff`. Then replace the External Client App first.",
      };
    case "lenientGenesys":
      return {
        what: "Sign-in works, though the ID token does not stand this check: Genesys is less strict.",
        causes: causesOfToken(direct),
        members: ["ECA"],
        next: "Nothing is broken now. Look at the evidence before Genesys looks closer.",
      };
    case "recordedClient":
      return {
        what: "Sign-in works, but not with the client id and secret that the stack records: somebody changed both sides.",
        ...registration(direct),
        next: "Run `npx pulumi up --refresh`, so that the stack knows the secret again.",
      };
    case "noCode":
      return {
        what: "Salesforce gave no code, so that neither Genesys nor the client's secret came into play.",
        causes: ["A7", "A8", "A10", "A13", "A14", "A20", "A21", "A22"],
        members: ["ECA"],
        next: direct?.next ?? "",
      };
    case "untold":
      return {
        what: "One of the two sign-ins says nothing about the set, so that they cannot be compared.",
        causes: [],
        members: [],
        next: (genesys ?? direct)?.next ?? "",
      };
  }
}

const healthy: Story = {
  what: "Both sign-ins work, with the code redeemed at Salesforce and with the code redeemed by Genesys: the set is healthy.",
  causes: [],
  members: [],
  next: "If visitors cannot sign in all the same, look at the web page: docs/sign-in-401.md, step 2.",
};

function afterExchange({ step, next }: FailedStep): Story {
  const isOrigin = step === "token";
  return {
    what: `Both this check and Genesys redeem a code; what fails comes after the exchange, at the step ${step}.`,
    causes: isOrigin ? ["B1"] : ["B3"],
    members: isOrigin ? ["deployment"] : ["ECA"],
    next,
  };
}

const causesByFlaw: Readonly<Record<IdTokenFlaw, readonly string[]>> = {
  token: ["A25"],
  alg: ["A25"],
  key: ["A9"],
  signature: ["A9"],
  iss: ["A7"],
  aud: ["A23"],
  sub: ["A26"],
  exp: ["A24"],
  nonce: ["A11"],
};

function causesOfToken(failed: FailedStep | undefined): readonly string[] {
  if (failed?.code === "SIGN_IN_ID_TOKEN_MISSING") return ["A10"];
  return causesByFlaw[failed?.evidence.flaw as IdTokenFlaw] ?? [];
}

/** What Salesforce's own words mean (error codes as in its documentation of OAuth flows). */
function registration(failed: FailedStep | undefined): { causes: string[]; members: MemberName[] } {
  const members: MemberName[] = ["ECA"];
  const { error, description } = failed?.evidence ?? {};
  if (failed?.code === "SIGN_IN_CLIENT_METHOD_UNSUPPORTED") return { causes: ["A17"], members };
  switch (error) {
    case "invalid_client":
      // Rotated at Salesforce: then only the copies are old.
      return { causes: ["A1", "A17"], members: ["credential", "ECA"] };
    case "invalid_client_id":
      return { causes: ["A2", "A21", "A22"], members };
    case "redirect_uri_mismatch":
      return { causes: ["A14"], members };
    case "invalid_grant":
      return String(description).includes("verifier")
        ? { causes: ["A13", "A21"], members }
        : { causes: ["A15", "A16", "A20"], members };
    default:
      return { causes: ["A13", "A14", "A15", "A16", "A17", "A20", "A21", "A22"], members };
  }
}
