import type { World } from "../fuzz/world.ts";
import { type Attempt, type Cell, cells, type Situations } from "./cells.ts";
import { activation } from "./rows/activation.ts";
import { adoption } from "./rows/adoption.ts";
import { byHand } from "./rows/byHand.ts";
import { componentRefused } from "./rows/componentRefused.ts";
import { concurrentEdit } from "./rows/concurrentEdit.ts";
import { deletion } from "./rows/deletion.ts";
import { expiredToken } from "./rows/expiredToken.ts";
import { interrupted } from "./rows/interrupted.ts";
import { lostAnswer } from "./rows/lostAnswer.ts";
import { lostSecret } from "./rows/lostSecret.ts";
import { rateLimit } from "./rows/rateLimit.ts";
import { sameNames } from "./rows/sameNames.ts";
import { staleReads } from "./rows/staleReads.ts";
import { unavailable } from "./rows/unavailable.ts";
import { unknownParts } from "./rows/unknownParts.ts";
import type { Passing, Way } from "./way.ts";

/** What a row has to prove itself with. */
export interface Stage {
  world: World;
  way: Way;
  situations: Situations;
  /** The operation on its member, on the way that keeps `sent`. */
  begin(cell: Cell): Attempt;
  /** What was sent since: `POST /api/v2/integrations`, `createMetadata ExtlClntAppOauthSettings`. */
  sent: string[];
}

/** One kind of fault, and what is promised of it for each operation on each member. */
export interface Row {
  id: string;
  fault: string;
  promise: string;
  /** Why it cannot meet this operation on this member; undefined where it can. */
  excepted(cell: Cell): string | undefined;
  prove(cell: Cell, stage: Stage): Promise<void>;
}

export const rows: readonly Row[] = [
  adoption,
  interrupted,
  lostAnswer,
  rateLimit,
  unavailable,
  staleReads,
  activation,
  concurrentEdit,
  byHand,
  deletion,
  expiredToken,
  componentRefused,
  lostSecret,
  sameNames,
  unknownParts,
];

/** The row as docs/reliability.md has it. */
export function documented({ id, fault, promise, excepted }: Row): string {
  const proven = cells.filter((cell) => excepted(cell) === undefined).length;
  const reasons = new Set(cells.map(excepted).filter((reason) => reason !== undefined));
  return `| ${id} | ${fault} | ${promise} | ${proven} | ${[...reasons].join("; ")} |`;
}

/** Is it a request that writes? */
export const isWrite = (request: string): boolean =>
  !/^(GET|read|list)/.test(request) && !request.endsWith("/token");

/** Is it a read of one object itself? */
export function isLook({ method, path, operation, about }: Passing): boolean {
  if (operation !== undefined) return operation === "readMetadata" && about === "ExternalClientApplication";
  return method === "GET" && /^\/api\/v2\/(?!.*\/types\/).*\/[\da-f-]{36}(\/|$)/.test(path);
}

/** Does it make an object of the set? */
export const isCreation = (request: string): boolean =>
  /^POST .*\/(credentials|integrations|configurations|deployments)$|^createMetadata ExternalClientApplication$/.test(
    request,
  );
