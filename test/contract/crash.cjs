/** Lets a provider host crash by a signal, with an error that carries a secret along. */
const carrying = (message) =>
  Object.assign(new Error(message), {
    config: { headers: { authorization: process.env.GENESYSCLOUD_OAUTHCLIENT_SECRET } },
  });

process.on("SIGUSR2", () => {
  Promise.reject(carrying("planted rejection"));
});
process.on("SIGHUP", () => {
  throw carrying("planted exception");
});
