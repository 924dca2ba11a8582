import fc from "fast-check";
import { genesysClient, salesforceAdmin } from "../../sandbox/accounts.ts";
import type { Bag } from "../fuzz/engine.ts";
import { type Cell, cells, type Situations } from "./cells.ts";
import { type MutationName, mutated, mutationNames } from "./mutations.ts";
import type { Way } from "./way.ts";

/** One answer that an operation gets is not as it should be; plain JSON. */
export interface BadAnswer extends Cell {
  /** Which answer, of those that the operation gets when all is well: counted from 0, and around. */
  answer: number;
  /** Which of its values, in the order of the document: counted from 0, and around. */
  place: number;
  mutation: MutationName;
}

export const badAnswers: fc.Arbitrary<BadAnswer> = fc
  .record({
    cell: fc.constantFrom(...cells),
    answer: fc.nat(40),
    place: fc.nat(200),
    mutation: fc.constantFrom(...mutationNames),
  })
  .map(({ cell, ...rest }) => ({ ...cell, ...rest }));

/** No operation takes longer, by the machine's own time. */
const hangsAfterMs = 30_000;

/** Gives operations bad answers, and checks what the life cycle promises nevertheless. */
export class BadAnswers {
  readonly #way: Way;
  readonly #situations: Situations;
  /** How many answers each operation gets when all is well. */
  readonly #answers = new Map<string, number>();

  constructor(way: Way, situations: Situations) {
    this.#way = way;
    this.#situations = situations;
  }

  /** Throws when a promise is broken; what was put wrong stands in the error. */
  async give(bad: BadAnswer): Promise<void> {
    const count = await this.#count(bad);
    const struck = bad.answer % count;
    let seen = 0;
    let where = "nothing";
    this.#way.interfere(({ method, path, operation }) => {
      if (seen++ !== struck) return undefined;
      return (answer) => {
        const { answer: wrong, at } = mutated(answer, bad.mutation, bad.place);
        where = `${bad.mutation} at ${at} in the answer to ${method} ${path} ${operation ?? ""}`;
        return wrong;
      };
    });
    try {
      await this.#check(bad);
    } catch (error) {
      throw new Error(`${where}: ${error instanceof Error ? error.message : error}`, { cause: error });
    } finally {
      this.#way.interfere(() => undefined);
    }
  }

  async #check(bad: BadAnswer): Promise<void> {
    const attempt = this.#situations.begin(bad);
    const before = JSON.stringify(attempt.everything());
    const secrets = [...secretsIn(attempt.state.values()), ...logInSecrets];
    const error = await inTime(attempt.run(this.#way));
    if (error) checkError(error, secrets);
    if (bad.operation === "read") {
      if (JSON.stringify(attempt.everything()) !== before) throw new Error("A refresh wrote something.");
      if (!attempt.state.has(bad.member)) throw new Error("The member was taken for gone.");
    }
    const errors = await inTime(attempt.settle());
    if (errors.length > 0) throw new Error(`Two runs do not converge:\n${errors.join("\n")}`);
    const unsettled = await attempt.unsettled();
    if (Object.keys(unsettled).length > 0) throw new Error(`Not settled: ${JSON.stringify(unsettled)}`);
  }

  async #count(cell: Cell): Promise<number> {
    const key = `${cell.operation} ${cell.member}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    let count = 0;
    this.#way.interfere(() => {
      count += 1;
      return undefined;
    });
    const error = await this.#situations.begin(cell).run(this.#way);
    if (error) throw error;
    this.#answers.set(key, count);
    return count;
  }
}

const logInSecrets = [genesysClient.clientSecret, salesforceAdmin.clientSecret];

function secretsIn(entries: Iterable<{ outputs: Bag }>): string[] {
  return [...entries]
    .flatMap(({ outputs }) => [outputs.consumerSecret, outputs.clientSecret])
    .filter(Boolean);
}

function checkError(error: Error, secrets: readonly string[]): void {
  if (!/^[A-Z][A-Z_]+: .*\n( {2}evidence: .*\n)? {2}next: /s.test(error.message))
    throw new Error(`An error without a code: ${error.stack || error.message}`);
  if (secrets.some((secret) => error.message.includes(secret))) throw new Error("A secret in an error.");
  if (error.message.length > 5_000) throw new Error("An error of endless length.");
}

async function inTime<T>(running: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("It hangs.")), hangsAfterMs);
  });
  try {
    return await Promise.race([running, hanging]);
  } finally {
    clearTimeout(timer);
  }
}
