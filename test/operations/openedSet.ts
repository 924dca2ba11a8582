import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { type MemberName, memberTypes, type OpenedSet } from "../../operations/stack/messagingSet.ts";
import { type Member, pageContractOf, type WholeSet } from "../providers/wholeSet.ts";

/** A set that was made without an engine, as `openSet` hands one out after an update. */
export function openedSet(whole: WholeSet, connections: Connections, name = "messaging"): OpenedSet {
  const { app, credential, integration, configuration, deployment } = whole;
  const members = { ECA: app, credential, integration, configuration, deployment };
  const recorded = Object.entries(members).map(([member, made]) => [
    member,
    recordOf(member as MemberName, made, name),
  ]);
  return {
    set: {
      project: "shop",
      stack: "prod",
      name,
      pageContract: pageContractOf(whole),
      members: Object.fromEntries(recorded),
    },
    connections,
    setting: () => undefined,
  };
}

function recordOf(member: MemberName, made: Member, name: string) {
  const resource = `${name}-${member === "ECA" ? "app" : member}`;
  const urn = `urn:pulumi:prod::shop::${memberTypes[member]}::${resource}`;
  return { urn, resource, id: made.id(), inputs: made.inputs(), outputs: made.outputs() };
}
