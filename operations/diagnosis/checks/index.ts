import type { Check } from "../check.ts";
import { callbackUrls } from "./app/callbackUrls.ts";
import { clientAuthentication } from "./app/clientAuthentication.ts";
import { consumerKeyMetadata } from "./app/consumerKeyMetadata.ts";
import { issParameter } from "./app/issParameter.ts";
import { oauthLink } from "./app/oauthLink.ts";
import { pkce } from "./app/pkce.ts";
import { policies } from "./app/policies.ts";
import { propagation } from "./app/propagation.ts";
import { refreshTokens } from "./app/refreshTokens.ts";
import { scopes } from "./app/scopes.ts";
import { secretAccess } from "./app/secretAccess.ts";
import { codeAge } from "./code/age.ts";
import { singleUse } from "./code/singleUse.ts";
import { publishedVersion } from "./configuration/publishedVersion.ts";
import { servedIntegration } from "./configuration/servedIntegration.ts";
import { sessionUpgrade } from "./configuration/sessionUpgrade.ts";
import { clientId } from "./credential/clientId.ts";
import { clientSecret } from "./credential/clientSecret.ts";
import { allowedDomains } from "./deployment/allowedDomains.ts";
import { identityResolution } from "./deployment/identityResolution.ts";
import { runtimeFiles } from "./deployment/runtimeFiles.ts";
import { deploymentStatus } from "./deployment/status.ts";
import { algorithm } from "./idToken/algorithm.ts";
import { audience } from "./idToken/audience.ts";
import { authTime } from "./idToken/authTime.ts";
import { nonce } from "./idToken/nonce.ts";
import { signingKey } from "./idToken/signingKey.ts";
import { subject } from "./idToken/subject.ts";
import { times } from "./idToken/times.ts";
import { discoveryDocument } from "./integration/discoveryDocument.ts";
import { discoveryUrl } from "./integration/discoveryUrl.ts";
import { implicitFlow } from "./integration/implicitFlow.ts";
import { integrationState } from "./integration/state.ts";
import { deletionOrder } from "./logIns/deletionOrder.ts";
import { permissions } from "./logIns/permissions.ts";
import { requestLimits } from "./logIns/requestLimits.ts";
import { twins } from "./logIns/twins.ts";
import { versionConflicts } from "./logIns/versionConflicts.ts";
import { silentSignIn } from "./page/silentSignIn.ts";
import { staleTokens } from "./page/staleTokens.ts";

/** Every known cause, in the order of its id. */
export const checks: readonly Check[] = [
  clientSecret,
  clientId,
  servedIntegration,
  publishedVersion,
  integrationState,
  deploymentStatus,
  discoveryUrl,
  discoveryDocument,
  signingKey,
  scopes,
  nonce,
  authTime,
  pkce,
  callbackUrls,
  singleUse,
  codeAge,
  clientAuthentication,
  implicitFlow,
  issParameter,
  policies,
  propagation,
  oauthLink,
  audience,
  times,
  algorithm,
  subject,
  identityResolution,
  allowedDomains,
  runtimeFiles,
  refreshTokens,
  staleTokens,
  silentSignIn,
  sessionUpgrade,
  permissions,
  requestLimits,
  versionConflicts,
  deletionOrder,
  twins,
  consumerKeyMetadata,
  secretAccess,
];
