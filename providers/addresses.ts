/** Hosts that never leave this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** An https address, or http on loopback; for servers: no path, query or user. */
export function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return isEncrypted(url) && url.pathname === "/" && url.search === "" && url.hash === "";
}

/** A redirect address: https, or http on loopback; any path and query, no fragment. */
export function isCallbackUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && isEncrypted(url) && url.hash === "" && url.username === "";
}

function isEncrypted(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}
