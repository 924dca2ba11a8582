import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { showProgress } from "../progress.mjs";
import { CommandFailed, run } from "../run.mjs";

/** The version these checks are known to pass with; needs Node 22. */
const VERSION = "2.150.6";
const INSTALL_DEADLINE_MS = 10 * 60_000;
const COMMAND_DEADLINE_MS = 3 * 60_000;

/** The real Salesforce CLI, with a home of its own: nothing of the user's is read or written. */
export interface SalesforceCli {
  /** Runs `sf` with `--json`; answers its `result`. Throws an Error with what the CLI says. */
  sf(args: string[], env?: Record<string, string>): Promise<unknown>;
}

/**
 * Installs the CLI below `folder` unless it is there: about 300 MB, which is why the project does not depend on it.
 */
export async function installSalesforceCli(folder: string, signal: AbortSignal): Promise<string> {
  const place = join(folder, "node_modules", "@salesforce", "cli");
  if (installedVersion(place) !== VERSION) {
    await mkdir(folder, { recursive: true });
    const args = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund"];
    await showProgress(`Installing the Salesforce CLI ${VERSION} (about 300 MB)`, () =>
      run("npm", [...args, `@salesforce/cli@${VERSION}`], { deadlineMs: INSTALL_DEADLINE_MS, signal }),
    );
  }
  return join(place, "bin", "run.js");
}

function installedVersion(place: string): string | undefined {
  const file = join(place, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

/** The CLI that lies at `script`, working in `project`. */
export function salesforceCli(
  script: string,
  home: string,
  project: string,
  signal: AbortSignal,
): SalesforceCli {
  const isolated = {
    HOME: home,
    PATH: process.env.PATH,
    SF_AUTOUPDATE_DISABLE: "true",
    SF_DISABLE_LOG_FILE: "true",
    SF_DISABLE_TELEMETRY: "true",
    SF_SKIP_NEW_VERSION_CHECK: "true",
    SF_USE_GENERIC_UNIX_KEYCHAIN: "true",
  };
  return {
    sf: async (args, env = {}) => {
      const options = { cwd: project, env: { ...isolated, ...env }, deadlineMs: COMMAND_DEADLINE_MS, signal };
      try {
        const output = await run(process.execPath, [script, ...args, "--json"], options);
        return JSON.parse(output).result;
      } catch (error) {
        throw error instanceof CommandFailed ? new Error(said(error), { cause: error }) : error;
      }
    },
  };
}

/** What the CLI itself says in its JSON output. */
function said(failure: CommandFailed): string {
  const [, message] = failure.printed.match(/"message": "((?:[^"\\]|\\.)*)"/) ?? [];
  return message === undefined ? failure.message : JSON.parse(`"${message}"`);
}
