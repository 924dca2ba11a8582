import { access, writeFile } from "node:fs/promises";
import { CodedError } from "../../providers/errors.ts";

/**
 * Before the work: nothing is to be overwritten.
 *
 * @throws CodedError SUPPORT_BUNDLE_EXISTS
 */
export async function refuseExisting(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw exists(file);
}

/**
 * Writes the file, readable by its owner alone.
 *
 * @throws CodedError SUPPORT_BUNDLE_EXISTS, SUPPORT_BUNDLE_NOT_WRITTEN
 */
export async function save(file: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(file, content, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw exists(file);
    throw new CodedError({
      code: "SUPPORT_BUNDLE_NOT_WRITTEN",
      what: "The support bundle could not be written.",
      evidence: { file, reason: code },
      next: "Name a file in a folder that exists and may be written to, by --output.",
    });
  }
}

function exists(file: string): CodedError {
  return new CodedError({
    code: "SUPPORT_BUNDLE_EXISTS",
    what: "There is a file of that name already; it was left alone.",
    evidence: { file },
    next: "Name another file by --output, or remove that one.",
  });
}
