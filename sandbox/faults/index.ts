import type { Fault } from "./fault.ts";
import { configurationGhost } from "./ghosts/configurationGhost.ts";
import { credentialGhost } from "./ghosts/credentialGhost.ts";
import { deploymentGhost } from "./ghosts/deploymentGhost.ts";
import { ecaGhost } from "./ghosts/ecaGhost.ts";
import { integrationGhost } from "./ghosts/integrationGhost.ts";
import { algorithmNotAccepted } from "./set/algorithmNotAccepted.ts";
import { audienceWithoutClient } from "./set/audienceWithoutClient.ts";
import { authTimeLeftOut } from "./set/authTimeLeftOut.ts";
import { callbackUrlDiffers } from "./set/callbackUrlDiffers.ts";
import { clientAuthenticationUnsupported } from "./set/clientAuthenticationUnsupported.ts";
import { clientIdDiffers } from "./set/clientIdDiffers.ts";
import { clientNotPropagated } from "./set/clientNotPropagated.ts";
import { clientSecretDiffers } from "./set/clientSecretDiffers.ts";
import { clientSecretRotated } from "./set/clientSecretRotated.ts";
import { clockBehind } from "./set/clockBehind.ts";
import { codeExpired } from "./set/codeExpired.ts";
import { codeUsedBefore } from "./set/codeUsedBefore.ts";
import { codeVerifierRefused } from "./set/codeVerifierRefused.ts";
import { deploymentInactive } from "./set/deploymentInactive.ts";
import { deploymentOfOtherRegion } from "./set/deploymentOfOtherRegion.ts";
import { discoveryUnreachable } from "./set/discoveryUnreachable.ts";
import { discoveryUrlOfOtherHost } from "./set/discoveryUrlOfOtherHost.ts";
import { guestTokensForgotten } from "./set/guestTokensForgotten.ts";
import { idTokenLeftOut } from "./set/idTokenLeftOut.ts";
import { implicitFlowExpected } from "./set/implicitFlowExpected.ts";
import { integrationDisabled } from "./set/integrationDisabled.ts";
import { issExpected } from "./set/issExpected.ts";
import { nonceLeftOut } from "./set/nonceLeftOut.ts";
import { oauthLinkDangling } from "./set/oauthLinkDangling.ts";
import { openidScopeNotSelected } from "./set/openidScopeNotSelected.ts";
import { otherIntegration } from "./set/otherIntegration.ts";
import { pageNotAllowed } from "./set/pageNotAllowed.ts";
import { refreshTokenUseless } from "./set/refreshTokenUseless.ts";
import { sessionCookieBlocked } from "./set/sessionCookieBlocked.ts";
import { sessionUpgradeOff } from "./set/sessionUpgradeOff.ts";
import { signInNotPublished } from "./set/signInNotPublished.ts";
import { signingKeyUnknown } from "./set/signingKeyUnknown.ts";
import { subjectLeftOut } from "./set/subjectLeftOut.ts";
import { subjectNotFound } from "./set/subjectNotFound.ts";
import { userNotPermitted } from "./set/userNotPermitted.ts";
import { activationError } from "./transport/activationError.ts";
import { badGateway } from "./transport/badGateway.ts";
import { connectionReset } from "./transport/connectionReset.ts";
import { deleteRefused } from "./transport/deleteRefused.ts";
import { expiredToken } from "./transport/expiredToken.ts";
import { gatewayTimeout } from "./transport/gatewayTimeout.ts";
import { htmlAnswer } from "./transport/htmlAnswer.ts";
import { internalError } from "./transport/internalError.ts";
import { lingeringDelete } from "./transport/lingeringDelete.ts";
import { listsMissNewest } from "./transport/listsMissNewest.ts";
import { loginLimit } from "./transport/loginLimit.ts";
import { lostResponse } from "./transport/lostResponse.ts";
import { rateLimited } from "./transport/rateLimited.ts";
import { rateLimitedUntilDate } from "./transport/rateLimitedUntilDate.ts";
import { rateLimitedWithoutRetryAfter } from "./transport/rateLimitedWithoutRetryAfter.ts";
import { requestLimitExceeded } from "./transport/requestLimitExceeded.ts";
import { requestTimeout } from "./transport/requestTimeout.ts";
import { serviceUnavailable } from "./transport/serviceUnavailable.ts";
import { slowAnswer } from "./transport/slowAnswer.ts";
import { staleReads } from "./transport/staleReads.ts";
import { truncatedBody } from "./transport/truncatedBody.ts";
import { unableToLockRow } from "./transport/unableToLockRow.ts";
import { unknownEnumValues } from "./transport/unknownEnumValues.ts";
import { unknownFields } from "./transport/unknownFields.ts";
import { versionConflict } from "./transport/versionConflict.ts";

/** Everything that the sandbox can do wrong: on the way, in the set by cause, and ghosts. */
export const faults: readonly Fault[] = [
  connectionReset,
  lostResponse,
  truncatedBody,
  slowAnswer,
  htmlAnswer,
  requestTimeout,
  rateLimited,
  rateLimitedWithoutRetryAfter,
  rateLimitedUntilDate,
  loginLimit,
  requestLimitExceeded,
  internalError,
  badGateway,
  serviceUnavailable,
  gatewayTimeout,
  staleReads,
  listsMissNewest,
  expiredToken,
  versionConflict,
  unableToLockRow,
  unknownFields,
  unknownEnumValues,
  deleteRefused,
  lingeringDelete,
  activationError,
  clientSecretDiffers,
  clientSecretRotated,
  clientIdDiffers,
  otherIntegration,
  signInNotPublished,
  integrationDisabled,
  deploymentInactive,
  discoveryUrlOfOtherHost,
  discoveryUnreachable,
  signingKeyUnknown,
  idTokenLeftOut,
  openidScopeNotSelected,
  nonceLeftOut,
  authTimeLeftOut,
  codeVerifierRefused,
  callbackUrlDiffers,
  codeUsedBefore,
  codeExpired,
  clientAuthenticationUnsupported,
  implicitFlowExpected,
  issExpected,
  userNotPermitted,
  clientNotPropagated,
  oauthLinkDangling,
  audienceWithoutClient,
  clockBehind,
  algorithmNotAccepted,
  subjectLeftOut,
  subjectNotFound,
  pageNotAllowed,
  deploymentOfOtherRegion,
  refreshTokenUseless,
  guestTokensForgotten,
  sessionCookieBlocked,
  sessionUpgradeOff,
  ecaGhost,
  credentialGhost,
  integrationGhost,
  configurationGhost,
  deploymentGhost,
];
