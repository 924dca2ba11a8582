import { type Command, Option } from "commander";
import type { Visitor } from "../operations/signIn/visitor.ts";
import type { OpenedSet } from "../operations/stack/messagingSet.ts";
import { positiveSeconds } from "./seconds.ts";

/** Options of every command that signs somebody in. */
export interface VisitorFlags {
  user?: string;
  browser?: boolean;
  paste?: boolean;
  /** False by `--no-open`. */
  open: boolean;
  redirectUri?: string;
  /** Seconds. */
  wait: number;
}

/** Adds the options that say who signs in. */
export function withVisitor(command: Command): Command {
  return command
    .optionsGroup("Who signs in:")
    .addOption(
      new Option(
        "--user <name>",
        "sign in as this user, without a browser; the password comes from AMSG_PASSWORD or is asked for",
      ).conflicts(["browser", "paste"]),
    )
    .addOption(new Option("--browser", "sign in yourself, in the browser of this machine").conflicts("paste"))
    .option("--paste", "sign in yourself in any browser, and paste the address at which it ends")
    .option("--no-open", "with --browser: print the address, open nothing")
    .option(
      "--redirect-uri <url>",
      "with --browser or --paste: the app's callback URL to be sent back to; the first one that is free on this " +
        "machine when left out",
    )
    .addOption(
      new Option("--wait <seconds>", "with --browser: how long to wait for you")
        .default(300)
        .argParser(positiveSeconds),
    )
    .optionsGroup("Options:");
}

/** Whoever the options name. Undefined when they name nobody. */
export async function visitorFrom(
  flags: VisitorFlags,
  { set }: Pick<OpenedSet, "set">,
  signal: AbortSignal,
): Promise<Visitor | undefined> {
  if (flags.user !== undefined) return accountOf(flags.user, signal);
  if (!flags.browser && !flags.paste) return undefined;
  const { memberOf } = await import("../operations/stack/messagingSet.ts");
  const callbackUrls = memberOf(set, "ECA").outputs.callbackUrls as string[];
  return flags.paste
    ? personWhoPastes(callbackUrls, set.pageContract.redirectUri, flags.redirectUri)
    : personInBrowser(callbackUrls, flags);
}

async function accountOf(username: string, signal: AbortSignal): Promise<Visitor> {
  const { askHidden } = await import("./prompt.ts");
  const password = process.env.AMSG_PASSWORD || (await askHidden(`Password of ${username}: `, signal));
  if (password !== undefined) return { username, password };
  const { CodedError } = await import("../providers/errors.ts");
  throw new CodedError({
    code: "SIGN_IN_NO_PASSWORD",
    what: "There is no password to sign in with, and no terminal to ask for it.",
    evidence: { user: username },
    next: "Set the environment variable AMSG_PASSWORD. A password is never taken from the command line.",
  });
}

async function personInBrowser(callbackUrls: readonly string[], flags: VisitorFlags): Promise<Visitor> {
  const [{ listenAtCallback }, { inBrowser }, { openInBrowser }] = await Promise.all([
    import("../operations/signIn/redirectAddress.ts"),
    import("../operations/signIn/inBrowser.ts"),
    import("./openInBrowser.ts"),
  ]);
  const address = await listenAtCallback(callbackUrls, flags.redirectUri);
  // What still waits for a visitor keeps the command running, this does not.
  address.server.unref();
  const invite = inviter();
  return inBrowser(address, {
    withinMs: flags.wait * 1_000,
    show: (url) => {
      invite(url, `within ${flags.wait} seconds`);
      if (flags.open) openInBrowser(url);
    },
  });
}

/** Asks a person to sign in, and each further time to do it once more. */
function inviter(): (url: URL, how: string) => void {
  let times = 0;
  return (url, how) => {
    times++;
    const again = times === 1 ? "Sign in" : `Sign in once more (${times})`;
    console.error(`\n${again} at this address, ${how}:\n\n  ${url}\n`);
  };
}

async function personWhoPastes(
  callbackUrls: readonly string[],
  ofPage: string,
  wanted: string | undefined,
): Promise<Visitor> {
  const [{ freeCallback }, { pasted }, { askLine }] = await Promise.all([
    import("../operations/signIn/redirectAddress.ts"),
    import("../operations/signIn/pasted.ts"),
    import("./prompt.ts"),
  ]);
  const redirectUri = wanted ?? (await freeCallback(callbackUrls)) ?? ofPage;
  const invite = inviter();
  return pasted(redirectUri, (url, signal) => {
    invite(url, "in any browser");
    console.error("The browser ends at an address that may show nothing. Copy it from the address bar.");
    return askLine("Paste it here: ", signal);
  });
}
