/**
 * Fields of configurations and deployments that the vendor fills and that must not be sent back.
 * Source: the readOnly flags of the models in npm purecloud-platform-client-v2 262.
 */
const readOnlyFields = new Set([
  "id",
  "version",
  "status",
  "snippet",
  "dateCreated",
  "dateModified",
  "datePublished",
  "createdUser",
  "lastModifiedUser",
  "publishedUser",
  "selfUri",
]);

/** The writable part of a document, fields that we do not know included. */
export function withoutReadOnly<T extends object>(document: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(document).filter(([name]) => !readOnlyFields.has(name)),
  ) as Partial<T>;
}
