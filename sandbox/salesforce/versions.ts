/** Winter '20, the first API version the sandbox knows; three releases a year follow. */
const FIRST = 47;
const LATEST = 67;
const SEASONS = ["Winter", "Spring", "Summer"];

/** What `GET /services/data` lists. */
export const VERSIONS = Array.from({ length: LATEST - FIRST + 1 }, (_, index) => {
  const number = FIRST + index;
  const year = 20 + Math.floor(index / 3);
  return {
    label: `${SEASONS[index % 3]} '${year}`,
    url: `/services/data/v${number}.0`,
    version: `${number}.0`,
  };
});

/** `66.0`, as it stands in paths. */
export function isSupportedVersion(version: string): boolean {
  return VERSIONS.some((known) => known.version === version);
}
