import { Listr, ListrLogger, ProcessOutput } from "listr2";
import { isPerson, type Visitor } from "../operations/signIn/visitor.ts";
import { CodedError } from "../providers/errors.ts";

/** What a step can show while it is under way. */
export interface Shown {
  /** The latest news. */
  news(line: string): void;
  /** Follows the title from now on: what came out of it. */
  outcome(text: string): void;
}

/** Does one step of a command and shows its progress on standard error. Throws what `work` throws. */
export type ShowStep = <Result>(title: string, work: (shown: Shown) => Promise<Result>) => Promise<Result>;

/** Shows progress in place on a terminal, as lines elsewhere. */
export const step: ShowStep = (title, work) =>
  shownBy(process.stderr.isTTY ? "default" : "simple", title, work);

/** Steps in which this visitor signs in. What is shown in place would hide what a person is asked in between. */
export function stepWith(visitor: Visitor | undefined): ShowStep {
  if (visitor === undefined || !isPerson(visitor)) return step;
  return (title, work) => shownBy("simple", title, work);
}

/** The list itself shows an error's code only, since the command tells the whole of it. */
async function shownBy<Result>(
  renderer: "default" | "simple",
  title: string,
  work: (shown: Shown) => Promise<Result>,
): Promise<Result> {
  let outcome: { result: Result } | { error: unknown } | undefined;
  const list = new Listr([], {
    renderer,
    rendererOptions: { logger: onStandardError(), showErrorMessage: false, collapseErrors: false },
    // Ctrl-C is the command's own business.
    registerSignalListeners: false,
    exitOnError: false,
  });
  list.add({
    title,
    task: async (_context, task) => {
      const shown: Shown = {
        news: (line) => {
          task.output = line;
        },
        outcome: (text) => {
          task.title = `${title}: ${text}`;
        },
      };
      try {
        outcome = { result: await work(shown) };
      } catch (error) {
        outcome = { error };
        throw new Error(error instanceof CodedError ? error.code : "stopped");
      }
    },
  });
  await list.run();
  if (outcome === undefined) throw new Error(`The step "${title}" was not done.`);
  if ("error" in outcome) throw outcome.error;
  return outcome.result;
}

function onStandardError(): ListrLogger {
  return new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
}
