import { stderr } from "node:process";

/** How often a step that takes long reports its elapsed time, in milliseconds. */
const everyOnTerminal = 1_000;
const everyElsewhere = 15_000;

/**
 * Shows on standard error what is being done and for how long: one line that counts up on a terminal, a line
 * now and then elsewhere.
 *
 * @template Result
 * @param {string} title
 * @param {() => Promise<Result>} work
 * @param {Pick<NodeJS.WriteStream, "write" | "isTTY">} stream
 * @returns {Promise<Result>}
 */
export async function showProgress(title, work, stream = stderr) {
  const began = Date.now();
  const elapsed = () => `${Math.round((Date.now() - began) / 1_000)} s`;
  const show = stream.isTTY
    ? () => stream.write(`\r\u001b[K${title} ... ${elapsed()}`)
    : () => stream.write(`${title} ... ${elapsed()}\n`);
  const end = (/** @type {string} */ text) => stream.write(`${stream.isTTY ? "\r\u001b[K" : ""}${text}\n`);

  show();
  const timer = setInterval(show, stream.isTTY ? everyOnTerminal : everyElsewhere);
  try {
    const result = await work();
    end(`${title}: done in ${elapsed()}`);
    return result;
  } catch (error) {
    end(`${title}: not possible (after ${elapsed()})`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
