import { Command } from "commander";
import { runCommand } from "./command.ts";
import { compareCommand } from "./compare.ts";
import { diagnoseCommand } from "./diagnose.ts";
import { rebuildCommand } from "./rebuild.ts";
import { sandboxCommand } from "./sandbox.ts";
import { signInCommand } from "./signIn.ts";
import { supportBundleCommand } from "./supportBundle.ts";

/** Every command loads what it needs when it runs: help and wrong options are answered at once. */
const amsg = new Command("npx amsg")
  .description("Authenticated web messaging: what there is to do besides `pulumi up`.")
  // Options belong to the command that they follow: several have --json.
  .enablePositionalOptions()
  .addCommand(signInCommand())
  .addCommand(diagnoseCommand())
  .addCommand(rebuildCommand())
  .addCommand(compareCommand())
  .addCommand(supportBundleCommand())
  .addCommand(sandboxCommand())
  .addHelpText(
    "after",
    `
Examples:
  $ npx amsg sign-in --stack production
  $ npx amsg diagnose --stack production --user visitor@acme.example
  $ npx amsg rebuild --stack production --user visitor@acme.example
  $ npx amsg compare production staging
  $ npx amsg support-bundle --stack production
  $ npx amsg sandbox
  $ npx amsg sandbox faults on eca-ghost`,
  )
  .showHelpAfterError("Show what there is: --help");

await runCommand(amsg);
