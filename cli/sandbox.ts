import type { Command } from "commander";
import { sandboxCommand as runCommand } from "../sandbox/main.ts";
import { faultsCommand } from "./sandboxFaults.ts";

/** `amsg sandbox`: runs the sandbox, or switches the faults of one that runs. */
export function sandboxCommand(): Command {
  return runCommand("npx amsg sandbox").name("sandbox").enablePositionalOptions().addCommand(faultsCommand());
}
