const CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/**
 * The 18-character form of a 15-character Salesforce id: one more character for each five, which says which of
 * them are upper case.
 */
export function withChecksum(id15: string): string {
  const suffix = [0, 5, 10].map((start) => {
    const upperCase = [...id15.slice(start, start + 5)].map((char) => (/[A-Z]/.test(char) ? 1 : 0));
    const bits = upperCase.reduce<number>((sum, bit, index) => sum + (bit << index), 0);
    return CHECKSUM[bits];
  });
  return id15 + suffix.join("");
}

/** An 18-character id: the three-character key prefix of its kind and a number that is unique in the org. */
export function recordId(prefix: string, number: number): string {
  return withChecksum(`${prefix}SB${number.toString().padStart(10, "0")}`);
}

/** Both the 15- and the 18-character form name the same record. */
export function sameId(one: string, other: string): boolean {
  return one.length >= 15 && one.slice(0, 15) === other.slice(0, 15);
}
