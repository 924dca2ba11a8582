/**
 * An error a person can meet while the project sets itself up. Same shape as the project's `CodedError`, in
 * plain JavaScript because set-up runs before anything is installed.
 */
export class SetUpError extends Error {
  /**
   * @param {object} parts
   * @param {string} parts.code stable, in capitals
   * @param {string} parts.what one sentence: what happened
   * @param {Record<string, string | number>} [parts.evidence]
   * @param {string} parts.next what the reader should do
   */
  constructor({ code, what, evidence = {}, next }) {
    const facts = Object.entries(evidence).map(([name, value]) => `  - ${name}: ${value}`);
    super([`${code}: ${what}`, ...facts, `  next: ${next}`].join("\n"));
    this.name = "SetUpError";
    this.code = code;
  }
}
