import { spawn } from "node:child_process";

/**
 * Opens the system's browser. Where there is none nothing happens: the address is printed anyway.
 */
export function openInBrowser(url: URL): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [url.href], { detached: true, stdio: "ignore" });
  child.once("error", () => console.error(`No browser could be opened: there is no ${opener}.`));
  child.unref();
}
